"""LTC Flow as a user starts it: the demo company in a database of its own, served on a free port of this machine."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
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

from engine.database import transaction
from engine.directory import SYSTEM
from engine.releases.operations import deploy, read_folder
from engine.settings import Settings
from webui import migrations
from webui.assembly import assemble
from webui.demo import company, logins

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
LTC = [sys.executable, "-m", "webui.cli"]


@dataclass(frozen=True, slots=True)
class Product:
    """A running LTC Flow with the demo company in it."""

    address: str
    passwords: dict[str, str]
    data: Path
    log: Path


def _environment(data: Path, port: int, processes: Path | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "LTC_PROCESSES"}}
    own = {} if processes is None else {"LTC_PROCESSES": str(processes)}
    return kept | own | {"LTC_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1"}


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


def seeded(together: Path) -> Path:
    """Return a folder with the demo company, seeded once for all workers of a test run.

    ``together`` is a folder that the workers share. The first one that asks seeds; the others wait for it.
    """
    data, passwords = together / "demo-company", together / "demo-passwords.json"
    with (together / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not passwords.exists():
            seeding = subprocess.run(
                [*LTC, "demo", "--json"],
                cwd=ROOT,
                env=_environment(data, 1),
                capture_output=True,
                text=True,
                check=False,
            )
            assert seeding.returncode == 0, seeding.stderr
            passwords.write_text(seeding.stdout)
    return data


@contextmanager
def served(together: Path, data: Path) -> Iterator[Product]:
    """Serve a copy of the demo company that lies in ``data``, as ``make run`` does."""
    shutil.copytree(seeded(together), data)
    with running(data, json.loads((together / "demo-passwords.json").read_text())) as product:
        yield product


@contextmanager
def founded(data: Path, processes: Path) -> Iterator[Product]:
    """Serve the demo company as it is founded, before anybody works in it, with the processes of a folder."""
    passwords = logins.make_up()
    product = assemble(Settings.from_environment({"LTC_DATA": str(data), "LTC_PROCESSES": str(processes)}))
    migrations.upgrade(product.engine)
    with transaction(product.sessions) as session:
        now = product.room.clock.now()
        company.found(session, passwords, now=now)
        deploy(session, read_folder(processes), by=SYSTEM, now=now)
    product.engine.dispose()
    with running(data, passwords, processes) as serving:
        yield serving


@contextmanager
def running(data: Path, passwords: dict[str, str], processes: Path | None = None) -> Iterator[Product]:
    """Serve what lies in ``data`` on a free port."""
    port = _free_port()
    address, log = f"http://127.0.0.1:{port}", data / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*LTC, "serve"], cwd=ROOT, env=_environment(data, port, processes), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_it_answers(server, address, log)
            yield Product(address, passwords, data, log)
        finally:
            server.terminate()
            server.wait(20)
