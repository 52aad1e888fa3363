"""What the code says, for the checks to compare with."""

from __future__ import annotations

import pathlib
import re
import traceback
from collections.abc import Callable, Iterable

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KUBERNETES = ROOT / "deploy" / "kubernetes"
PLAY = ROOT / "podman-local" / "play"
TEMPLATE = ROOT / "deploy" / "aws" / "template.yaml"

# What each method of `Store` asks of DynamoDB, by the first part of the partition key: shared/store/src/dynamodb.
ASKS = {
    "spend": {("PutItem", "spent#*"), ("GetItem", "spent#*")},
    "is_spent": {("GetItem", "spent#*")},
    "revoke": {("PutItem", "revoked#*")},
    "is_revoked": {("GetItem", "revoked#*")},
    "append": {("PutItem", "room#*"), ("GetItem", "room#*"), ("Query", "room#*")},
    "read": {("GetItem", "room#*"), ("Query", "room#*")},
    "entry": {("GetItem", "room#*"), ("Query", "room#*")},
    "agreements": {("GetItem", "room#*"), ("Query", "room#*")},
    "ping": {("PutItem", "ping")},
    "sweep": set(),
}


def functions() -> set[str]:
    return {manifest.parent.name for manifest in ROOT.glob("functions/*/Cargo.toml")}


def rust(folder: str) -> str:
    """All of a crate's code but its tests."""
    files = sorted((ROOT / folder / "src").rglob("*.rs"))
    code = "\n".join(file.read_text() for file in files if "test" not in file.stem)
    assert code, f"{folder} has no code"
    return code


def asked(function: str) -> set[tuple[str, str]]:
    """What a function asks of DynamoDB: what its own code calls, and what the framework does for all of them."""
    code = rust(f"functions/{function}") + rust("shared/function")
    methods = set(re.findall(r"store\(\)\s*\.(\w+)\(", code))
    assert "is_revoked" in methods and "ping" in methods, "the framework's own calls were not found"
    return set().union(*(ASKS[method] for method in methods))


def settings() -> set[str]:
    """Everything that is read by its name."""
    named = set(re.findall(r'"((?:TRUCE|OTEL)_[A-Z_]+)"', rust("shared/function")))
    assert {"TRUCE_PUBLIC_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"} <= named
    return named


def seconds(name: str, file: str) -> int:
    """A `Duration::from_secs` or a plain number that a constant in `file` has."""
    found = re.search(rf"const {name}: [\w:]+ = (?:Duration::from_secs\()?(\d+)", (ROOT / file).read_text())
    assert found, f"{file} has no {name}"
    return int(found[1])


def spin() -> dict:
    return tomllib.loads((ROOT / "spin.toml").read_text())


def routes() -> dict[str, str]:
    """Which function answers at which path, as spin.toml says; what is below a path is written `/...`."""
    return {trigger["route"]: trigger["component"] for trigger in spin()["trigger"]["http"]}


def difference(what: str, here: set, there: set) -> list[str]:
    """Sentences about what one has and the other has not."""
    return [f"{what}: only here {sorted(here - there)}, only there {sorted(there - here)}"] if here != there else []


def run(checks: list[Callable[[], Iterable[str]]]) -> int:
    """Makes each check, and says what came of it; the last line is `N passed, N failed`."""
    failed = 0
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            problems = list(check())
        except Exception:  # noqa: BLE001: a check that cannot be made has failed, whatever it was
            problems = [traceback.format_exc()]
        failed += bool(problems)
        print(f"{'FAIL' if problems else 'PASS'} {name}")
        for problem in problems:
            print(f"     {problem}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0
