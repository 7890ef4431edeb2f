"""Every read of opportunities: one, the lists, who may see which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import OVERSEERS, Actor
from engine.errors import NotFound
from handlers.opportunity.records import Opportunity
from handlers.organisation.queries import descendants

SEES_UNIT = (
    "sales_mgmt", "sales_manager", "decision_team", "ar", "sr", "fr", "pd", "sponsor", "rev_solution", "rev_delivery",
    "rev_legal", "rev_finance", "negotiator", "delivery_pm", "legal", "procurement", "contract_mgr", "finance", "pmo",
    "qa",
)  # fmt: skip
"""The roles that see the opportunities of their unit and of all units below (`ltc.md` 1.2)."""

SORTS: Mapping[str, tuple[sa.orm.InstrumentedAttribute[Any], sa.orm.InstrumentedAttribute[int]]] = {
    "created": (Opportunity.created_at, Opportunity.id),
    "amount": (Opportunity.expected_amount, Opportunity.id),
    "decision": (Opportunity.expected_decision_on, Opportunity.id),
    "number": (Opportunity.number, Opportunity.id),
    "customer": (Opportunity.customer_name, Opportunity.id),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of opportunities is narrowed down to; empty means all."""

    search: str = ""
    statuses: Collection[str] = ()
    tiers: Collection[str] = ()
    source: str | None = None
    flow: str | None = None
    result: str | None = None
    unit_id: int | None = None
    customer_id: int | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``has_more`` tells whether another one follows."""

    opportunities: Sequence[Opportunity]
    number: int
    has_more: bool


def get(session: Session, opportunity_id: int) -> Opportunity:
    """Return one opportunity, whoever asks; raises ``NotFound``."""
    found = session.get(Opportunity, opportunity_id)
    if found is None:
        raise NotFound(opportunity=opportunity_id)
    return found


def visible(session: Session, opportunity_id: int, by: Actor) -> Opportunity:
    """Return one opportunity if ``by`` may see it; raises ``NotFound`` otherwise."""
    found = session.scalar(sa.select(Opportunity).where(Opportunity.id == opportunity_id, visible_to(by)))
    if found is None:
        raise NotFound(opportunity=opportunity_id)
    return found


def members(user_id: int) -> sa.ColumnElement[bool]:
    """Return the condition under which somebody belongs to the team of an opportunity, or registered it."""
    return sa.or_(
        *(
            column == user_id
            for column in (
                Opportunity.ar_id, Opportunity.sr_id, Opportunity.fr_id, Opportunity.pd_id, Opportunity.sponsor_id,
                Opportunity.created_by,
            )
        )
    )  # fmt: skip


def visible_to(by: Actor) -> sa.ColumnElement[bool]:
    """Return the condition under which ``by`` may see an opportunity: the team, and the units where a role lets one."""
    if by.user_id is None or by.roles & OVERSEERS:
        return sa.true()
    held = (group.partition("@") for group in by.groups)
    units = {int(unit) for role, at, unit in held if at and role in SEES_UNIT}
    if not units:
        return members(by.user_id)
    below = descendants(units).alias()
    return sa.or_(members(by.user_id), Opportunity.unit_id.in_(sa.select(below.c.id)))


def listing(
    session: Session,
    by: Actor,
    wanted: Wanted | None = None,
    *,
    sort: str = "created",
    descending: bool = True,
    page: int = 1,
    size: int = 50,
) -> Page:
    """Return one page of the opportunities that ``by`` may see, in one statement that an index keeps in order.

    ``sort``: one of :data:`SORTS`, unknown ones count as ``created``; pages count from 1.
    """
    query = _narrowed(sa.select(Opportunity).where(visible_to(by)), wanted or Wanted())
    for column in SORTS.get(sort, SORTS["created"]):
        query = query.order_by(column.desc() if descending else column.asc())
    found = session.scalars(query.limit(size + 1).offset((max(page, 1) - 1) * size)).all()
    return Page(found[:size], max(page, 1), len(found) > size)


def _narrowed(query: sa.Select[Opportunity], wanted: Wanted) -> sa.Select[Opportunity]:
    for column, values in ((Opportunity.status, wanted.statuses), (Opportunity.tier, wanted.tiers)):
        if values:
            query = query.where(column.in_(values))
    exact = {
        "source": wanted.source,
        "flow": wanted.flow,
        "result": wanted.result,
        "customer_id": wanted.customer_id,
    }
    query = query.filter_by(**{name: value for name, value in exact.items() if value is not None})
    if wanted.unit_id is not None:
        below = descendants([wanted.unit_id]).alias()
        query = query.where(Opportunity.unit_id.in_(sa.select(below.c.id)))
    if wanted.member_id is not None:
        query = query.where(members(wanted.member_id))
    for word in wanted.search.casefold().split():
        query = query.where(Opportunity.search_text.contains(word, autoescape=True))
    return query
