"""Run by Alembic: hands it the connection that ``webui.migrations`` opened, and our own column types."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.type_api import TypeEngine

from engine.database import UtcDateTime


def render_item(kind: str, thing: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our column types into a new migration by their own names."""
    if kind != "type":
        return False
    name = own_name(thing)
    if name is None:
        return False
    autogenerate.imports.add(f"from engine.database import {name}")
    return f"{name}()" if name == "UtcDateTime" else name


def own_name(column_type: TypeEngine[Any]) -> str | None:
    """Return what ``engine.database`` calls this column type, ``None`` for plain ones."""
    if isinstance(column_type, UtcDateTime):
        return "UtcDateTime"
    variants = column_type._variant_mapping  # noqa: SLF001 - SQLAlchemy offers no public way to ask
    if isinstance(variants.get("postgresql"), JSONB):
        return "Json"
    if "sqlite" in variants and type(column_type).__name__ == "BigInteger":
        return "Id"
    return None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["tables"],
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    compare_server_default=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
