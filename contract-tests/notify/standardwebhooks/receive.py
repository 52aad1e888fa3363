"""A receiver of alarms, as a process of its own: what tests send to.

It binds a free port, says which in its first line, and then writes a line of JSON for each request. What it answers, a plan says: one step for each request, the last for all
that follow. `ok` takes it, a number is a status (`503:2` with a Retry-After), `close` hangs up, `slow:2` takes its time and takes it then. With `--down` nobody
listens until a line comes on standard input.

`webhook` verifies with the official library of Standard Webhooks, `slack` looks at what Slack looks at, `relay` gives it to somebody else, `any` takes everything.
"""

import argparse
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["webhook", "slack", "relay", "any"])
    parser.add_argument("--plan", default="ok")
    parser.add_argument("--down", action="store_true")
    parser.add_argument("--secret", default="")
    parser.add_argument("--to", default="")
    return parser.parse_args()


OPTIONS = options()
PLAN = OPTIONS.plan.split(",")
LOCK = threading.Lock()


def says(**line):
    with LOCK:
        print(json.dumps(line), flush=True)


def judged(handler, body):
    """The status, and what is wrong if anything."""
    if OPTIONS.kind == "webhook":
        from standardwebhooks.webhooks import Webhook, WebhookVerificationError

        try:
            Webhook(OPTIONS.secret).verify(body, {name.lower(): value for name, value in handler.headers.items()})
        except WebhookVerificationError as error:
            return 401, str(error)
    if OPTIONS.kind == "slack":
        wrong = no_slack(json.loads(body))
        return (400, wrong) if wrong else (200, "")
    if OPTIONS.kind == "relay":
        request = urllib.request.Request(OPTIONS.to + handler.path, body, {"content-type": "application/json"})
        try:
            return urllib.request.urlopen(request, timeout=10).status, ""
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
    return 200, ""


def no_slack(payload):
    """What Slack would refuse, by its reference of incoming webhooks and blocks."""
    if set(payload) - {"text", "blocks"} or not payload.get("text"):
        return "no_text"
    if not 1 <= len(payload["blocks"]) <= 50:
        return "invalid_blocks"
    for block in payload["blocks"]:
        texts = [block["text"]] if block["type"] == "section" else block["elements"] if block["type"] == "context" else []
        fit = [text["type"] == "mrkdwn" and 1 <= len(text["text"]) <= 3000 for text in texts]
        if not fit or not all(fit):
            return "invalid_blocks"
    return ""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with LOCK:
            step = PLAN.pop(0) if len(PLAN) > 1 else PLAN[0]
        kind, _, seconds = step.partition(":")
        status, wrong = judged(self, body) if kind in ("ok", "slow") else (0, "")
        says(at=time.monotonic(), step=step, status=status, wrong=wrong, path=self.path, id=self.headers.get("webhook-id", ""), body=json.loads(body),
             authorization=self.headers.get("authorization", ""))
        if kind == "close":
            self.connection.close()
            return
        if kind == "slow":
            time.sleep(float(seconds))
        try:
            self.send_response(status or int(kind))
            if kind not in ("ok", "slow") and seconds:
                self.send_header("retry-after", seconds)
            if kind in ("301", "307"):
                self.send_header("location", "/elsewhere")
            self.end_headers()
            self.wfile.write(b"canary: what is answered is not told")
        except OSError:
            pass  # It did not wait.

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.daemon_threads = True
    server.server_bind()
    says(port=server.server_address[1])
    if OPTIONS.down:
        sys.stdin.readline()
    server.server_activate()
    says(up=True)
    server.serve_forever()


main()
