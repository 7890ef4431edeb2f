"""Statements are written out in SQL once per kind of database, as in a product that runs; not once per test."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_written: LRUCache[Any, Any] = LRUCache(10_000)


def _settings(dialect: DefaultDialect) -> tuple[object, ...]:
    """What the text of a statement, and how its values come and go, depends on beside the kind of database."""
    own = vars(dialect)
    return (
        dialect.server_version_info, dialect.paramstyle, own.get("_json_serializer"), own.get("_json_deserializer"),
        dialect.default_schema_name, dialect.use_insertmanyvalues, dialect.insertmanyvalues_page_size,
    )  # fmt: skip


def _hash(self: DefaultDialect) -> int:
    return hash(type(self))


def _equal(self: DefaultDialect, other: object) -> bool:
    if self is other:
        return True
    return isinstance(other, DefaultDialect) and type(self) is type(other) and _settings(self) == _settings(other)


def _share(connection: Connection) -> None:
    connection.engine._compiled_cache = _written


def written_once() -> None:
    """Let all engines of this process that speak alike share what SQLAlchemy keeps of the statements it compiled."""
    DefaultDialect.__hash__ = _hash  # type: ignore[method-assign]
    DefaultDialect.__eq__ = _equal  # type: ignore[method-assign]
    event.listen(Engine, "engine_connect", _share)
