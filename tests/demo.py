"""The demo company as ``ltc demo`` makes it: seeded once for all workers of a test run, copied by whoever needs it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LTC = [sys.executable, "-m", "webui.cli"]


def environment(data: Path, **own: str) -> dict[str, str]:
    """Return the environment in which the product works on ``data`` and nothing else."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "LTC_PROCESSES"}}
    return kept | {"LTC_DATA": str(data), "HOST": "127.0.0.1"} | own


def seeded(data: Path) -> Mapping[str, str]:
    """Found the demo company in ``data`` and run its leads and deals; return the passwords by user name."""
    command = [*LTC, "demo", "--json"]
    seeding = subprocess.run(command, cwd=ROOT, env=environment(data), capture_output=True, text=True, check=False)
    assert seeding.returncode == 0, seeding.stderr
    made_up: Mapping[str, str] = json.loads(seeding.stdout)
    return made_up


def copied(temporary: pytest.TempPathFactory, to: Path) -> Mapping[str, str]:
    """Make ``to`` a copy of the one demo company of this test run; return the passwords by user name.

    The first worker that asks seeds it, the others wait.
    """
    own = temporary.getbasetemp()
    together = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    data, passwords = together / "demo-company", together / "demo-passwords.json"
    with (together / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not passwords.exists():
            passwords.write_text(json.dumps(dict(seeded(data))))
    shutil.copytree(data, to)
    kept: Mapping[str, str] = json.loads(passwords.read_text())
    return kept
