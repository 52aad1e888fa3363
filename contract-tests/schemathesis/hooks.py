"""How schemathesis gets in, and how its guesses become requests that mean something.

Random text is never an invite, a session or a draft. So wherever the schema takes one, a real one is put in, made for
that very request; what is random is everything else. Data that is meant to be wrong is left as wrong as it is.
"""

from __future__ import annotations

import json
import os
import random
import urllib.request

import schemathesis
from schemathesis.generation import GenerationMode

URL = os.environ["TRUCE_URL"].rstrip("/")
ORGANISER_KEY = os.environ["TRUCE_ORGANISER_KEY"]
ROOM = os.environ["TRUCE_SCHEMATHESIS_ROOM"]
LONGEST_WAIT_SECONDS = 1

HARSH = "they never deliver on time and nobody gives a damn"

# The same choices on every run: a failure has to come back when it is looked at.
choices = random.Random(1)


def ask(path: str, body: dict[str, object], bearer: str | None = None) -> dict[str, object]:
    """One request of our own; an error ends the run, because nothing could be tested."""
    headers = {"content-type": "application/json"}
    if bearer is not None:
        headers["authorization"] = f"Bearer {bearer}"
    request = urllib.request.Request(f"{URL}{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def new_invite() -> str:
    return str(ask("/qr", {"room": ROOM, "team": "fuzz", "member": "Fuzz"}, ORGANISER_KEY)["invite"])


def new_session() -> str:
    return str(ask("/redeem", {"invite": new_invite()})["session"])


def first_cursor() -> str:
    """Where a room begins."""
    headers = {"authorization": f"Bearer {new_session()}"}
    with urllib.request.urlopen(urllib.request.Request(f"{URL}/mediate", headers=headers), timeout=30) as answer:
        return str(json.load(answer)["cursor"])


try:
    START = first_cursor()
except OSError as error:
    # urllib's errors are OSErrors; what is behind them is the key or the address, never a bug in here.
    raise SystemExit(f"hooks.py: {URL} gives no session: {error}. Is TRUCE_ORGANISER_KEY one of its keys?") from None


class Bearer:
    """Puts a credential where the contract has it."""

    def set(self, case, data, ctx):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.auth().apply_to(tag="issue-qr")
class Organiser(Bearer):
    """The organiser's key."""

    def get(self, case, ctx):
        return ORGANISER_KEY


@schemathesis.auth(refresh_interval=None).skip_for(tag="issue-qr")
class Member(Bearer):
    """A session of its own for each request: one of them leaves."""

    def get(self, case, ctx):
        return new_session()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Puts real tokens where the schema says that there is one."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    operation = (case.method.upper(), case.path)
    if operation == ("POST", "/redeem") and isinstance(case.body, dict):
        if "invite" in case.body:
            case.body["invite"] = new_invite()
        if "session" in case.body:
            case.body["session"] = new_session()
    if operation == ("POST", "/mediate") and isinstance(case.body, dict) and "draft" in case.body:
        with_a_real_draft(case)
    if operation == ("GET", "/mediate"):
        without_waiting(case)
    if operation in [("GET", "/mediate"), ("GET", "/health")] and (case.query or {}).get("after"):
        case.query["after"] = START


@schemathesis.deserializer("image/png")
def png(ctx, response):
    """A picture has no structure that a schema could describe; that it is one, the journeys see."""
    return list(response.content)


def with_a_real_draft(case):
    """A draft belongs to who it was made for: say something with the session of this very request."""
    session = case.headers.get("Authorization", "").removeprefix("Bearer ")
    if not session:
        return
    offer = ask("/mediate", {"text": HARSH}, session)
    case.body["draft"] = offer["draft"]
    if "choice" in case.body and offer["menu"]:
        case.body["choice"] = choices.choice(offer["menu"])


def without_waiting(case):
    """Waiting for news is the journeys' to test; here it would only take long."""
    wait = (case.query or {}).get("wait")
    if isinstance(wait, int) and wait > LONGEST_WAIT_SECONDS:
        case.query["wait"] = LONGEST_WAIT_SECONDS
