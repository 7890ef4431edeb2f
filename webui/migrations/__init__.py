"""The schema of the database, forwards and backwards, on SQLite and PostgreSQL.

``upgrade`` is what a start of the product does; a new migration is made with ``python -m tools.new_migration``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine.errors import Fault

if TYPE_CHECKING:  # Alembic is loaded only when there is something to migrate: most starts find nothing
    from alembic.config import Config

HERE = Path(__file__).parent
HEAD = "head"
BASE = "base"
VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))
"""Where Alembic writes down which revision a database is at."""
LOCK = 0x4C5443
"""The PostgreSQL advisory lock under which one process at a time migrates (the letters LTC)."""


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Bring the schema of ``engine`` forward to ``revision``; nothing happens when it is there already.

    All of it is one transaction: a migration that fails leaves the database as it was.
    """
    if revision == HEAD and current(engine) == newest():
        return
    from alembic import command

    with _changing(engine) as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema of ``engine`` back to ``revision`` (``base``: no tables at all), and their data with it."""
    from alembic import command

    with _changing(engine) as connection:
        command.downgrade(configuration(connection), revision)


def current(engine: Engine) -> str | None:
    """Return the revision that the database of ``engine`` is at, ``None`` when it is empty."""
    if not sa.inspect(engine).has_table(VERSION.name):
        return None
    with engine.connect() as connection:
        return connection.scalar(sa.select(VERSION.c.version_num))


def newest() -> str:
    """Return the revision that this version of the product needs: that of the last file, since they are one line."""
    return max(path.name for path in (HERE / "versions").glob("[0-9]*_*.py")).partition("_")[0]


def configuration(connection: Connection | None, tables: sa.MetaData | None = None) -> Config:
    """Return what Alembic needs to know; there is no ``alembic.ini``. ``tables`` is for writing a new migration."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["tables"] = tables
    return config


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """Open the one transaction of a migration; servers that start together take turns.

    SQLite changes many a table by making it anew. While the old one is dropped, nothing may refer to it, or the rows
    that do would be refused or go with it: so references are not watched meanwhile, and all looked at before the end.
    """
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
                yield connection
            return
        _watch_references(connection, on=False)
        try:
            with connection.begin():
                yield connection
                broken = connection.execute(sa.text("PRAGMA foreign_key_check")).first()
                if broken is not None:
                    raise Fault(problem=f"a row of {broken[0]} refers to a row of {broken[2]} that is not there")
        finally:
            _watch_references(connection, on=True)


def _watch_references(connection: Connection, *, on: bool) -> None:
    """Say it to the driver: SQLite does not listen within a transaction, which SQLAlchemy would begin."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    cursor.close()
