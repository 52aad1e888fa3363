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

import aws
import kubernetes
from project import run

if __name__ == "__main__":
    sys.exit(run([*aws.CHECKS, *kubernetes.CHECKS]))
