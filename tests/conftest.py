"""What every test may ask for: a real database of either kind, a clock that stands still, the cast, no network."""

from __future__ import annotations

import gc
import ipaddress
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from engine.calendar import WorkingCalendar
from engine.clock import FixedClock
from engine.database import connect, create_schema, sessions, transaction
from engine.releases import operations
from engine.room import EngineRoom
from tests.cast import OUYANG, FixedDirectory
from tests.databases import PostgresDatabases
from tests.queue import RecordingQueue
from tests.statements import written_once
from webui.cli import GARBAGE
from webui.migrations import models

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
"""How long a busy machine takes for an example says nothing about the product."""

ONE_COMPANY = frozenset(f"tests/browser/test_{name}.py" for name in ("designer", "forms", "inbox", "pages"))
"""The files whose tests visit the same running product."""

MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai on an ordinary working day."""


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Gives each process whole files, and what visits the same product to the same process: it is started once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "one company" if file in ONE_COMPANY else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_configure() -> None:
    """Look for garbage as often as the product does, and know the statements that were met before."""
    gc.set_threshold(*GARBAGE)
    written_once()


def pytest_collection_finish() -> None:
    """Modules and collected tests stay until the end: nobody need look for garbage among them."""
    gc.freeze()


def _make_tables(url: str) -> None:
    models.metadata()
    made = connect(url)
    create_schema(made)
    made.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresDatabases]:
    with ExitStack() as stack:
        yield PostgresDatabases(stack, _make_tables)


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, to copy."""
    path = tmp_path_factory.mktemp("with-tables") / "tables.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database, with every table if the test asks for ``database``: every test that asks runs on both kinds."""
    filled = "database" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        if filled:
            shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), path)
        yield f"sqlite:///{path}"
    else:
        postgres: PostgresDatabases = request.getfixturevalue("postgres")
        with postgres.with_tables() if filled else postgres.empty() as url:
            yield url


@pytest.fixture
def postgres_url(postgres: PostgresDatabases) -> Iterator[str]:
    """An empty PostgreSQL database, for what only several machines can do."""
    with postgres.empty() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A connected database with every table of the product, and those that the modules of the tests define."""
    connected = connect(database_url)
    yield connected
    connected.dispose()


@pytest.fixture
def factory(database: Engine) -> sessionmaker[Session]:
    """What ``engine.database.transaction`` and ``reading`` take."""
    return sessions(database)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def directory() -> FixedDirectory:
    return FixedDirectory()


@pytest.fixture
def calendar() -> WorkingCalendar:
    return WorkingCalendar(ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def queue() -> RecordingQueue:
    return RecordingQueue()


@pytest.fixture
def room(clock: FixedClock, directory: FixedDirectory, calendar: WorkingCalendar, queue: RecordingQueue) -> EngineRoom:
    return EngineRoom(clock=clock, directory=directory, calendar=calendar, jobs=queue)


@pytest.fixture
def deploy(factory: sessionmaker[Session], clock: FixedClock) -> Callable[..., int]:
    """Make a release of the given files (several dictionaries are merged); return its id."""

    def make(*files: Mapping[str, bytes]) -> int:
        together = {path: content for each in files for path, content in each.items()}
        with transaction(factory) as session:
            return operations.deploy(session, together, by=OUYANG, now=clock.now()).id

    return make


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves this machine while the tests run."""
    connect_anywhere = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = str(address[0])
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"a test tried to reach {address!r}")
        connect_anywhere(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
