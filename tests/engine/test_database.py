"""What every caller relies on: one transaction, moments with a zone, foreign keys, writers that wait their turn."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.database import connect, count_statements, create_schema, reading, sessions, transaction
from engine.errors import Fault, SettingsError
from engine.inbox.records import Notice, Submission

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone(timedelta(hours=8)))


def a_notice(user_id: int = 1, at: datetime = NOON) -> Notice:
    return Notice(user_id=user_id, kind="k", params={"名": "值"}, created_at=at)


def test_a_moment_comes_back_aware_and_in_utc(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        session.add(a_notice())
    with reading(factory) as session:
        found = session.scalars(sa.select(Notice)).one()
        assert found.created_at == NOON
        assert found.created_at.tzinfo is UTC
        assert found.params == {"名": "值"}


def test_a_moment_without_a_zone_is_not_stored(factory: sessionmaker[Session]) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a zone"), transaction(factory) as session:
        session.add(a_notice(at=datetime(2026, 11, 24)))  # noqa: DTZ001 - that is the point


def test_an_exception_leaves_nothing_behind(factory: sessionmaker[Session]) -> None:
    def fail() -> None:
        with transaction(factory) as session:
            session.add(a_notice())
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with reading(factory) as session:
        assert session.scalar(sa.select(sa.func.count(Notice.id))) == 0


def test_foreign_keys_are_enforced(factory: sessionmaker[Session]) -> None:
    with pytest.raises(sa.exc.IntegrityError), transaction(factory) as session:
        session.add(Submission(work_item_id=1, instance_id=1, form=None, answers={}, by=1, at=NOON))


def test_many_writers_at_once_all_get_their_turn(factory: sessionmaker[Session]) -> None:
    gate = threading.Barrier(16)

    def write(number: int) -> None:
        gate.wait()
        for _ in range(5):
            with transaction(factory) as session:
                seen = session.scalar(sa.select(sa.func.count(Notice.id)))
                session.add(a_notice(user_id=number))
                assert seen is not None

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    with reading(factory) as session:
        assert session.scalar(sa.select(sa.func.count(Notice.id))) == 80


def test_readers_do_not_wait_for_a_writer(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as writer:
        writer.add(a_notice())
        writer.flush()
        with ThreadPoolExecutor(1) as pool:

            def look() -> int | None:
                with reading(factory) as session:
                    return session.scalar(sa.select(sa.func.count(Notice.id)))

            assert pool.submit(look).result(timeout=5) == 0


def test_a_plain_begin_on_the_engine_waits_its_turn_like_any_writer(
    database: Engine, factory: sessionmaker[Session]
) -> None:
    order = []

    def other() -> None:
        with database.begin() as connection:
            order.append(connection.scalar(sa.select(sa.func.count(Notice.id))))
            connection.execute(sa.insert(Notice).values(user_id=2, kind="k", params={}, created_at=NOON))

    with ThreadPoolExecutor(1) as pool:
        with transaction(factory) as session:
            session.add(a_notice())
            session.flush()
            waiting = pool.submit(other)
            session.execute(sa.update(Notice).values(kind="changed"))
        waiting.result(timeout=20)
    with reading(factory) as session:
        assert session.scalar(sa.select(sa.func.count(Notice.id))) == 2
    assert order in ([0], [1])


def test_statements_and_commits_are_counted(database: Engine, factory: sessionmaker[Session]) -> None:
    with count_statements(database) as count, transaction(factory) as session:
        session.add(a_notice())
        session.flush()
        session.scalars(sa.select(Notice)).all()
    assert (count.statements, count.commits) == (2, 1)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense", ""])
def test_other_databases_are_refused_by_name(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        connect(url)
    assert refused.value.data["setting"] == "DATABASE_URL"


def test_sqlite_survives_power_cuts_and_lets_readers_pass(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('db') / 'a.db'}")
    with engine.begin() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_lock_that_another_process_keeps_is_told_and_the_next_writer_gets_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.database.WRITE_LOCK_SECONDS", 0.2)
    engine = connect(f"sqlite:///{tmp_path}/kept.db")
    create_schema(engine)
    factory = sessions(engine)
    with closing(sqlite3.connect(tmp_path / "kept.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Fault, match="busy for too long"), transaction(factory) as session:
            session.add(a_notice())
    with transaction(factory) as session:
        session.add(a_notice())
    engine.dispose()


def test_connections_that_the_server_ended_are_replaced_before_anybody_notices(postgres_url: str) -> None:
    engine = connect(postgres_url)
    end = sa.text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with engine.connect() as one, engine.connect():
        assert one.scalar(end) == 1
    for _ in range(3):
        with transaction(sessions(engine)) as session:
            assert session.scalar(sa.select(1)) == 1
    engine.dispose()


def test_a_connection_that_was_idle_for_long_is_asked_for_a_sign_of_life(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect(postgres_url)
    asked: list[object] = []
    monkeypatch.setattr(engine.dialect, "do_ping", asked.append)
    for seconds, expected in ((10.0, 0), (0.0, 1)):
        monkeypatch.setattr("engine.database.SURE_SECONDS", seconds)
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert len(asked) == expected
    engine.dispose()
