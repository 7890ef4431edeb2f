"""The world in which scenarios are played: the demo company, in a database that is thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

import handlers
from engine.calendar import WorkingCalendar
from engine.clock import FixedClock
from engine.database import Base, connect, create_schema, reading, sessions, transaction
from engine.directory import EVERYONE, SYSTEM, Actor
from engine.errors import NotFound
from engine.inbox.records import WorkItem
from engine.interpreter import Program
from engine.jobs.incidents import open_incidents
from engine.jobs.queue import DurableQueue
from engine.jobs.records import Incident
from engine.releases import operations as releases
from engine.releases import queries as released
from engine.room import EngineRoom
from engine.scenarios import Coverage, Left, Played, Problem, Scenario, coverage, play
from engine.text import Text
from handlers.organisation import queries as organisation
from handlers.organisation.directory import OrganisationDirectory
from webui.demo import company

BEGINNING = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


class DemoWorld:
    """Implements :class:`engine.scenarios.World` with the demo company."""

    def __init__(self, database: Path, zone: ZoneInfo) -> None:
        self._database, self._founded = database, database.with_suffix(".founded")
        self.engine = connect(f"sqlite:///{database}")
        self.completing: Callable[[str], AbstractContextManager[object]] = nullcontext
        self._people: dict[str, int] = {}
        event.listen(self.engine, "connect", _do_not_wait_for_the_disk)
        self.clock = FixedClock(BEGINNING)
        self.directory = OrganisationDirectory(self.clock)
        self._zone = zone
        self._work_in(zone)

    def _work_in(self, zone: ZoneInfo) -> None:
        self.factory = sessions(self.engine, zone)
        self.room = EngineRoom(self.clock, self.directory, WorkingCalendar(zone), DurableQueue(self.clock))

    def found(self, files: Mapping[str, bytes], passwords: Mapping[str, str]) -> None:
        """Make the release and the company, and keep them as the beginning of every story.

        Who has no password by user name cannot sign in: stories act below the pages.
        """
        create_schema(self.engine)
        with transaction(self.factory) as session:
            releases.deploy(session, files, by=SYSTEM, now=BEGINNING)
            company.found(session, passwords, now=BEGINNING)
        self.close()
        shutil.copyfile(self._database, self._founded)

    def begin_anew(self, zone: ZoneInfo | None = None) -> None:
        """Forget all cases: the next story finds the company as it was founded, and waits for nobody else's timers.

        It is played in ``zone``, or in the company's.
        """
        self.close()
        self._work_in(zone or self._zone)
        for left_over in ("-wal", "-shm"):
            self._database.with_name(self._database.name + left_over).unlink(missing_ok=True)
        shutil.copyfile(self._founded, self._database)

    def close(self) -> None:
        """Disconnect; the next statement connects again."""
        self.engine.dispose()

    def person(self, session: Session, username: str) -> Actor:
        """Return the person with this user name; raises ``NotFound``."""
        if username not in self._people:
            found = organisation.user_named(session, username)
            if found is None:
                raise NotFound(username=username)
            self._people[username] = found.id  # the same in every story: all begin from one founding
        return self.directory.actor(session, self._people[username])

    def anybody_for(self, session: Session, item: WorkItem) -> Actor:
        """Return the assignee of ``item`` or the first of those who may claim it; raises ``NotFound``."""
        if item.assignee_id is not None:
            return self.directory.actor(session, item.assignee_id)
        holders = set(self.directory.members(session, item.group_key))
        for user in organisation.users(session, now=self.clock.now()):
            if user.id in holders or item.group_key == EVERYONE:
                return self.directory.actor(session, user.id)
        raise NotFound(group=item.group_key)

    def unit(self, session: Session, code: str) -> int:
        """Return the id of a unit; raises ``NotFound``."""
        found = organisation.unit_with_code(session, code)
        if found is None:
            raise NotFound(unit=code)
        return found.id

    def status(self, session: Session, record_type: str, record_id: int) -> str:
        """Return the status of a record of any kind that has one; raises ``NotFound``."""
        table = Base.metadata.tables.get(record_type)
        if table is None or "status" not in table.c:
            raise NotFound(record_type=record_type)
        found = session.scalar(sa.select(table.c.status).where(table.c.id == record_id))
        if found is None:
            raise NotFound(record_type=record_type, record_id=record_id)
        return str(found)


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    """Write without waiting: what a power cut would lose is thrown away anyway."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def demo_world(
    files: Mapping[str, bytes], zone: ZoneInfo, passwords: Mapping[str, str] | None = None
) -> Iterator[DemoWorld]:
    """Found the demo company with the release ``files`` in a database of its own, and throw it away afterwards.

    ``passwords`` by user name are for those who sign in.

    Raises ``ReleaseRefused`` when the diagrams cannot run.
    """
    handlers.load()
    with TemporaryDirectory(prefix="ltc-scenarios-") as folder:
        world = DemoWorld(Path(folder) / "scenarios.db", zone)
        world.found(files, passwords or {})
        try:
            yield world
        finally:
            world.close()


def play_all(
    files: Mapping[str, bytes], zone: ZoneInfo, scenarios: Sequence[Scenario], usual: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Played], Coverage]:
    """Play every scenario, each in a company of its own; return how they went and what they reached together."""
    told: list[Played] = []
    reached: Coverage | None = None
    with demo_world(files, zone) as world:
        for played, mine in play_each(world, scenarios, usual):
            reached = mine if reached is None else reached.joined(mine)
            told.append(played)
        if reached is None:
            with reading(world.factory) as session:
                reached = coverage(session, _program(session))
    return told, reached


def play_each(
    world: DemoWorld, scenarios: Iterable[Scenario], usual: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[Played, Coverage]]:
    """Play one scenario after the other; yield how each went and what it reached.

    An incident that a story leaves behind is one of its failures.
    """
    for scenario in scenarios:
        world.begin_anew(scenario.zone)
        played = play(scenario, world, usual)
        with reading(world.factory) as session:
            mine = coverage(session, _program(session))
            played.left += [Left(0, _incident(each)) for each in open_incidents(session)]
        yield played, mine


def _incident(found: Incident) -> Problem:
    where = found.element or found.kind
    said = Text(f"incident at {where}: {found.error_text}", f"{where} 处出现故障：{found.error_text}")
    return Problem(said, found.element or "")


def _program(session: Session) -> Program:
    return released.program(session, released.current(session).id)
