#!/usr/bin/env python3
"""Has `truce shortcuts verify` look at what somebody else's program has signed: as it was built, and otherwise.

    pip install --no-deps -r requirements.txt
    python verify.py TRUCE URL FOLDER ...

TRUCE is the command; each FOLDER has what it builds for URL, and is called as its `--session` is. The last line is
`N passed, N failed`.
"""

from __future__ import annotations

import copy
import plistlib
import subprocess
import sys
import tempfile
from pathlib import Path

from sign import encrypted, for_anyone, for_contacts, sign

# Places of a file whose bits are changed, one at a time.
PLACES = 48


class Checks:
    def __init__(self, truce: str, url: str, scratch: Path):
        self.truce, self.url, self.scratch = truce, url, scratch
        self.passed = self.failed = 0

    def look(
        self, name: str, files: dict[str, bytes], is_ours: bool, says: list[str], url: str = "", session: str = "store"
    ):
        """Whether they are ours, all of them or none, and what is said of it."""
        folder = self.scratch / str(self.passed + self.failed)
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_bytes(content)
        command = [self.truce, "shortcuts", "verify", *(str(folder / file) for file in files)]
        ran = subprocess.run(
            [*command, "--url", url or self.url, "--session", session], capture_output=True, text=True, timeout=60
        )
        output = ran.stdout + ran.stderr
        wrong = [f"exits with {ran.returncode}"] if ran.returncode != (not is_ours) else []
        wrong += [f"does not say {what!r}" for what in says if what not in output]
        if not is_ours:
            wrong += ["takes one for ours"] if "It is what is built" in output else []
        self.passed, self.failed = self.passed + (not wrong), self.failed + bool(wrong)
        print(f"{'FAIL' if wrong else 'PASS'} {name}{': ' if wrong else ''}{', '.join(wrong)}")
        if wrong:
            print("     " + "\n     ".join(output.splitlines()[-12:]))


def actions(shortcut: dict, name: str) -> list[dict]:
    return [
        a["WFWorkflowActionParameters"]
        for a in shortcut["WFWorkflowActions"]
        if a["WFWorkflowActionIdentifier"].endswith(name)
    ]


def changed(shortcut: dict, change) -> dict:
    other = copy.deepcopy(shortcut)
    change(other)
    return other


def ours(checks: Checks, folders: list[Path], signers: dict) -> None:
    for folder in folders:
        built = {path.name: plistlib.loads(path.read_bytes()) for path in sorted(folder.glob("*.shortcut"))}
        for how, signer in signers.items():
            signed = {name: sign(shortcut, signer) for name, shortcut in built.items()}
            says = [f"It is signed{how}", "Test Signer, issued by CN=Test Authority, issued by CN=Test Root"]
            for name, content in signed.items():
                checks.look(
                    f"{folder.name}/{name}, signed{how}, is ours", {name: content}, True, says, session=folder.name
                )
        binary = {name: plistlib.dumps(shortcut, fmt=plistlib.FMT_BINARY) for name, shortcut in built.items()}
        checks.look(
            f"{folder.name}, not signed, as the app keeps it, is ours",
            binary,
            True,
            ["not signed"],
            session=folder.name,
        )


def told_otherwise(checks: Checks, built: dict, signer) -> None:
    def url(other: dict) -> None:
        actions(other, ".downloadurl")[0]["WFURL"] = "https://evil.example/mediate"

    def more(other: dict) -> None:
        told = {"WFURL": f"{checks.url}/mediate", "WFHTTPMethod": "GET"}
        other["WFWorkflowActions"].insert(
            7, {"WFWorkflowActionIdentifier": "is.workflow.actions.downloadurl", "WFWorkflowActionParameters": told}
        )

    def sends(other: dict) -> None:
        text = {"WFWorkflowActionIdentifier": "is.workflow.actions.sendmessage", "WFWorkflowActionParameters": {}}
        other["WFWorkflowActions"].append(text)

    def less(other: dict) -> None:
        other["WFWorkflowActions"] = [
            a for a in other["WFWorkflowActions"] if not a["WFWorkflowActionIdentifier"].endswith("dictatetext")
        ]

    def asks(other: dict) -> None:
        other["WFWorkflowImportQuestions"] = [
            {"ActionIndex": 0, "Category": "Parameter", "ParameterKey": "WFURL", "Text": "?"}
        ]

    def looks(other: dict) -> None:
        other["WFWorkflowIcon"] = {"WFWorkflowIconStartColor": 255, "WFWorkflowIconGlyphNumber": 59511}
        other["WFWorkflowClientVersion"] = "5000"

    count = len(built["WFWorkflowActions"])
    cases = [
        (
            "with another address",
            url,
            ['+ found  WFURL: "https://evil.example/mediate"', "which is not of this deployment"],
        ),
        ("with one call more", more, ["8  added    Get contents of", f"{count} of {count + 1} actions are the same"]),
        (
            "with an action that ours do not have",
            sends,
            ['added    An action that Truce does not have: "is.workflow.actions.sendmessage"'],
        ),
        ("without its dictation", less, ["missing  Dictate text"]),
        ("with a question when it is added", asks, ["found  WFWorkflowImportQuestions"]),
    ]
    for name, change, says in cases:
        content = sign(changed(built, change), signer)
        checks.look(f"one {name}, signed, is not", {"Truce.shortcut": content}, False, [*says, "do not add it"])
    icon = {"Truce.shortcut": sign(changed(built, looks), signer)}
    checks.look("one with another icon is ours", icon, True, ["WFWorkflowIcon is", "no effect"])


def damaged(checks: Checks, built: dict, signer) -> None:
    whole = sign(built, signer)
    flipped = {}
    for number in range(PLACES):
        at = len(whole) * number // PLACES
        flipped[f"{at}.shortcut"] = whole[:at] + bytes([whole[at] ^ 1 << number % 8]) + whole[at + 1 :]
    checks.look(
        f"not one of {PLACES} with another bit",
        flipped,
        False,
        [f"{PLACES} of {PLACES} are not", "changed after it was signed"],
    )
    forged = sign(built, (for_anyone()[0], signer[1]))
    checks.look(
        "one that another key has signed is not", {"Truce.shortcut": forged}, False, ["its signature does not hold"]
    )
    checks.look("one that is encrypted is not", {"Truce.shortcut": encrypted(built)}, False, ["encrypted (profile 1)"])
    zlib = sign(built, signer, compression_algorithm="z")
    checks.look("one that Apple would not write is not", {"Truce.shortcut": zlib}, False, ["not LZFSE"])
    for how in [{"segment_size": 0x4000, "segments_per_cluster": 32}, {"compression_algorithm": "-"}]:
        checks.look(
            f"one with {how} is ours", {"Truce.shortcut": sign(built, signer, **how)}, True, ["It is what is built"]
        )


def main(truce: str, url: str, folders: list[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        checks = Checks(truce, url, Path(scratch))
        anyone = for_anyone()
        ours(
            checks,
            [Path(folder) for folder in folders],
            {", for anyone": anyone, " with somebody's Apple Account": for_contacts()},
        )
        built = plistlib.loads((Path(folders[0]) / "Truce.shortcut").read_bytes())
        told_otherwise(checks, built, anyone)
        damaged(checks, built, anyone)
        other = {"Truce.shortcut": sign(built, anyone)}
        checks.look(
            "another deployment's is not",
            other,
            False,
            ["writes for https://other.example"],
            url="https://other.example",
        )
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
