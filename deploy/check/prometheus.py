#!/usr/bin/env python3
"""Checks that Prometheus can read what is counted, and that rules and dashboard ask for what there is.

    TRUCE_URL=… TRUCE_ORGANISER_KEY=… TRUCE_METRICS_URL=… TRUCE_MONITOR_NUMBERS=… PROMETHEUS=… python prometheus.py

With a real Prometheus and its `promtool`, on what a real server has counted while somebody used it, and on what the monitor's
encoder writes. The last line is `N passed, N failed`.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml
from project import ROOT, difference, run

RULES = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "truce.json"
TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# Until Prometheus has read twice and gone through the rules, on a busy machine.
PATIENCE = 60


def promtool(*arguments: str | pathlib.Path, given: str = "") -> list[str]:
    program = pathlib.Path(os.environ["PROMETHEUS"]).with_name("promtool")
    ran = subprocess.run([program, *arguments], input=given, capture_output=True, text=True, cwd=RULES)
    # 3 is what it says where it can read something and would have it otherwise.
    return [] if ran.returncode == 0 else (ran.stdout + ran.stderr).strip().splitlines()


def asked(path: str, body: dict | None = None, bearer: str = "", agent: str = "Mozilla/5.0") -> dict:
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(os.environ["TRUCE_URL"] + path, data, {"content-type": "application/json", "user-agent": agent})
    if bearer:
        request.add_header("authorization", f"Bearer {bearer}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        return json.load(refused)


def used() -> None:
    """Somebody gets in, says something, waits for an answer, and gets lost; and a monitor looks."""
    key = os.environ["TRUCE_ORGANISER_KEY"]
    invite = asked("/qr", {"room": "q3", "team": "backend", "member": "Ana"}, key)["invite"]
    session = asked("/redeem", {"invite": invite})["session"]
    asked("/mediate", {"text": "they never deliver on time and nobody gives a damn"}, session)
    asked("/mediate?wait=1", bearer=session)
    asked("/nowhere")
    asked("/mediate", agent="truce-monitor/0")


@functools.cache
def server() -> str:
    with urllib.request.urlopen(os.environ["TRUCE_METRICS_URL"], timeout=10) as answer:
        assert answer.headers["content-type"] == TYPE, answer.headers
        return answer.read().decode()


@functools.cache
def monitor() -> str:
    return subprocess.run([os.environ["TRUCE_MONITOR_NUMBERS"]], capture_output=True, text=True, check=True).stdout


def names(text: str) -> set[str]:
    return {re.match(r"[a-z_]+", line)[0] for line in text.splitlines() if line and not line.startswith("#")}


def families(text: str) -> set[str]:
    """What there is, whether it was counted already or not."""
    suffixes = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"], "info": ["_info"]}
    kinds = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    return {name + suffix for name, kind in kinds for suffix in suffixes[kind]}


def older(text: str) -> str:
    """As Prometheus had it before OpenMetrics, which is what `promtool check metrics` reads: a name has its suffix everywhere."""
    for name, kind in re.findall(r"^# TYPE (\S+) (counter|info)$", text, re.MULTILINE):
        suffix, now = ("_total", "counter") if kind == "counter" else ("_info", "gauge")
        text = text.replace(f"# TYPE {name} {kind}\n", f"# TYPE {name}{suffix} {now}\n").replace(f"# HELP {name} ", f"# HELP {name}{suffix} ")
    return "".join(line + "\n" for line in text.splitlines() if not line.startswith(("# UNIT", "# EOF")))


def rules() -> list[dict]:
    return [rule for group in yaml.safe_load((RULES / "truce.rules.yml").read_text())["groups"] for rule in group["rules"]]


def queries() -> list[str]:
    """What the dashboard asks for, with all of each variable."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    written = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    return [query.replace("$__rate_interval", "1m").replace("$function", ".*").replace("$target", ".*") for query in written]


def the_configuration_holds():
    yield from promtool("check", "config", "prometheus.yml")


def the_rules_hold():
    yield from promtool("check", "rules", "truce.rules.yml")


def the_rules_do_what_their_tests_say():
    yield from promtool("test", "rules", "truce.test.yml")


def every_query_of_the_dashboard_is_one():
    as_rules = [{"record": f"dashboard:query{number}", "expr": query} for number, query in enumerate(queries())]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "dashboard.yml")
        file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": as_rules}]}))
        yield from promtool("check", "rules", file)


def what_a_server_counts_is_named_as_is_usual():
    yield from promtool("check", "metrics", given=older(server()))


def what_the_monitor_counts_is_named_as_is_usual():
    yield from promtool("check", "metrics", given=older(monitor()))


def whatever_is_asked_for_is_there():
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    there = families(server()) | families(monitor()) | recorded | {"up"}
    assert names(server()) | names(monitor()) <= there, "a family is missing"
    for expression in [*queries(), *(rule["expr"] for rule in rules())]:
        named = set(re.findall(r"(?:function:)?truce_\w+(?::\w+)?", expression))
        yield from difference(expression, named - there, set())


def whatever_is_counted_is_looked_at():
    bare = {re.sub(r"_(bucket|sum|count)$", "", name) for name in families(server()) | families(monitor())}
    looked_at = " ".join([*queries(), *(rule["expr"] for rule in rules())])
    yield from (f"{name} is in no query" for name in sorted(bare) if name not in looked_at)


def a_real_prometheus_reads_it_and_answers_every_query():
    with scraped() as ask:
        left, until = [*queries()], time.monotonic() + PATIENCE
        while left and time.monotonic() < until:
            time.sleep(0.5)
            left = [query for query in left if not ask("query", query=query)["result"]]
        yield from (f"nothing came of {query}" for query in left)
        for target in ask("targets")["activeTargets"]:
            if target["health"] != "up":
                yield f"{target['scrapePool']}: {target['lastError']}"
        for group in ask("rules")["groups"]:
            yield from (f"{rule['name']}: {rule['lastError']}" for rule in group["rules"] if rule["health"] != "ok")


@contextlib.contextmanager
def scraped():
    """A Prometheus of our own, with the project's configuration but for where things are; what it is asked by."""
    with tempfile.TemporaryDirectory() as folder, served(monitor()) as address:
        config = yaml.safe_load((RULES / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(RULES / "truce.rules.yml")]
        del config["alerting"]
        where = {"truce": urllib.parse.urlsplit(os.environ["TRUCE_METRICS_URL"]).netloc, "truce-monitor": address}
        config["scrape_configs"] = [{"job_name": job["job_name"], "static_configs": [{"targets": [where[job["job_name"]]]}]} for job in config["scrape_configs"]]
        file = pathlib.Path(folder, "prometheus.yml")
        file.write_text(yaml.safe_dump(config))
        listens = f"127.0.0.1:{free_port()}"
        command = [os.environ["PROMETHEUS"], f"--config.file={file}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address={listens}"]
        with open(pathlib.Path(folder, "log"), "w+") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                yield functools.partial(answered, process, log, f"http://{listens}/api/v1/")
            finally:
                process.terminate()
                process.wait()


def answered(process: subprocess.Popen, log, api: str, what: str, **query: str) -> dict:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{api}{what}?{urllib.parse.urlencode(query)}", timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{query}: {refused.read().decode()}") from refused
        except OSError as why:
            log.seek(0)
            assert process.poll() is None and time.monotonic() < until, f"Prometheus does not answer: {why}\n{log.read()}"
            time.sleep(0.1)


@contextlib.contextmanager
def served(text: str):
    """`text` at /metrics, as whoever hangs it into a server would have it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", TYPE)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server_:
        threading.Thread(target=server_.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server_.server_port}"
        server_.shutdown()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


CHECKS = [
    the_configuration_holds,
    the_rules_hold,
    the_rules_do_what_their_tests_say,
    every_query_of_the_dashboard_is_one,
    what_a_server_counts_is_named_as_is_usual,
    what_the_monitor_counts_is_named_as_is_usual,
    whatever_is_asked_for_is_there,
    whatever_is_counted_is_looked_at,
    a_real_prometheus_reads_it_and_answers_every_query,
]


if __name__ == "__main__":
    used()
    sys.exit(run(CHECKS))
