"""Every change to customers: made when found to be real, assessed for credit, the people who decide there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.directory import OVERSEERS, Actor
from engine.errors import InvalidInput, NotAllowed
from handlers.customer.names import key_of
from handlers.customer.records import GRADES, PARTS, RATINGS, Customer, CustomerCredit, CustomerKdm

ATTITUDES = range(-2, 3)
GRADE_CUSTOMERS = frozenset({"sales_mgmt", "sales_manager"}) | OVERSEERS
"""The roles that may say how important a customer is to the company."""


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


def may_grade(by: Actor) -> bool:
    """Whether ``by`` may grade customers."""
    return bool(by.roles & GRADE_CUSTOMERS)


def grade(session: Session, customer: Customer, value: str | None, *, by: Actor, now: datetime) -> None:
    """Grade ``customer``; ``None`` takes the grade back.

    S and A lift the customer's middle-sized opportunities to key ones (`ltc.md` D2).
    Raises ``NotAllowed``, and ``InvalidInput`` for an unknown grade.
    """
    if not may_grade(by):
        raise NotAllowed(customer=customer.id)
    if value is not None and value not in GRADES:
        raise InvalidInput(grade=value)
    customer.grade, customer.graded_at, customer.graded_by = value, now, by.user_id
    session.flush()


def assess_credit(
    session: Session,
    customer_id: int,
    *,
    rating: str,
    credit_limit: int,
    exposure: int,
    overdue_amount: int,
    overdue_history: str | None,
    source: str | None,
    on: date,
    by: Actor,
    now: datetime,
) -> CustomerCredit:
    """Keep a new credit assessment; money in fen. Raises ``InvalidInput`` for an unknown rating."""
    if rating not in RATINGS:
        raise InvalidInput(rating=rating)
    made = CustomerCredit(
        customer_id=customer_id,
        rating=rating,
        credit_limit=credit_limit,
        exposure=exposure,
        overdue_amount=overdue_amount,
        overdue_history=overdue_history,
        source=source,
        assessed_on=on,
        assessed_by=by.user_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def map_decision_makers(
    session: Session,
    customer_id: int,
    people: Iterable[Mapping[str, Any]],
    *,
    on: date | None,
    by: Actor,
    now: datetime,
) -> None:
    """Take what is known now of key decision-makers (``name``, ``post``, ``part``, ``attitude``) into the map.

    People are told apart by name; what a row leaves open stays as it was. Raises ``InvalidInput``.
    """
    known = {
        each.name: each
        for each in session.scalars(sa.select(CustomerKdm).where(CustomerKdm.customer_id == customer_id))
    }
    for row in people:
        name = str(row.get("name") or "").strip()[:100]
        if not name:
            continue
        part, attitude = row.get("part"), row.get("attitude")
        if (part is not None and part not in PARTS) or (attitude is not None and attitude not in ATTITUDES):
            raise InvalidInput(name=name, part=part, attitude=attitude)
        person = known.get(name)
        if person is None:
            person = known[name] = CustomerKdm(customer_id=customer_id, name=name, post="")
            session.add(person)
        person.post = str(row.get("post") or person.post)[:100]
        person.part = part or person.part
        person.attitude = attitude if attitude is not None else person.attitude
        person.note = row.get("note") or person.note
        person.met_on = max(filter(None, (on, person.met_on)), default=None)
        person.updated_at, person.updated_by = now, by.user_id
    session.flush()
