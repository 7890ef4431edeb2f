"""The PostgreSQL databases of a test session, on one cluster that starts when the first test asks for it.

A database of the product is a thousand files. Making and removing one for each test costs more than the test, so those
that have all tables are emptied and lent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from tests.postgres import cluster

EMPTY, WITH_TABLES = "template1", "with_tables"

SHAPE = """
SELECT (SELECT count(*) FROM pg_class WHERE relpersistence = 'p'),
       (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped),
       (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_namespace),
       (SELECT count(*) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 1000000)
"""
"""What there is in a database, and how many tables grew so large that the next test would feel it."""

LEAVE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"

CLEAN = """
DO $$
DECLARE filled oid;
BEGIN
    SET LOCAL session_replication_role = replica;  -- in any order, whoever refers to whom
    FOR filled IN SELECT oid FROM pg_class
                  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 LOOP
        EXECUTE 'DELETE FROM ' || filled::regclass;
        PERFORM setval(objid::regclass, 1, false) FROM pg_depend
        WHERE refobjid = filled AND objid IN (SELECT seqrelid FROM pg_sequence);
    END LOOP;
END $$
"""
"""Empties what was filled, and counts from one again."""


class PostgresDatabases:
    """Makes, lends and removes databases."""

    def __init__(self, stack: ExitStack, make_tables: Callable[[str], None]) -> None:
        self._stack, self._make_tables = stack, make_tables
        self._cluster: str | None = None
        self._shape: tuple[Any, ...] | None = None
        self._idle: list[str] = []
        self._numbers = count(1)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Lend a database without tables; give its URL."""
        name = self._create(EMPTY)
        yield self._url(name)
        self._drop(name)

    @contextmanager
    def with_tables(self) -> Iterator[str]:
        """Lend a database with every table, all of them empty; give its URL."""
        if self._shape is None:
            self._say(f"CREATE DATABASE {WITH_TABLES}")
            self._make_tables(self._url(WITH_TABLES))
            with psycopg.connect(self._url(WITH_TABLES)) as inside:
                self._shape = inside.execute(SHAPE).fetchone()
        name = self._idle.pop() if self._idle else self._create(WITH_TABLES)
        yield self._url(name)
        self._clean(name)

    def _clean(self, name: str) -> None:
        with psycopg.connect(self._url(name), autocommit=True) as inside:
            inside.execute(LEAVE, [inside.info.backend_pid])
            as_it_was = inside.execute(SHAPE).fetchone() == self._shape
            if as_it_was:
                inside.execute(CLEAN)
        if as_it_was:
            self._idle.append(name)
        else:
            self._drop(name)

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _drop(self, name: str) -> None:
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, words: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as maintenance:
            maintenance.execute(words)

    def _url(self, name: str) -> str:
        if self._cluster is None:
            self._cluster = self._stack.enter_context(cluster())
        return make_url(self._cluster).set(database=name).render_as_string(hide_password=False)
