"""Customers are made when a lead manager has found one to be real."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from handlers.customer.names import key_of
from handlers.customer.records import Customer


def ensure(
    session: Session, name: str, *, now: datetime, industry: str | None = None, unit_id: int | None = None
) -> Customer:
    """Return the customer of this name, made now if there was none; two at once get the same one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    key = key_of(name)
    session.execute(
        insert(Customer)
        .values(name=name.strip()[:200], key=key, industry=industry, unit_id=unit_id, created_at=now)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return session.scalars(sa.select(Customer).where(Customer.key == key)).one()
