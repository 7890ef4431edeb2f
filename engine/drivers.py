"""How a prepared statement is told to SQLite and to PostgreSQL: by the driver, on a connection of SQLAlchemy.

Whoever listens to statements hears these too, and errors are SQLAlchemy's, as if it had sent them.

``sqlite3`` is called as ever. Of ``psycopg`` only the conversions of values and the calls of PostgreSQL's own library
are used: its cursor costs more than most statements. A transaction begins as psycopg begins it, with the first
statement, though in one journey with it; psycopg goes by what the server says of a transaction, whoever began it.

To PostgreSQL a statement is a journey. What only has to be done *later* (:meth:`Driver.later`) waits for the next
statement and travels ahead of it, in the same journey; whatever else is said on the connection, and the commit, first
sends what waits (:func:`settle`). The order in which the server does things is always that in which they were said.
"""

from __future__ import annotations

import select
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NoReturn, Protocol

import psycopg
import sqlalchemy as sa
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Connection, Dialect, Engine

Row = tuple[Any, ...]


class Text(Protocol):
    """A statement in the words of one kind of database, with its parameters by place."""

    sql: str
    formats: Sequence[PyFormat]
    """How PostgreSQL is given the parameters: bytes as they are, all else as text."""


class Driver(Protocol):
    """Sends statements to one kind of database."""

    def dialect(self, connection: Connection) -> Dialect:
        """Return the dialect in which statements for this driver are written."""
        ...

    def rows(self, connection: Connection, text: Text, values: list[Any]) -> Sequence[Row]:
        """Send a statement; return the rows that it finds."""
        ...

    def run(self, connection: Connection, text: Text, values: list[Any]) -> int:
        """Send a statement; return how many rows it changed."""
        ...

    def later(self, connection: Connection, text: Text, values: list[Any], otherwise: Exception | None) -> None:
        """Send a statement now or with the next; where it does not change one row, ``otherwise`` is raised then."""
        ...


class _Sqlite:
    def dialect(self, connection: Connection) -> Dialect:
        return connection.dialect

    def rows(self, connection: Connection, text: Text, values: list[Any]) -> Sequence[Row]:
        found: list[Row] = self._send(connection, text, values).fetchall()
        return found

    def run(self, connection: Connection, text: Text, values: list[Any]) -> int:
        changed: int = self._send(connection, text, values).rowcount
        return changed

    def later(self, connection: Connection, text: Text, values: list[Any], otherwise: Exception | None) -> None:
        if self._send(connection, text, values).rowcount != 1 and otherwise is not None:
            raise otherwise

    @staticmethod
    def _send(connection: Connection, text: Text, values: list[Any]) -> Any:
        _tell(connection, text, values)
        driver: Any = connection.connection.dbapi_connection
        try:
            return driver.execute(text.sql, values)
        except connection.dialect.loaded_dbapi.Error as error:
            _raise(connection, text, values, error)


_ON_SERVER, _CONVERTER, _WAITING = "drivers.on_server", "drivers.converter", "drivers.waiting"
_numbers = count(1)
_GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


_Packed = tuple[bytes, Any, Any]
"""The name of a statement on the server, its parameters and their formats."""


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A statement on its way to PostgreSQL."""

    text: Text
    values: list[Any]
    otherwise: Exception | None = None


class _PostgreSQL:
    def __init__(self) -> None:
        self._dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

    def dialect(self, _connection: Connection) -> Dialect:
        return self._dialect

    def rows(self, connection: Connection, text: Text, values: list[Any]) -> Sequence[Row]:
        result = _travel(connection, _Parcel(text, values))
        converter = connection.connection.info[_CONVERTER]
        converter.set_pgresult(result)
        found: list[Row] = converter.load_rows(0, result.ntuples, tuple)
        return found

    def run(self, connection: Connection, text: Text, values: list[Any]) -> int:
        return _travel(connection, _Parcel(text, values)).command_tuples or 0

    def later(self, connection: Connection, text: Text, values: list[Any], otherwise: Exception | None) -> None:
        connection.connection.info.setdefault(_WAITING, []).append(_Parcel(text, values, otherwise))


def _travel(connection: Connection, *last: _Parcel) -> Any:
    """Send what waits and ``last`` in one journey; return the result of the last of them."""
    line = connection.connection
    driver: Any = line.dbapi_connection
    server, info = driver.pgconn, line.info
    parcels: Sequence[_Parcel] = (*info.pop(_WAITING, ()), *last)
    for each in parcels:
        _tell(connection, each.text, each.values)
    at = parcels[0]
    try:
        packed: list[_Packed] = []
        for at in parcels:
            packed += [_packed(driver, info, at)]
        begins = server.transaction_status == pq.TransactionStatus.IDLE and not driver.autocommit
        results = _together(server, packed, begins=begins)
        for at, result in zip(parcels, results, strict=False):  # what follows an error is not told of
            if _good(result).command_tuples != 1 and at.otherwise is not None:
                raise at.otherwise
    except psycopg.Error as error:
        _raise(connection, at.text, at.values, error)
    return results[-1]


def _packed(driver: Any, info: Any, parcel: _Parcel) -> _Packed:
    """Return the name of the statement on the server, its parameters and their formats."""
    converter, known = info.get(_CONVERTER), info.get(_ON_SERVER)
    if converter is None:
        converter = info[_CONVERTER] = Transformer(driver)
    if known is None:
        known = info[_ON_SERVER] = _kept_by(driver.pgconn)
    sql = parcel.text.sql
    parameters = converter.dump_sequence(parcel.values, parcel.text.formats)
    return known.get(sql) or _put_on(driver.pgconn, known, sql), parameters, converter.formats


def _kept_by(server: Any) -> dict[str, bytes]:
    """Return the names of the statements that the server keeps for this connection."""
    result = _good(server.exec_(b"SELECT statement, name FROM pg_prepared_statements"))
    return {result.get_value(row, 0).decode(): result.get_value(row, 1) for row in range(result.ntuples)}


def _put_on(server: Any, known: dict[str, bytes], sql: str) -> bytes:
    name = b"ltc_%d" % next(_numbers)
    _good(server.prepare(name, sql.encode()))
    known[sql] = name
    return name


def _good(result: Any) -> Any:
    if result.status in _GOOD:
        return result
    if not result.error_field(pq.DiagnosticField.SQLSTATE):  # the server did not say it: it is gone
        raise psycopg.OperationalError(result.get_error_message())
    raise psycopg.errors.error_from_result(result)


def _together(server: Any, packed: Sequence[_Packed], *, begins: bool) -> list[Any]:
    """Send statements in one journey, ahead of them ``BEGIN`` if the transaction ``begins``; return their results."""
    server.enter_pipeline_mode()
    if begins:
        server.send_query_params(b"BEGIN", None)
    for name, parameters, formats in packed:
        server.send_query_prepared(name, parameters, formats)
    server.pipeline_sync()
    results = list(_answers(server))
    server.exit_pipeline_mode()
    if begins:
        _good(results.pop(0))
    return results


def _answers(server: Any) -> Iterator[Any]:
    """Yield the results of a journey; waiting for them, which a lock may make long, lets other threads run.

    What is long goes out piece by piece, as the line takes it, while the server may already be answering.
    """
    line = select.poll()
    line.register(server.socket, select.POLLIN)
    while True:
        line.modify(server.socket, select.POLLIN | select.POLLOUT if server.flush() else select.POLLIN)
        line.poll()
        server.consume_input()
        while not server.is_busy():
            result = server.get_result()
            if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
                return
            if result is not None:
                yield result


def attend(engine: Engine) -> None:
    """Let connections to PostgreSQL send what waits before anything else, and know what is prepared on them.

    On a rollback psycopg may throw away whatever is prepared: the server is asked then.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def _first_what_waits(connection: Connection, *_: object) -> None:
        settle(connection)

    @event.listens_for(engine, "rollback")
    @event.listens_for(engine, "rollback_savepoint")
    def _rolled_back(connection: Connection, *_: object) -> None:
        if not connection.invalidated:
            _forget(connection.info)

    @event.listens_for(engine, "reset")
    def _reset(connection: Any, record: Any, _state: Any) -> None:
        if connection.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            _forget(record.info)


def settle(connection: Connection) -> None:
    """Send what waits. Called before the commit; an error in the middle of one would leave a transaction open."""
    if _WAITING in connection.connection.info:
        _travel(connection)


def _forget(info: Any) -> None:
    info.pop(_ON_SERVER, None)
    info.pop(_WAITING, None)


def _tell(connection: Connection, text: Text, values: list[Any]) -> None:
    told = connection.engine.dispatch.before_cursor_execute
    if told:
        for each in told:
            each(connection, None, text.sql, values, None, False)


def _raise(connection: Connection, text: Text, values: list[Any], error: Exception) -> NoReturn:
    """Raise ``error`` as SQLAlchemy's; a connection that is lost goes back to no pool."""
    dialect: Any = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    raise sa.exc.DBAPIError.instance(
        text.sql, values, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    ) from error


DRIVERS: dict[str, Driver] = {"sqlite": _Sqlite(), "postgresql": _PostgreSQL()}
