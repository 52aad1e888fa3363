#!/usr/bin/env python3
"""Tries what `cargo xtask package` made, as whoever gets it would: hashes, zips, programs, components.

    python3 try.py target/package

Nothing here is ours but this script: Python unpacks the zips. Programs for this machine are started and asked; those for
another one too, where QEMU's user-mode emulation (`qemu-aarch64`, `qemu-x86_64`) is on PATH. The last line is `N passed, N failed`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pathlib
import platform
import secrets
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MACHINES = {"x86_64": 62, "arm64": 183}
HERE = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine())
EMULATORS = {"x86_64": shutil.which("qemu-x86_64"), "arm64": shutil.which("qemu-aarch64")}


def hold(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def says_nothing_of_this_machine(contents: bytes) -> None:
    homes = {str(ROOT), str(pathlib.Path.home()), os.environ.get("CARGO_HOME") or str(pathlib.Path.home())}
    for home in homes:
        hold(f"{home}/".encode() not in contents, f"it names {home}")


def is_static(program: bytes, machine: int) -> None:
    hold(program[:6] == b"\x7fELF\x02\x01", "it is no program for Linux")
    (found,) = struct.unpack_from("<H", program, 18)
    hold(found == machine, f"it is for machine {found}")
    (start,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    kinds = [struct.unpack_from("<I", program, start + size * at)[0] for at in range(count)]
    hold(3 not in kinds, "it needs libraries of the machine it runs on")


def environment() -> dict[str, str]:
    """What a deployment is told, with keys that nobody else has; nothing of ours."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return {
        "TRUCE_PUBLIC_URL": "https://truce.example",
        "TRUCE_KEYS": f"k7mq:{key}:active",
        "TRUCE_ORGANISER_KEYS": f"Ana={secrets.token_urlsafe(32)}",
        "TRUCE_STORE": "memory",
        "TRUCE_LISTEN": "127.0.0.1:0",
    }


def run_by(machine: str) -> list[str] | None:
    """What a program of that machine is run by here: nothing, an emulator; or it cannot be."""
    if sys.platform != "linux":
        return None
    if machine == HERE:
        return []
    emulator = EMULATORS[machine]
    return [emulator] if emulator else None


def answers_and_ends(command: list[str]) -> None:
    alone = subprocess.run(command, env={}, capture_output=True, text=True, timeout=20, check=False)
    hold(alone.returncode != 0 and "TRUCE_PUBLIC_URL" in alone.stderr, f"without settings it says: {alone.stderr}")
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as running:
        try:
            lines = (json.loads(line) for line in running.stderr)
            address = next((line["address"] for line in lines if "address" in line), None)
            hold(address is not None, "it ended before it listened")
            for path in ("/health", "/health?probe=open", "/health?probe=ready"):
                with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:  # noqa: S310: ours
                    hold(json.load(answer)["ok"] == "yes", f"{path} is not well")
            running.send_signal(signal.SIGTERM)
            hold(running.wait(15) == 0, "it did not end well")
        finally:
            running.kill()


def a_zip(path: pathlib.Path) -> str:
    with zipfile.ZipFile(path) as packed, tempfile.TemporaryDirectory() as folder:
        (entry,) = packed.infolist()
        hold(entry.filename == "bootstrap", f"it holds {entry.filename}")
        hold(stat.S_IMODE(entry.external_attr >> 16) == 0o755, "Lambda may not start it")
        hold(entry.date_time == (1980, 1, 1, 0, 0, 0), f"it is of {entry.date_time}")
        program = pathlib.Path(packed.extract(entry, folder))
        how = a_program(program, path.parent.name)
        same = path.with_name(f"truce-{path.stem}").read_bytes() == program.read_bytes()
        hold(same, "it is another program than the one beside it")
        return how


def a_program(path: pathlib.Path, machine: str) -> str:
    contents = path.read_bytes()
    is_static(contents, MACHINES[machine])
    says_nothing_of_this_machine(contents)
    runner = run_by(machine)
    if runner is None:
        return "looked at, not run"
    path.chmod(0o755)  # Python does not unpack permissions.
    answers_and_ends([*runner, str(path)])
    return f"run by {pathlib.Path(runner[0]).name}" if runner else "run"


def a_component(path: pathlib.Path) -> str:
    contents = path.read_bytes()
    hold(contents[:8] == b"\0asm\x0d\0\x01\0", "it is no component")
    says_nothing_of_this_machine(contents)
    hold(f'"{path.name}"' in path.with_name("spin.toml").read_text(), "spin.toml beside it does not name it")
    return "looked at"


def tried(path: pathlib.Path) -> str:
    if path.suffix == ".zip":
        return a_zip(path)
    if path.suffix == ".wasm":
        return a_component(path)
    return a_program(path, path.parent.name)


def main() -> int:
    made = pathlib.Path(sys.argv[1])
    sums = [line.split("  ", 1) for line in (made / "SHA256SUMS").read_text().splitlines()]
    failed = 0
    for sha256, name in sums:
        try:
            hold(hashlib.sha256((made / name).read_bytes()).hexdigest() == sha256, "SHA256SUMS says something else")
            print(f"PASS {name}: {tried(made / name)}")
        except Exception as error:  # noqa: BLE001: whatever it was, it has failed
            failed += 1
            print(f"FAIL {name}: {error!r}")
    print(f"{len(sums) - failed} passed, {failed} failed")
    return 1 if failed or not sums else 0


if __name__ == "__main__":
    sys.exit(main())
