"""The few statements of every completion, prepared: their text and the conversions of their values are kept.

Sending a statement that it has compiled before costs SQLAlchemy a tenth of a millisecond and more: cache keys,
contexts, results. With eight statements that is twice the engine's own work on a step. Here SQLAlchemy gives the text
and the conversions of its types once for each kind of database; sending is then one call of the driver's cursor, on the
session's connection and in its transaction. Whoever listens to statements hears these too, errors are SQLAlchemy's.

Only for what every completion sends: records and pages are better served by the ORM (docs/decisions/0012).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session

from engine.database import line_of

MOST_ROWS = 32
"""Rows of one ``INSERT``: each number of rows has a text of its own, of which there are not to be too many."""

_Convert = Callable[[Any], Any]


def _row_of(names: Sequence[str]) -> _Convert:
    made: Any = namedtuple("made", list(names))  # type: ignore[misc]  # noqa: PYI024 - the columns are known only now
    return cast("_Convert", made._make)


class _Text:
    """A statement as one kind of database wants it."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup
        self._fixed: dict[str, Any] = {}
        self._inward: list[tuple[str, _Convert]] = []
        for bind, name in compiled.bind_names.items():
            if not bind.required:
                self._fixed[name] = bind.effective_value
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                self._inward.append((name, convert))
        columns = list(statement.exported_columns)
        self._named = _row_of([str(each.key) for each in columns])
        outward = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        self._outward = [(place, convert) for place, convert in enumerate(outward) if convert is not None]

    def values(self, given: Mapping[str, Any]) -> Any:
        """Return ``given`` as the driver takes it: by place, or by name."""
        values = {**self._fixed, **given}
        for name, convert in self._inward:
            values[name] = convert(values[name])
        return values if self._order is None else [values[name] for name in self._order]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return what the driver found as rows with names."""
        rows = []
        for each in found:
            row = list(each)
            for place, convert in self._outward:
                row[place] = convert(row[place])
            rows.append(self._named(row))
        return rows


class Prepared:
    """A statement without lists of unknown length; every parameter that it names must be given."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._texts: dict[str, _Text] = {}

    def rows(self, session: Session, given: Mapping[str, Any]) -> list[Any]:
        """Return all rows; their columns are attributes."""
        connection = line_of(session)
        text = self._text(connection)
        cursor = _send(connection, text.sql, text.values(given))
        try:
            return text.rows(cursor.fetchall())
        finally:
            cursor.close()

    def first(self, session: Session, given: Mapping[str, Any]) -> Any:
        """Return the first row, or ``None``."""
        rows = self.rows(session, given)
        return rows[0] if rows else None

    def run(self, session: Session, given: Mapping[str, Any]) -> int:
        """Change what the statement changes; return how many rows that were."""
        connection = line_of(session)
        text = self._text(connection)
        cursor = _send(connection, text.sql, text.values(given))
        changed = int(cursor.rowcount)
        cursor.close()
        return changed

    def _text(self, connection: Connection) -> _Text:
        dialect = connection.dialect
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = _Text(self._statement, dialect)
        return text


class PreparedInsert:
    """Rows of one table, as many as there are, in one statement; ``returning`` names columns to be told."""

    def __init__(self, table: sa.Table, columns: Sequence[str], *, returning: Sequence[str] = ()) -> None:
        self._table, self._columns, self._returning = table, columns, returning
        self._by_number: dict[int, Prepared] = {}

    def rows(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Insert ``rows`` and return what the database says of each; their order may be another."""
        return [row for statement, given in self._parts(rows) for row in statement.rows(session, given)]

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert ``rows``."""
        for statement, given in self._parts(rows):
            statement.run(session, given)

    def _parts(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Prepared, dict[str, Any]]]:
        for start in range(0, len(rows), MOST_ROWS):
            part = rows[start : start + MOST_ROWS]
            given = {f"{name}_{place}": row[name] for place, row in enumerate(part) for name in self._columns}
            yield self._prepared(len(part)), given

    def _prepared(self, number: int) -> Prepared:
        if number not in self._by_number:
            types = self._table.c
            rows = [
                {name: sa.bindparam(f"{name}_{place}", type_=types[name].type) for name in self._columns}
                for place in range(number)
            ]
            statement: Any = sa.insert(self._table).values(rows)
            if self._returning:
                statement = statement.returning(*(types[name] for name in self._returning))
            self._by_number[number] = Prepared(statement)
        return self._by_number[number]


def _send(connection: Connection, sql: str, values: Any) -> Any:
    """Send a statement as SQLAlchemy would have done; return the cursor."""
    cursor = connection.connection.cursor()
    for told in connection.dispatch.before_cursor_execute:
        told(connection, cursor, sql, values, None, False)
    try:
        cursor.execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        cursor.close()
        raise sa.exc.DBAPIError.instance(
            sql, values, error, connection.dialect.loaded_dbapi.Error, dialect=connection.dialect
        ) from error
    return cursor
