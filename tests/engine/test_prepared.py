"""Prepared statements say and hear the same as SQLAlchemy's own: values, errors, transactions, listeners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from engine.database import connect, count_statements, create_schema, sessions, transaction
from engine.inbox.records import WorkItem
from engine.instances.operations import start
from engine.prepared import MOST_ROWS, Prepared, PreparedInsert
from engine.room import EngineRoom
from handlers.organisation.records import OrgUnit
from tests.cast import AN_RUI, OFFICE
from tests.diagrams import chain

ITEM = cast("sa.Table", WorkItem.__table__)
UNIT = cast("sa.Table", OrgUnit.__table__)
ADD_UNITS = PreparedInsert(UNIT, ["code", "name_en", "name_zh", "level", "parent_id"], returning=["id", "code"])
COUNT_UNITS = Prepared(sa.select(sa.func.count().label("number")).select_from(UNIT))


def unit(code: str) -> dict[str, Any]:
    return {"code": code, "name_en": code, "name_zh": "代表处 100%", "level": "rep", "parent_id": None}


@pytest.fixture
def instance_id(factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]) -> int:
    deploy(chain(2))
    with transaction(factory) as session:
        return start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE).instance_id


def test_every_kind_of_value_comes_back_as_sqlalchemy_gives_it(
    factory: sessionmaker[Session], instance_id: int
) -> None:
    query = sa.select(ITEM).where(ITEM.c.instance_id == sa.bindparam("instance"), ITEM.c.reminder_level == 0)
    with transaction(factory) as session:
        session.execute(sa.update(ITEM).values(draft={"words": "客户 %s ?", "amount": 1}))
        own = session.execute(query, {"instance": instance_id}).one()
        [prepared] = Prepared(query).rows(session, {"instance": instance_id})
        assert prepared._asdict() == own._asdict()
        assert {type(each) for each in prepared} >= {int, str, dict, type(uuid4()), type(own.created_at)}


def test_any_number_of_rows_goes_in_and_each_is_told(database: Engine, factory: sessionmaker[Session]) -> None:
    codes = [f"unit-{number}" for number in range(2 * MOST_ROWS + 3)]
    with count_statements(database) as count, transaction(factory) as session:
        told = {row.code: row.id for row in ADD_UNITS.rows(session, [unit(code) for code in codes])}
    assert count.statements == 3
    with transaction(factory) as session:
        found = {each.code: each.id for each in session.scalars(sa.select(OrgUnit))}
        assert found == told
        assert found.keys() == set(codes)
        assert {each.name_zh for each in session.scalars(sa.select(OrgUnit))} == {"代表处 100%"}


def test_what_is_changed_is_counted_and_seen_by_the_session(factory: sessionmaker[Session]) -> None:
    rename = Prepared(
        sa.update(UNIT).where(UNIT.c.code == sa.bindparam("which")).values(name_en=sa.bindparam("new_name"))
    )
    with transaction(factory) as session:
        ADD_UNITS.later(session, [unit("a"), unit("b")])
        assert rename.run(session, {"which": "a", "new_name": "Alpha"}) == 1
        assert rename.run(session, {"which": "nowhere", "new_name": "Beta"}) == 0
        names = session.scalars(sa.select(UNIT.c.name_en).order_by(UNIT.c.code)).all()
        assert names == ["Alpha", "b"]


def test_a_refusal_of_the_database_is_an_error_of_sqlalchemy_and_takes_everything_back(
    factory: sessionmaker[Session],
) -> None:
    with pytest.raises(IntegrityError) as refused, transaction(factory) as session:
        ADD_UNITS.later(session, [unit(str(number % (MOST_ROWS + 1))) for number in range(MOST_ROWS + 2)])
    assert "INSERT INTO org_unit" in str(refused.value)
    with transaction(factory) as session:
        assert COUNT_UNITS.first(session, {}).number == 0


def test_a_session_goes_on_in_its_next_transaction(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        ADD_UNITS.later(session, [unit("a")])
        session.rollback()
        ADD_UNITS.later(session, [unit("b")])
        session.commit()
        assert COUNT_UNITS.first(session, {}).number == 1


def refused_after_some_questions(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        for _ in range(8):  # by now psycopg has prepared it too, and a rollback throws away all that is prepared
            session.execute(sa.text("SELECT 1"))
        assert COUNT_UNITS.first(session, {}) is not None
        ADD_UNITS.later(session, [unit("a"), unit("a")])


def test_what_a_rollback_threw_away_is_prepared_again(database: Engine, factory: sessionmaker[Session]) -> None:
    for turn in range(3):
        with pytest.raises(IntegrityError):
            refused_after_some_questions(factory)
        with transaction(factory) as session:
            with session.begin_nested() as savepoint:
                ADD_UNITS.later(session, [unit("b")])
                savepoint.rollback()
            ADD_UNITS.later(session, [unit(str(turn))])
            assert COUNT_UNITS.first(session, {}).number == turn + 1
    if database.dialect.name == "postgresql":
        with database.connect() as connection:
            kept = sa.text("SELECT count(*), count(DISTINCT statement) FROM pg_prepared_statements")
            number, distinct = connection.execute(kept).one()
            assert number == distinct


def test_a_connection_that_breaks_is_told_as_such_and_not_used_again(postgres_url: str) -> None:
    engine = connect(postgres_url)
    create_schema(engine)
    factory = sessions(engine)
    with factory() as session:
        assert COUNT_UNITS.first(session, {}).number == 0
        own = session.scalar(sa.text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        with pytest.raises(OperationalError):
            COUNT_UNITS.first(session, {})
    with transaction(factory) as session:
        assert COUNT_UNITS.first(session, {}).number == 0
    engine.dispose()


ECHO = Prepared(sa.select(sa.cast(sa.bindparam("words"), sa.Text).label("words")))


def test_what_is_longer_than_a_line_takes_at_once_arrives_whole(factory: sessionmaker[Session]) -> None:
    long = "长" * 5_000_000
    with transaction(factory) as session:
        assert ECHO.first(session, {"words": long}).words == long


RENAME = Prepared(sa.update(UNIT).where(UNIT.c.code == sa.bindparam("which")).values(name_en=sa.bindparam("new")))


def renamed(factory: sessionmaker[Session], code: str) -> None:
    with transaction(factory) as session:
        ADD_UNITS.later(session, [unit("d")])
        RENAME.later(session, {"which": code, "new": "Beta"}, otherwise=KeyError(code))


def test_what_is_done_later_is_done_before_anything_else_is_said(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        ADD_UNITS.later(session, [unit("a")])
        RENAME.later(session, {"which": "a", "new": "Alpha"}, otherwise=KeyError("a"))
        assert session.scalars(sa.select(OrgUnit)).one().name_en == "Alpha"
        ADD_UNITS.later(session, [unit("b")])
        assert COUNT_UNITS.first(session, {}).number == 2
        ADD_UNITS.later(session, [unit("c")])
    with pytest.raises(KeyError, match="nowhere"):
        renamed(factory, "nowhere")
    with factory() as session:
        assert COUNT_UNITS.first(session, {}).number == 3
        ADD_UNITS.later(session, [unit("e")])
        session.commit()
        assert COUNT_UNITS.first(session, {}).number == 4
