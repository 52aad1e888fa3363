#!/usr/bin/env python3
"""Checks built Shortcuts against a catalogue that is not ours: what Apple's own engine knows, as shortcutkit has it.

    pip install -r requirements.txt
    python check.py FOLDER ...

Every action has to be in it, and every key that it is told. The last line is `N passed, N failed`.
"""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path

from shortcutkit import ACTIONS, Shortcut

# Before it checks what it is given: one of these gone unnoticed, and it checks nothing.
BROKEN = [
    ("is.workflow.actions.vibrate", {"WFVolume": 11}),
    ("is.workflow.actions.reframe", {}),
]


def problems(actions: list[dict]) -> list[str]:
    found = []
    shortcut = Shortcut("checked")
    for number, action in enumerate(actions, 1):
        identifier = action["WFWorkflowActionIdentifier"]
        if identifier not in ACTIONS:
            found.append(f"action {number}: {identifier} is in no catalogue")
            continue
        try:
            shortcut.action(identifier, **action.get("WFWorkflowActionParameters", {}))
        except ValueError as error:
            found.append(f"action {number}: {error}")
    return found


def main(folders: list[str]) -> int:
    passed = failed = 0
    for identifier, told in BROKEN:
        found = problems([{"WFWorkflowActionIdentifier": identifier, "WFWorkflowActionParameters": told}])
        passed, failed = passed + bool(found), failed + (not found)
        print(f"{'PASS' if found else 'FAIL'} {' '.join([identifier, *told])} is refused")
    files = [path for folder in folders for path in sorted(Path(folder).glob("*.shortcut"))]
    for path in files:
        found = problems(plistlib.loads(path.read_bytes())["WFWorkflowActions"])
        passed, failed = passed + (not found), failed + bool(found)
        print(f"{'FAIL' if found else 'PASS'} {path.parent.name}/{path.name}")
        for problem in found:
            print(f"     {problem}")
    if not files:
        failed += 1
        print("FAIL there is nothing to check")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
