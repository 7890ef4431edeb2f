"""A PostgreSQL cluster of the test session's own: made, started and thrown away here, on a free local port."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

START_SECONDS = 60.0
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200", "shared_buffers=64MB")
"""The tests never survive a power cut, so they do not pay for surviving one."""


class PostgresMissing(RuntimeError):
    """The tests need the server programs of PostgreSQL (package ``postgresql``)."""


def _programs() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if installed:
        return installed[-1]
    found = shutil.which("initdb")
    if found is None:
        raise PostgresMissing(PostgresMissing.__doc__)
    return Path(found).resolve().parent


def _account() -> str | None:
    """PostgreSQL refuses to run as root: name the account that runs it instead."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.1)
        else:
            return


@contextmanager
def cluster(given: Sequence[str] = QUICK) -> Iterator[str]:
    """Run a cluster with the settings ``given``; give the URL of its maintenance database."""
    programs, account = _programs(), _account()
    # not under pytest's own folder: that one is closed to the account that runs the server
    home = Path(tempfile.mkdtemp(prefix="ltc-postgres-"))
    data, log = home / "data", home / "log"
    try:
        if account is not None:
            shutil.chown(home, account)
        subprocess.run(
            [programs / "initdb", "--pgdata", data, "--username=ltc", "--auth=trust", "--encoding=UTF8", "--locale=C",
             "--no-sync"],
            check=True, user=account, cwd=home, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        port = _free_port()
        settings = [argument for setting in given for argument in ("-c", setting)]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", home, *settings],
                user=account, cwd=home, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            url = f"postgresql://ltc@127.0.0.1:{port}/postgres"
            _wait_until_it_answers(server, url, log)
            yield url
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(home)
