"""Customers with what the company has to do with them: leads, opportunities, contracts, money; who may see whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import OVERSEERS, Actor
from engine.errors import NotFound
from handlers.contract import queries as contracts
from handlers.contract.records import Contract, Invoice
from handlers.customer.names import key_of
from handlers.customer.records import Customer, CustomerCredit
from handlers.keyset import Slice, slice_of
from handlers.lead import queries as leads
from handlers.lead.records import Lead
from handlers.opportunity import queries as opportunities
from handlers.opportunity.records import Opportunity
from handlers.opportunity.statuses import FINAL
from handlers.organisation.queries import descendants

SEES_UNIT = frozenset({"lead_manager", *opportunities.SEES_UNIT, *contracts.SEES_UNIT})
"""The roles that see the customers of their unit and of all units below."""
MOST_SHOWN = 50
"""How many leads, opportunities and contracts of each kind the page of a customer shows."""

SORTS: Mapping[str, tuple[sa.orm.QueryableAttribute[Any], sa.orm.InstrumentedAttribute[int]]] = {
    "name": (Customer.name, Customer.id),
    "created": (Customer.created_at, Customer.id),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of customers is narrowed down to; empty means all."""

    search: str = ""
    unit_id: int | None = None
    industry: str | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class Business:
    """What is going on with a customer: open opportunities, contracts, what is still to be paid (in fen)."""

    opportunities: int = 0
    pursued: int = 0
    contracts: int = 0
    signed: int = 0
    open_invoices: int = 0
    credit: CustomerCredit | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The newest leads, opportunities and contracts of a customer that a person may see."""

    leads: Sequence[Lead]
    opportunities: Sequence[Opportunity]
    contracts: Sequence[Contract]


def visible_to(by: Actor) -> sa.ColumnElement[bool]:
    """Return the condition under which ``by`` may see a customer.

    Those are the customers of the units where a role lets one, and those of the leads, opportunities and contracts
    that one may see.
    """
    if by.is_system or by.roles & OVERSEERS:
        return sa.true()
    held = (group.partition("@") for group in by.groups)
    units = {int(unit) for role, at, unit in held if at and role in SEES_UNIT}
    known = [
        Customer.id.in_(sa.select(Lead.customer_id).where(leads.visible_to(by))),
        Customer.id.in_(sa.select(Opportunity.customer_id).where(opportunities.visible_to(by))),
        Customer.id.in_(sa.select(Contract.customer_id).where(contracts.visible_to(by))),
    ]
    if units:
        below = descendants(units).alias()
        known.append(Customer.unit_id.in_(sa.select(below.c.id)))
    return sa.or_(*known)


def visible(session: Session, customer_id: int, by: Actor) -> Customer:
    """Return one customer if ``by`` may see it; raises ``NotFound`` otherwise."""
    found = session.scalar(sa.select(Customer).where(Customer.id == customer_id, visible_to(by)))
    if found is None:
        raise NotFound(customer=customer_id)
    return found


def listing(
    session: Session,
    by: Actor,
    wanted: Wanted | None = None,
    *,
    sort: str = "name",
    descending: bool = False,
    after: str | None = None,
    size: int = 50,
) -> Slice[Customer]:
    """Return ``size`` of the customers that ``by`` may see, in one statement that an index keeps in order."""
    wanted = wanted or Wanted()
    query = sa.select(Customer).where(visible_to(by))
    if wanted.search.strip():
        query = query.where(Customer.key.contains(key_of(wanted.search), autoescape=True))
    if wanted.unit_id is not None:
        below = descendants([wanted.unit_id]).alias()
        query = query.where(Customer.unit_id.in_(sa.select(below.c.id)))
    for column, value in ((Customer.industry, wanted.industry), (Customer.grade, wanted.grade)):
        if value is not None:
            query = query.where(column == value)
    order = SORTS.get(sort, SORTS["name"])
    return slice_of(session, query, *order, descending=descending, after=after, size=size)


def business(session: Session, customer_ids: Collection[int]) -> dict[int, Business]:
    """Return what is going on with each customer, whoever pursues it; four statements for all of them."""
    if not customer_ids:
        return {}
    pursued = _by_customer(
        session,
        sa.select(Opportunity.customer_id, sa.func.count(), sa.func.coalesce(sa.func.sum(Opportunity.amount), 0))
        .where(Opportunity.customer_id.in_(customer_ids), Opportunity.status.not_in(FINAL))
        .group_by(Opportunity.customer_id),
    )
    signed = _by_customer(
        session,
        sa.select(Contract.customer_id, sa.func.count(), sa.func.sum(Contract.amount))
        .where(Contract.customer_id.in_(customer_ids))
        .group_by(Contract.customer_id),
    )
    owed = _by_customer(
        session,
        sa.select(Contract.customer_id, sa.func.count(), sa.func.sum(Invoice.open_amount))
        .join(Invoice, Invoice.contract_id == Contract.id)
        .where(Contract.customer_id.in_(customer_ids), Invoice.open_amount > 0)
        .group_by(Contract.customer_id),
    )
    place = sa.func.row_number().over(
        partition_by=CustomerCredit.customer_id, order_by=(CustomerCredit.assessed_on.desc(), CustomerCredit.id.desc())
    )
    newest = (
        sa.select(CustomerCredit.id, place.label("place"))
        .where(CustomerCredit.customer_id.in_(customer_ids))
        .subquery()
    )  # fmt: skip
    credits_ = {
        each.customer_id: each
        for each in session.scalars(
            sa.select(CustomerCredit).join(newest, newest.c.id == CustomerCredit.id).where(newest.c.place == 1)
        )
    }
    nothing = (0, 0)
    return {
        each: Business(
            *pursued.get(each, nothing), *signed.get(each, nothing), owed.get(each, nothing)[1], credits_.get(each)
        )
        for each in customer_ids
    }


def _by_customer(session: Session, query: sa.Select[Any, Any, Any]) -> dict[int, tuple[int, int]]:
    return {customer_id: (count, int(amount)) for customer_id, count, amount in session.execute(query)}


def of_customer(session: Session, customer_id: int, by: Actor) -> Portfolio:
    """Return the newest leads, opportunities and contracts of a customer that ``by`` may see; three statements."""
    found = session.scalars(
        sa.select(Lead)
        .where(Lead.customer_id == customer_id, leads.visible_to(by))
        .order_by(Lead.created_at.desc(), Lead.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    return Portfolio(
        found,
        opportunities.listing(session, by, opportunities.Wanted(customer_id=customer_id), size=MOST_SHOWN).rows,
        contracts.listing(session, by, contracts.Wanted(customer_id=customer_id), size=MOST_SHOWN).rows,
    )
