#!/usr/bin/env python3
"""Checks what deploy/ says, as far as that goes without a cloud and without a cluster.

    pip install -r requirements.txt
    python check.py

Against what others know (CloudFormation's and Kubernetes' schemas, kustomize), and against the code: that the hosts agree on
which function answers where, that every setting is one a function reads, and that a role allows what its function does. The
last line is `N passed, N failed`.
"""

from __future__ import annotations

import sys
import traceback

import aws
import kubernetes


def main() -> int:
    failed = 0
    checks = [*aws.CHECKS, *kubernetes.CHECKS]
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


if __name__ == "__main__":
    sys.exit(main())
