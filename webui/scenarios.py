"""The world in which scenarios are played: the demo company, in a database that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

import handlers
from engine.calendar import WorkingCalendar
from engine.clock import FixedClock
from engine.database import Base, connect, create_schema, sessions, transaction
from engine.directory import EVERYONE, SYSTEM, Actor
from engine.errors import NotFound
from engine.inbox.records import WorkItem
from engine.jobs.queue import DurableQueue
from engine.releases import operations as releases
from engine.room import EngineRoom
from handlers.organisation import queries as organisation
from handlers.organisation.directory import OrganisationDirectory
from webui.demo import company, logins

BEGINNING = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


class DemoWorld:
    """Implements :class:`engine.scenarios.World` with the demo company."""

    def __init__(self, factory: sessionmaker[Session], zone: ZoneInfo) -> None:
        self.clock = FixedClock(BEGINNING)
        self.directory = OrganisationDirectory(self.clock)
        self.factory = factory
        self.room = EngineRoom(self.clock, self.directory, WorkingCalendar(zone), DurableQueue(self.clock))

    def person(self, session: Session, username: str) -> Actor:
        """Return the person with this user name; raises ``NotFound``."""
        found = organisation.user_named(session, username)
        if found is None:
            raise NotFound(username=username)
        return self.directory.actor(session, found.id)

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


@contextmanager
def demo_world(files: Mapping[str, bytes], zone: ZoneInfo) -> Iterator[DemoWorld]:
    """Found the demo company with the release ``files`` in a database of its own, and throw it away afterwards.

    Raises ``ReleaseRefused`` when the diagrams cannot run.
    """
    handlers.load()
    with TemporaryDirectory(prefix="ltc-scenarios-") as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'scenarios.db'}")
        create_schema(engine)
        world = DemoWorld(sessions(engine), zone)
        with transaction(world.factory) as session:
            releases.deploy(session, files, by=SYSTEM, now=BEGINNING)
            company.found(session, logins.make_up(), now=BEGINNING)
        try:
            yield world
        finally:
            engine.dispose()
