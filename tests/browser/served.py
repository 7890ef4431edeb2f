"""LTC Flow as a user starts it: the demo company in a database of its own, served on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from engine.database import transaction
from engine.directory import SYSTEM
from engine.releases.operations import deploy, read_folder
from engine.settings import Settings
from tests.demo import LTC, ROOT, environment
from webui import migrations
from webui.assembly import assemble
from webui.demo import company, logins

START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Product:
    """A running LTC Flow with the demo company in it."""

    address: str
    passwords: Mapping[str, str]
    data: Path
    log: Path


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
def running(
    data: Path, passwords: Mapping[str, str], processes: Path | None = None, *, worker: bool = True
) -> Iterator[Product]:
    """Serve what lies in ``data`` on a free port, with a ``worker`` for what is to be done in the background."""
    port = _free_port()
    own = {} if processes is None else {"LTC_PROCESSES": str(processes)}
    address, log = f"http://127.0.0.1:{port}", data / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*LTC, "serve", "--worker" if worker else "--no-worker"],
            cwd=ROOT,
            env=environment(data, PORT=str(port), **own),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_answers(server, address, log)
            yield Product(address, passwords, data, log)
        finally:
            server.terminate()
            server.wait(20)
