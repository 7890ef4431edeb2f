"""The one door to the database: SQLite for one process, PostgreSQL for many.

SQLite allows one writer. Several connections that poll for its lock wait up to seconds, so writers of this process
queue up at a lock of ours first, and then say ``BEGIN IMMEDIATE``; whoever only reads says ``BEGIN``.
"""

from __future__ import annotations

import math
import select
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import QueuePool

from engine.drivers import attend, settle
from engine.errors import Fault, SettingsError

READ_ONLY = "ltc_read_only"
WRITE_LOCK_SECONDS = 30.0
POOL_SIZE = 24
SURE_SECONDS = 10.0
"""A connection to PostgreSQL that was used so recently is taken for alive unless it says otherwise."""

_HELD = "database.held"
_RETURNED = "database.returned"

Found = TypeVar("Found")


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored in UTC and read back aware on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; SQLite keeps no zone, so the UTC wall time goes in."""
        if value is None:
            return None
        moment = _in_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Return what makes a value of a moment; SQLite is given the text that SQLAlchemy's own type would write."""
        return _sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Return what makes a moment of a value."""
        return _of_sqlite_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"a moment without a zone cannot be stored: {value!r}")
    return value.astimezone(UTC)


_LENGTH = len("2026-11-27 09:00:00.000000")
_written: tuple[datetime | None, str | None] = None, None


def _sqlite_text(value: datetime | None) -> str | None:
    """Write a moment; most moments of a transaction are its *now*, one object that is written once."""
    global _written  # noqa: PLW0603 - a pair that is always whole, whichever thread sets it
    known, text = _written
    if value is not known:
        text = _in_utc(value).isoformat(" ", "microseconds")[:_LENGTH] if value is not None else None
        _written = value, text
    return text


def _of_sqlite_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


Json = sa.JSON().with_variant(JSONB(), "postgresql")
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A key that never runs out; SQLite only numbers plain ``INTEGER`` keys by itself."""


def connect(url: str | URL) -> Engine:
    """Return an engine for ``url`` (``sqlite:///…`` or ``postgresql://…``) with the settings the product relies on.

    Raises ``SettingsError`` for any other database.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise SettingsError(setting="DATABASE_URL", problem=str(error)) from error
    family = parsed.get_backend_name()
    if family == "sqlite":
        return _sqlite(parsed)
    if family in {"postgresql", "postgres"}:
        return _postgresql(parsed)
    raise SettingsError(setting="DATABASE_URL", problem=f"{family} is not supported; use sqlite or postgresql")


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _postgresql(url: URL) -> Engine:
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_use_lifo=True,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
    )
    attend(engine)

    @event.listens_for(engine, "checkin")
    def _returned(_connection: Any, record: Any) -> None:
        record.info[_RETURNED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _still_there(connection: Any, record: Any, _proxy: Any) -> None:
        """Ask a connection for a sign of life if it may be dead; the pool then makes new ones.

        A server that ends says goodbye, which can be seen without asking; only a silent network has to be asked.
        """
        idle = time.monotonic() - record.info.get(_RETURNED, math.inf)
        try:
            if idle >= SURE_SECONDS or _has_something_to_say(connection):
                engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise sa.exc.InvalidatePoolError from error

    return engine


def _has_something_to_say(connection: Any) -> bool:
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    return bool(line.poll(0))


def _sqlite(url: URL) -> Engine:
    engine = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_use_lifo=True,
        connect_args={"check_same_thread": False, "timeout": WRITE_LOCK_SECONDS},
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
    )
    writers = threading.Lock()

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={int(WRITE_LOCK_SECONDS * 1000)}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY):
            _say(connection, "BEGIN")
            return
        info = connection.info
        if not info.get("writing"):
            if not writers.acquire(timeout=WRITE_LOCK_SECONDS):
                raise Fault(problem="the database was busy for too long")
            info["writing"] = True
        _say(connection, "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _done(_connection: Any, record: Any) -> None:
        if record.info.pop("writing", False):
            writers.release()

    return engine


def _say(connection: Connection, words: str) -> None:
    """Say ``words`` to SQLite by the driver itself: through SQLAlchemy it would take five times as long."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(words)
    except sqlite3.OperationalError as error:  # another process writes
        raise Fault(problem=f"the database was busy for too long: {error}") from error


USUAL_ZONE = ZoneInfo("Asia/Shanghai")
_ZONE = "zone"


def sessions(engine: Engine, zone: ZoneInfo = USUAL_ZONE) -> sessionmaker[Session]:
    """Return the factory of all sessions on ``engine``, which knows the ``zone`` in which the company works."""
    return sessionmaker(engine, class_=_Session, expire_on_commit=False, autoflush=False, info={_ZONE: zone})


class _Session(Session):
    """A session whose :func:`transaction` owns the connection: opened when something is first said, committed once.

    The session joins it as SQLAlchemy does with any connection of somebody else, which costs nothing until a record is
    read. Having each session open, track and commit one of its own takes as long as several statements. Outside of
    :func:`transaction` it is an ordinary session.
    """

    own: Connection | None = None
    in_one: bool = False

    def get_bind(self, *args: Any, **named: Any) -> Engine | Connection:
        """Return where statements go: the transaction's connection, if there is to be one."""
        return self._opened() if self.in_one else super().get_bind(*args, **named)

    def line(self) -> Connection:
        """Return the connection for what is said past the session, which makes savepoints only for what it says."""
        if not self.in_one or self.in_nested_transaction():
            return self.connection()
        return self.own or self._opened()

    def _opened(self) -> Connection:
        if self.own is None:
            self.own = cast("Engine", super().get_bind()).connect()
            self.own.begin()
        return self.own


def line_of(session: Session) -> Connection:
    """Return the connection of the session's transaction."""
    return session.line() if isinstance(session, _Session) else session.connection()


def waits_for_commit(session: Session) -> bool:
    """Return whether the session is within :func:`transaction`, whose end sends what waits."""
    return isinstance(session, _Session) and session.in_one


def zone_of(session: Session) -> ZoneInfo:
    """Return the zone of the company whose data ``session`` holds: where its days and months begin."""
    found: ZoneInfo = session.info.get(_ZONE, USUAL_ZONE)
    return found


@contextmanager
def transaction(factory: sessionmaker[Session]) -> Iterator[Session]:
    """Open the one transaction of a request or job: committed at the end, rolled back on any exception.

    Nobody in between commits: the connection is the transaction's, and the session only says what is to be said.
    """
    session = cast("_Session", factory())
    session.in_one = True
    try:
        yield session
        if session.in_transaction():
            session.flush()
        if session.own is not None:
            settle(session.own)
            session.own.commit()
        if session.in_transaction():  # else it holds nothing that were to be let go
            session.close()
    except BaseException:
        session.rollback()
        session.close()
        raise
    finally:
        if session.own is not None:
            session.own.close()  # which rolls back what was not committed


@contextmanager
def reading(factory: sessionmaker[Session]) -> Iterator[Session]:
    """Open a session for a page that only reads: no write lock on SQLite, nothing is ever committed."""
    with factory() as session:
        session.connection(execution_options={READ_ONLY: True})
        yield session
        # closing ends the transaction; a rollback here would expire what the page is still going to show


def hold(session: Session, found: Found) -> Found:
    """Keep ``found`` in the session as long as its transaction runs.

    A session forgets what nobody refers to any more. The steps of one completion ask for the same record again and
    again, and each would read it anew.
    """
    transaction = session.get_transaction()
    known: tuple[object, list[object]] | None = session.info.get(_HELD)
    if known is None or known[0] is not transaction:
        known = (transaction, [])
        session.info[_HELD] = known
    known[1].append(found)
    return found


def create_schema(engine: Engine) -> None:
    """Create every table that has been imported; for tests, scenarios and benchmarks. Real databases migrate."""
    Base.metadata.create_all(engine)


@dataclass(slots=True)
class Count:
    """How much was said to the database."""

    statements: int = 0
    commits: int = 0


@contextmanager
def count_statements(engine: Engine) -> Iterator[Count]:
    """Count the SQL statements and commits on ``engine`` while the block runs; ``BEGIN`` is not a statement."""
    count = Count()

    def executed(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            count.statements += 1

    def committed(_c: Connection) -> None:
        count.commits += 1

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", executed)
        event.remove(engine, "commit", committed)
