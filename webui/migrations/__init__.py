"""The schema of the database, forwards and backwards, on SQLite and PostgreSQL.

``upgrade`` is what a start of the product does; a new migration is made with ``python -m tools.new_migration``.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

HERE = Path(__file__).parent
HEAD = "head"
BASE = "base"
LOCK = 0x4C5443
"""The PostgreSQL advisory lock under which one process at a time migrates (the letters LTC)."""


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Bring the schema of ``engine`` forward to ``revision``; nothing happens when it is there already.

    All of it is one transaction: a migration that fails leaves the database as it was.
    """
    with engine.begin() as connection:
        _one_at_a_time(connection)
        command.upgrade(configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema of ``engine`` back to ``revision`` (``base``: no tables at all), and their data with it."""
    with engine.begin() as connection:
        _one_at_a_time(connection)
        command.downgrade(configuration(connection), revision)


def current(engine: Engine) -> str | None:
    """Return the revision that the database of ``engine`` is at, ``None`` when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the revision that this version of the product needs."""
    return ScriptDirectory.from_config(configuration(None)).get_current_head()


def configuration(connection: Connection | None, tables: sa.MetaData | None = None) -> Config:
    """Return what Alembic needs to know; there is no ``alembic.ini``. ``tables`` is for writing a new migration."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["tables"] = tables
    return config


def _one_at_a_time(connection: Connection) -> None:
    """Two servers that start together take turns; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
