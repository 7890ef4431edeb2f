"""Finding customers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from handlers.customer.names import key_of
from handlers.customer.records import Customer


def get(session: Session, customer_id: int) -> Customer:
    """Return one customer; raises ``NotFound``."""
    found = session.get(Customer, customer_id)
    if found is None:
        raise NotFound(customer=customer_id)
    return found


def named(session: Session, name: str) -> Customer | None:
    """Return the customer that ``name`` means, or ``None``."""
    return session.scalar(sa.select(Customer).where(Customer.key == key_of(name)))


def search(session: Session, text: str, *, limit: int = 20) -> list[Customer]:
    """Return customers whose name contains ``text``, by name, at most ``limit``."""
    query = sa.select(Customer).order_by(Customer.name).limit(limit)
    wanted = key_of(text) if text.strip() else ""
    if wanted:
        query = query.where(Customer.key.contains(wanted, autoescape=True))
    return list(session.scalars(query))
