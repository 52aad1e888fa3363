#!/usr/bin/env python3
"""Runs schemathesis against a Truce deployment: thousands of requests made from its OpenAPI description.

    pip install -r requirements.txt
    TRUCE_ORGANISER_KEY=… python run.py --url http://127.0.0.1:8787

The exit status is schemathesis's: 0 when every check held, 1 when one did not. The server should not limit attempts
(TRUCE_ATTEMPTS_PER_MINUTE=0), because all of them come from here.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import secrets
import subprocess
import sys
import sysconfig
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "docs" / "openapi.json"


def arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        description="Runs schemathesis against a Truce deployment. What is not known here goes to `schemathesis run`.",
        epilog="Takes the organiser's key from TRUCE_ORGANISER_KEY: a process list shows what is on a command line.",
    )
    parser.add_argument("--url", required=True, help="where the deployment answers, e.g. http://127.0.0.1:8787")
    parser.add_argument("--schema", default=str(SCHEMA), help="its OpenAPI description (default: docs/openapi.json)")
    parser.add_argument("--max-examples", type=int, default=30, help="requests an operation and phase (default: 30)")
    parser.add_argument("--workers", type=int, default=1, help="requests at the same time (default: 1)")
    return parser.parse_known_args()


def main() -> int:
    known, others = arguments()
    if not os.environ.get("TRUCE_ORGANISER_KEY"):
        print("run.py: TRUCE_ORGANISER_KEY is not set: nothing behind a key could be tested.", file=sys.stderr)
        return 2
    name = "schemathesis.exe" if os.name == "nt" else "schemathesis"
    schemathesis = pathlib.Path(sysconfig.get_path("scripts")) / name
    if not schemathesis.is_file():
        print(f"run.py: {schemathesis} is not there: pip install -r {HERE / 'requirements.txt'}", file=sys.stderr)
        return 2
    command = [schemathesis, "--config-file", HERE / "schemathesis.toml", "run", pathlib.Path(known.schema).resolve()]
    command += ["--url", known.url, "--max-examples", str(known.max_examples), "--workers", str(known.workers)]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"),
        "TRUCE_URL": known.url,
        # A room of this run alone: two runs must not see each other.
        "TRUCE_SCHEMATHESIS_ROOM": f"fuzz-{secrets.token_hex(8)}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    # It leaves folders where it runs; nothing of that belongs into the project.
    with tempfile.TemporaryDirectory() as elsewhere:
        return subprocess.run([*map(str, command), *others], env=environment, cwd=elsewhere, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
