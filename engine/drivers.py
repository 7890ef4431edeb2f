"""How a prepared statement is told to SQLite and to PostgreSQL: by the driver, on a connection of SQLAlchemy.

Whoever listens to statements hears these too, and errors are SQLAlchemy's, as if it had sent them.

``sqlite3`` is called as ever. Of ``psycopg`` only the conversions of values and the calls of PostgreSQL's own library
are used: its cursor costs more than most statements. A transaction begins as psycopg begins it, with the first
statement, though in one journey with it; psycopg goes by what the server says of a transaction, whoever began it.
"""

from __future__ import annotations

import select
from collections.abc import Iterator, Sequence
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
    is_binary: list[bool]
    """Which parameters are bytes."""


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


class _Sqlite:
    def dialect(self, connection: Connection) -> Dialect:
        return connection.dialect

    def rows(self, connection: Connection, text: Text, values: list[Any]) -> Sequence[Row]:
        found: list[Row] = self._send(connection, text, values).fetchall()
        return found

    def run(self, connection: Connection, text: Text, values: list[Any]) -> int:
        changed: int = self._send(connection, text, values).rowcount
        return changed

    @staticmethod
    def _send(connection: Connection, text: Text, values: list[Any]) -> Any:
        _tell(connection, text, values)
        driver: Any = connection.connection.dbapi_connection
        try:
            return driver.execute(text.sql, values)
        except connection.dialect.loaded_dbapi.Error as error:
            _raise(connection, text, values, error)


_ON_SERVER, _CONVERTER = "drivers.on_server", "drivers.converter"
_numbers = count(1)
_GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


class _PostgreSQL:
    def __init__(self) -> None:
        self._dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

    def dialect(self, _connection: Connection) -> Dialect:
        return self._dialect

    def rows(self, connection: Connection, text: Text, values: list[Any]) -> Sequence[Row]:
        converter, result = self._send(connection, text, values)
        converter.set_pgresult(result)
        found: list[Row] = converter.load_rows(0, result.ntuples, tuple)
        return found

    def run(self, connection: Connection, text: Text, values: list[Any]) -> int:
        return self._send(connection, text, values)[1].command_tuples or 0

    def _send(self, connection: Connection, text: Text, values: list[Any]) -> tuple[Any, Any]:
        _tell(connection, text, values)
        line = connection.connection
        driver: Any = line.dbapi_connection
        server, info = driver.pgconn, line.info
        try:
            converter = info.get(_CONVERTER)
            if converter is None:
                converter = info[_CONVERTER] = Transformer(driver)
            wanted = [PyFormat.BINARY if binary else PyFormat.TEXT for binary in text.is_binary]
            parameters = converter.dump_sequence(values, wanted)
            known = info.get(_ON_SERVER)
            if known is None:
                known = info[_ON_SERVER] = _kept_by(server)
            name = known.get(text.sql) or _put_on(server, known, text.sql)
            if server.transaction_status == pq.TransactionStatus.IDLE and not driver.autocommit:
                result = _begin_with(server, name, parameters, converter.formats)
            else:
                result = server.exec_prepared(name, parameters, converter.formats)
            return converter, _good(result)
        except psycopg.Error as error:
            _raise(connection, text, values, error)


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


def _begin_with(server: Any, name: bytes, parameters: Any, formats: Any) -> Any:
    """Begin the transaction and send its first statement in one journey."""
    server.enter_pipeline_mode()
    server.send_query_params(b"BEGIN", None)
    server.send_query_prepared(name, parameters, formats)
    server.pipeline_sync()
    results = list(_answers(server))
    server.exit_pipeline_mode()
    return next((each for each in results if each.status not in _GOOD), results[-1])


def _answers(server: Any) -> Iterator[Any]:
    """Yield the results of a journey; waiting for them, which a lock may make long, lets other threads run."""
    line = select.poll()
    line.register(server.socket, select.POLLIN)
    while True:
        server.consume_input()
        while not server.is_busy():
            result = server.get_result()
            if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
                return
            if result is not None:
                yield result
        line.poll()


def ask_again_after_rollbacks(engine: Engine) -> None:
    """Let connections to PostgreSQL ask what is prepared on them: psycopg may throw everything away on a rollback."""

    @event.listens_for(engine, "rollback")
    @event.listens_for(engine, "rollback_savepoint")
    def _rolled_back(connection: Connection, *_: object) -> None:
        if not connection.invalidated:
            connection.info.pop(_ON_SERVER, None)

    @event.listens_for(engine, "reset")
    def _reset(connection: Any, record: Any, _state: Any) -> None:
        if connection.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            record.info.pop(_ON_SERVER, None)


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
