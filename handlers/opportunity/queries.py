"""Every read of opportunities: one, the lists, who may see which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import hold
from engine.directory import OVERSEERS, Actor
from engine.errors import NotFound
from engine.inbox import queries as inbox
from handlers.keyset import Slice, slice_of
from handlers.opportunity.records import Opportunity
from handlers.organisation.queries import descendants

Columns = TypeVarTuple("Columns")

SEES_UNIT = (
    "sales_mgmt", "sales_manager", "decision_team", "ar", "sr", "fr", "pd", "sponsor", "rev_solution", "rev_delivery",
    "rev_legal", "rev_finance", "negotiator", "delivery_pm", "legal", "procurement", "contract_mgr", "finance", "pmo",
    "qa",
)  # fmt: skip
"""The roles that see the opportunities of their unit and of all units below (`ltc.md` 1.2)."""

SORTS: Mapping[str, tuple[sa.orm.QueryableAttribute[Any], sa.orm.InstrumentedAttribute[int]]] = {
    "created": (Opportunity.created_at, Opportunity.id),
    "amount": (Opportunity.amount, Opportunity.id),
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


def get(session: Session, opportunity_id: int) -> Opportunity:
    """Return one opportunity, whoever asks; raises ``NotFound``."""
    found = session.get(Opportunity, opportunity_id)
    if found is None:
        raise NotFound(opportunity=opportunity_id)
    return hold(session, found)


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
    """Return the condition under which ``by`` may see an opportunity.

    Those are: the team, whoever has or had a work item of its case, and the units where a role lets one.
    """
    if by.user_id is None or by.roles & OVERSEERS:
        return sa.true()
    worked_on = Opportunity.id.in_(inbox.records_worked_on("opportunity", by))
    held = (group.partition("@") for group in by.groups)
    units = {int(unit) for role, at, unit in held if at and role in SEES_UNIT}
    if not units:
        return sa.or_(members(by.user_id), worked_on)
    below = descendants(units).alias()
    return sa.or_(members(by.user_id), worked_on, Opportunity.unit_id.in_(sa.select(below.c.id)))


def listing(
    session: Session,
    by: Actor,
    wanted: Wanted | None = None,
    *,
    sort: str = "created",
    descending: bool = True,
    after: str | None = None,
    size: int = 50,
) -> Slice[Opportunity]:
    """Return ``size`` of the opportunities that ``by`` may see, in one statement.

    ``sort``: one of :data:`SORTS`, unknown ones count as ``created``; ``after`` is where the slice before ended.
    """
    query = narrowed(sa.select(Opportunity).where(visible_to(by)), wanted or Wanted())
    order = SORTS.get(sort, SORTS["created"])
    return slice_of(session, query, *order, descending=descending, after=after, size=size)


def counts(session: Session, by: Actor) -> dict[str, int]:
    """Return how many opportunities of each status ``by`` may see; statuses without any are left out."""
    query = sa.select(Opportunity.status, sa.func.count()).where(visible_to(by)).group_by(Opportunity.status)
    return dict(session.execute(query).all())


def with_ids(session: Session, opportunity_ids: Collection[int]) -> list[Opportunity]:
    """Return opportunities by id, in one statement; unknown ids are left out."""
    if not opportunity_ids:
        return []
    return list(session.scalars(sa.select(Opportunity).where(Opportunity.id.in_(opportunity_ids))))


def narrowed(query: sa.Select[*Columns], wanted: Wanted) -> sa.Select[*Columns]:
    """Return ``query``, which must read opportunities, with the conditions of ``wanted``."""
    for column, values in ((Opportunity.status, wanted.statuses), (Opportunity.tier, wanted.tiers)):
        if values:
            query = query.where(column.in_(values))
    for exact, value in (
        (Opportunity.source, wanted.source),
        (Opportunity.flow, wanted.flow),
        (Opportunity.result, wanted.result),
        (Opportunity.customer_id, wanted.customer_id),
    ):
        if value is not None:
            query = query.where(exact == value)
    if wanted.unit_id is not None:
        below = descendants([wanted.unit_id]).alias()
        query = query.where(Opportunity.unit_id.in_(sa.select(below.c.id)))
    if wanted.member_id is not None:
        query = query.where(members(wanted.member_id))
    for word in wanted.search.casefold().split():
        query = query.where(Opportunity.search_text.contains(word, autoescape=True))
    return query
