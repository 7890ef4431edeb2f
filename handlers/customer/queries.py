"""Every read of customers: finding them, their credit, who decides there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from handlers.customer.names import key_of
from handlers.customer.records import Customer, CustomerCredit, CustomerKdm


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


def credit(session: Session, customer_id: int) -> CustomerCredit | None:
    """Return the newest credit assessment of a customer, or ``None``."""
    return session.scalar(_credits(customer_id).limit(1))


def credit_history(session: Session, customer_id: int, *, limit: int = 20) -> list[CustomerCredit]:
    """Return the credit assessments of a customer, newest first."""
    return list(session.scalars(_credits(customer_id).limit(limit)))


def _credits(customer_id: int) -> sa.Select[CustomerCredit]:
    return (
        sa.select(CustomerCredit)
        .where(CustomerCredit.customer_id == customer_id)
        .order_by(CustomerCredit.assessed_on.desc(), CustomerCredit.id.desc())
    )


def decision_makers(session: Session, customer_id: int, *, limit: int = 100) -> list[CustomerKdm]:
    """Return the key decision-makers of a customer by name."""
    query = sa.select(CustomerKdm).where(CustomerKdm.customer_id == customer_id).order_by(CustomerKdm.name)
    return list(session.scalars(query.limit(limit)))
