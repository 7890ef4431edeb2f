"""The migrations lead to the tables in the code, forwards and back, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from engine.chain import Verdict
from engine.database import connect, sessions, transaction
from engine.drafts import history
from handlers.organisation.operations import create_unit, create_user
from handlers.organisation.records import User
from webui import migrations
from webui.migrations.models import metadata


@pytest.fixture
def empty(database_url: str) -> Iterator[Engine]:
    """A database without any table."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


def indexes(connection: Connection) -> list[str]:
    """Every index as the database itself writes it down, conditions of partial indexes included."""
    if connection.dialect.name == "postgresql":
        question = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    else:
        question = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    return sorted(" ".join(row[0].split()) for row in connection.execute(sa.text(question)))


def test_every_table_goes_up_down_and_up_again(empty: Engine) -> None:
    migrations.upgrade(empty)
    assert tables(empty) == set(metadata().tables) | {"alembic_version"}
    assert migrations.current(empty) == migrations.newest()

    migrations.downgrade(empty, migrations.BASE)
    assert tables(empty) == {"alembic_version"}
    assert migrations.current(empty) is None

    migrations.upgrade(empty)
    assert tables(empty) == set(metadata().tables) | {"alembic_version"}


def test_a_start_of_the_product_leaves_a_database_that_is_up_to_date_alone(empty: Engine) -> None:
    """Whatever it holds is not read: on SQLite a migration looks at every reference of every row."""
    migrations.upgrade(empty)
    said: list[str] = []
    sa.event.listen(empty, "before_cursor_execute", lambda *given: said.append(given[2]))
    migrations.upgrade(empty)
    assert len(said) <= 3, said
    assert migrations.current(empty) == migrations.newest()


def test_every_single_step_leads_back(empty: Engine) -> None:
    script = ScriptDirectory.from_config(migrations.configuration(None))
    line = [each.revision for each in reversed(list(script.walk_revisions()))]
    assert script.get_heads() == [migrations.newest()]
    for before, revision in zip([None, *line], line, strict=False):
        migrations.upgrade(empty, revision)
        there = tables(empty)
        migrations.downgrade(empty, before or migrations.BASE)
        migrations.upgrade(empty, revision)
        assert tables(empty) == there, revision


def test_the_lines_that_a_draft_has_already_become_the_beginning_of_its_chain(empty: Engine) -> None:
    migrations.upgrade(empty, "0014")
    old = sa.MetaData()
    old.reflect(empty, only=["release", "draft", "draft_event"])
    at, given = datetime(2026, 1, 5, 1, tzinfo=UTC).replace(tzinfo=None), {"note": ""}
    with empty.begin() as connection:
        connection.execute(
            old.tables["release"].insert(), {"id": 1, "number": 1, "digest": "", "created_at": at, **given}
        )
        draft = {"title": "Shorter", "author_id": 1, "base_release_id": 1, "status": "open", "updated_at": at, **given}
        connection.execute(old.tables["draft"].insert(), [{"id": each, "created_at": at, **draft} for each in (1, 2)])
        line = {"draft_id": 1, "at": at, "by": 1, "path": "", "element": ""}
        lines = [{**line, "event": "opened", "detail": {"base": 1}}, {**line, "event": "withdrawn", "detail": None}]
        connection.execute(old.tables["draft_event"].insert(), lines)
    migrations.upgrade(empty)
    with sessions(empty)() as session:
        assert history.verify(session, 1) == Verdict(2)
        assert history.verify(session, 2) == Verdict(0)
    migrations.downgrade(empty, "0014")
    with empty.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(old.tables["draft_event"])) == 2


def test_a_table_that_others_refer_to_is_made_anew_and_keeps_what_refers_to_it(empty: Engine) -> None:
    migrations.upgrade(empty, "0013")
    old = sa.MetaData()
    old.reflect(empty, only=["customer", "customer_kdm"])
    at = datetime(2026, 1, 5, 1, tzinfo=UTC).replace(tzinfo=None)
    with empty.begin() as connection:
        customer = filled(old.tables["customer"], at, id=7, name="远洋港务")
        connection.execute(old.tables["customer"].insert(), customer)
        connection.execute(old.tables["customer_kdm"].insert(), filled(old.tables["customer_kdm"], at, customer_id=7))

    migrations.upgrade(empty)

    with empty.connect() as connection:
        kept = sa.text("SELECT customer.name FROM customer JOIN customer_kdm ON customer.id = customer_kdm.customer_id")
        assert connection.scalars(kept).all() == ["远洋港务"]
    with pytest.raises(sa.exc.IntegrityError), empty.begin() as connection:
        connection.execute(sa.text("DELETE FROM customer"))


def filled(table: sa.Table, at: datetime, **given: object) -> dict[str, object]:
    """Return a row with something in every column that must have it."""
    usual: dict[type, object] = {str: "", int: 1, bool: False, datetime: at, dict: {}}
    needed = {
        each.name: usual[each.type.python_type]
        for each in table.columns
        if not each.nullable and not each.primary_key and each.server_default is None
    }
    return needed | given


def test_the_migrated_schema_equals_the_models(empty: Engine) -> None:
    migrations.upgrade(empty)
    with empty.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata()) == []


def test_the_migrated_indexes_equal_those_of_the_models(empty: Engine) -> None:
    migrations.upgrade(empty)
    with empty.connect() as connection:
        migrated = indexes(connection)
    migrations.downgrade(empty, migrations.BASE)
    metadata().create_all(empty)
    with empty.connect() as connection:
        assert indexes(connection) == migrated


def test_a_second_upgrade_changes_nothing_and_keeps_the_data(empty: Engine) -> None:
    migrations.upgrade(empty)
    moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with transaction(sessions(empty)) as session:
        unit = create_unit(session, "office", name_en="Office", name_zh="办事处", level="rep")
        create_user(session, "anrui", name_en="An Rui", name_zh="安睿", now=moment, unit=unit)

    migrations.upgrade(empty)

    with transaction(sessions(empty)) as session:
        assert session.scalars(sa.select(User.name_zh)).all() == ["安睿"]


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(empty: Engine) -> None:
    with empty.begin() as connection:  # stands in the way of the table of that name
        connection.execute(sa.text("CREATE TABLE work_item (id INTEGER)"))

    with pytest.raises(sa.exc.DBAPIError):
        migrations.upgrade(empty)

    assert tables(empty) == {"work_item"}
