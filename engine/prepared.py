"""The few statements of every completion, prepared: their text and the conversions of their values are kept.

Sending a statement that it has compiled before costs SQLAlchemy a tenth of a millisecond and more: cache keys,
contexts, results. With eight statements that is twice the engine's own work on a step. Here SQLAlchemy gives the text
and the conversions of its types once for each kind of database; then the driver is told (:mod:`engine.drivers`), on the
session's connection and in its transaction.

Only for what every completion sends: records and pages are better served by the ORM (docs/decisions/0012).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa
from psycopg.adapt import PyFormat
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session

from engine.database import line_of, waits_for_commit
from engine.drivers import DRIVERS, Driver, settle

MOST_ROWS = 32
"""Rows of one ``INSERT``: each number of rows has a text of its own, of which there are not to be too many."""

_Convert = Callable[[Any], Any]
_Given = Sequence[Mapping[str, Any]]
"""What a statement is given: one mapping, or one for each row of an ``INSERT``."""


def _row_of(names: Sequence[str]) -> _Convert:
    made: Any = namedtuple("made", list(names))  # type: ignore[misc]  # noqa: PYI024 - the columns are known only now
    return cast("_Convert", made._make)


def _taking(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Return what takes the values of ``names`` out of a mapping."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: [given[name] for name in names]


class _Text:
    """A statement as one kind of database wants it; ``places`` tells where the value of a parameter is found."""

    def __init__(self, statement: Any, dialect: Dialect, places: Mapping[str, tuple[int, str]]) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        converts = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        order: Sequence[str] = compiled.positiontup
        fixed = {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required}
        self._fixed = [(slot, fixed[name]) for slot, name in enumerate(order) if name in fixed]
        given = [places.get(name, (0, name)) for name in order if name not in fixed]
        self._takes = [
            (which, _taking([name for _, name in of_one])) for which, of_one in groupby(given, key=itemgetter(0))
        ]
        self._converts = [(slot, convert) for slot, name in enumerate(order) if (convert := converts[name]) is not None]
        binary = {name for bind, name in compiled.bind_names.items() if isinstance(bind.type, sa.LargeBinary)}
        self.formats: Sequence[PyFormat] = [PyFormat.BINARY if name in binary else PyFormat.TEXT for name in order]
        columns = list(statement.exported_columns)
        self._named = _row_of([str(each.key) for each in columns])
        outward = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        self._outward = [(place, convert) for place, convert in enumerate(outward) if convert is not None]

    def values(self, given: _Given) -> list[Any]:
        """Return what is ``given`` as the driver takes it, by place."""
        values: list[Any] = []
        for which, take in self._takes:
            values += take(given[which])
        for slot, value in self._fixed:
            values.insert(slot, value)
        for slot, convert in self._converts:
            values[slot] = convert(values[slot])
        return values

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return what the driver found as rows with names."""
        named = self._named
        if not self._outward:
            return [named(each) for each in found]
        rows = []
        for each in found:
            row = list(each)
            for place, convert in self._outward:
                row[place] = convert(row[place])
            rows.append(named(row))
        return rows


class Prepared:
    """A statement without lists of unknown length; every parameter that it names must be given."""

    def __init__(self, statement: Any, places: Mapping[str, tuple[int, str]] | None = None) -> None:
        self._statement, self._places = statement, places or {}
        self._texts: dict[str, tuple[_Text, Driver]] = {}

    def rows(self, session: Session, given: Mapping[str, Any]) -> list[Any]:
        """Return all rows; their columns are attributes."""
        return self.rows_of(session, (given,))

    def first(self, session: Session, given: Mapping[str, Any]) -> Any:
        """Return the first row, or ``None``."""
        rows = self.rows_of(session, (given,))
        return rows[0] if rows else None

    def run(self, session: Session, given: Mapping[str, Any]) -> int:
        """Change what the statement changes; return how many rows that were."""
        connection = line_of(session)
        text, driver = self._texts.get(connection.dialect.name) or self._text(connection)
        return driver.run(connection, text, text.values((given,)))

    def later(self, session: Session, given: Mapping[str, Any], *, otherwise: Exception) -> None:
        """Change one row, at the latest before anything else is said to the database; ``otherwise`` is raised then."""
        self.later_of(session, (given,), otherwise)

    def rows_of(self, session: Session, given: _Given) -> list[Any]:
        """Return all rows of a statement that is given several mappings."""
        connection = line_of(session)
        text, driver = self._texts.get(connection.dialect.name) or self._text(connection)
        return text.rows(driver.rows(connection, text, text.values(given)))

    def later_of(self, session: Session, given: _Given, otherwise: Exception | None = None) -> None:
        """Let a statement that is given several mappings be sent before anything else is."""
        connection = line_of(session)
        text, driver = self._texts.get(connection.dialect.name) or self._text(connection)
        driver.later(connection, text, text.values(given), otherwise)
        if not waits_for_commit(session):
            settle(connection)

    def _text(self, connection: Connection) -> tuple[_Text, Driver]:
        name = connection.dialect.name
        driver = DRIVERS[name]
        self._texts[name] = _Text(self._statement, driver.dialect(connection), self._places), driver
        return self._texts[name]


class PreparedInsert:
    """Rows of one table, as many as there are, in one statement; ``returning`` names columns to be told."""

    def __init__(self, table: sa.Table, columns: Sequence[str], *, returning: Sequence[str] = ()) -> None:
        self._table, self._columns, self._returning = table, columns, returning
        self._by_number: dict[int, Prepared] = {}

    def rows(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Insert ``rows`` and return what the database says of each; their order may be another."""
        return [row for part in _parts(rows) for row in self._prepared(len(part)).rows_of(session, part)]

    def later(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert ``rows``, at the latest before anything else is said to the database."""
        for part in _parts(rows):
            self._prepared(len(part)).later_of(session, part)

    def _prepared(self, number: int) -> Prepared:
        if number not in self._by_number:
            types = self._table.c
            places = {f"{name}_{row}": (row, name) for row in range(number) for name in self._columns}
            rows = [
                {name: sa.bindparam(f"{name}_{row}", type_=types[name].type) for name in self._columns}
                for row in range(number)
            ]
            statement: Any = sa.insert(self._table).values(rows)
            if self._returning:
                statement = statement.returning(*(types[name] for name in self._returning))
            self._by_number[number] = Prepared(statement, places)
        return self._by_number[number]


def _parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(rows), MOST_ROWS):
        yield rows[start : start + MOST_ROWS]
