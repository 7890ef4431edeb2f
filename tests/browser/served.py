"""LTC Flow as a user starts it: the demo company in a fresh database, served on a free port of this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Product:
    """A running LTC Flow with the demo company in it."""

    address: str
    passwords: dict[str, str]
    data: Path
    log: Path


def _environment(data: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "LTC_PROCESSES"}}
    return kept | {"LTC_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(address, timeout=5).close()
        except (URLError, ConnectionError) as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"ltc serve did not start:\n{log.read_text()}") from error
            time.sleep(0.2)
        else:
            return


@contextmanager
def served(data: Path) -> Iterator[Product]:
    """Seed the demo into ``data`` and serve it, as ``make run`` does."""
    port = _free_port()
    environment = _environment(data, port)
    ltc = [sys.executable, "-m", "webui.cli"]
    seeding = subprocess.run(
        [*ltc, "demo", "--json"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert seeding.returncode == 0, seeding.stderr
    address, log = f"http://127.0.0.1:{port}", data / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen([*ltc, "serve"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_it_answers(server, address, log)
            yield Product(address, json.loads(seeding.stdout), data, log)
        finally:
            server.terminate()
            server.wait(20)
