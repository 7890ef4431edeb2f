"""Every read of leads: one lead, lists, look-alikes, load, stale leads, agendas."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import hold, zone_of
from engine.directory import Actor
from engine.errors import NotFound
from handlers.lead.records import Lead, LeadActivity, LeadCredit
from handlers.lead.similarity import similarity
from handlers.lead.statuses import OWNED, STATUSES, TO_SORT
from handlers.organisation.queries import descendants

DUPLICATE_DAYS = 180
"""How long a lead counts as a possible duplicate of a newer one (`ltc.md` L1.4)."""
ALIKE_PERCENT = 40
"""From how much likeness on two needs of one customer are suspected to be one."""
USUAL_BEAT = 14
"""After how many days the owner of a lead without a grade is due to do something (`ltc.md` L3, cadence)."""
LONGEST_AGENDA = 100
"""How many leads of a kind a meeting can go through."""
SEES_SECRETS = ("lead_manager", "sales_mgmt", "sales_manager")
SEES_UNIT = (*SEES_SECRETS, "ar", "sr", "fr", "pmo", "qa")
"""The roles that see the leads of their unit and of all units below; secret leads only the first three."""

PEOPLE = (Lead.submitter_id, Lead.owner_id, Lead.co_owner_id, Lead.fr_id)
"""Who a lead belongs to: they see it, also a secret one."""

SORTS: Mapping[str, tuple[sa.orm.InstrumentedAttribute[Any], sa.orm.InstrumentedAttribute[int]]] = {
    "created": (Lead.created_at, Lead.id),
    "activity": (Lead.last_activity_at, Lead.id),
    "score": (Lead.score, Lead.id),
    "amount": (Lead.estimated_amount, Lead.id),
    "number": (Lead.number, Lead.id),
    "customer": (Lead.customer_name, Lead.id),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of leads is narrowed down to; empty means all."""

    search: str = ""
    statuses: Collection[str] = ()
    unit_id: int | None = None
    owner_id: int | None = None
    submitter_id: int | None = None
    grades: Collection[str] = ()
    maturity: str | None = None
    channel: str | None = None
    only_mine: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``has_more`` tells whether another one follows."""

    leads: Sequence[Lead]
    number: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Similar:
    """A lead that looks like another one; ``percent`` 0 to 100."""

    lead: Lead
    percent: int


@dataclass(frozen=True, slots=True)
class LeadPage:
    """What the page of one lead shows besides its columns."""

    lead: Lead
    activities: Sequence[LeadActivity]
    merged: Sequence[Lead]
    similar: Sequence[Similar]
    credits: Sequence[LeadCredit]
    people: frozenset[int] = field(default_factory=frozenset)


def get(session: Session, lead_id: int) -> Lead:
    """Return one lead, whoever asks; raises ``NotFound``."""
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise NotFound(lead=lead_id)
    return hold(session, lead)


def with_ids(session: Session, lead_ids: Collection[int]) -> list[Lead]:
    """Return leads by id, in one statement; unknown ids are left out."""
    return list(session.scalars(sa.select(Lead).where(Lead.id.in_(lead_ids)))) if lead_ids else []


def visible(session: Session, lead_id: int, by: Actor) -> Lead:
    """Return one lead if ``by`` may see it; raises ``NotFound`` otherwise."""
    lead = session.scalar(sa.select(Lead).where(Lead.id == lead_id, visible_to(by)))
    if lead is None:
        raise NotFound(lead=lead_id)
    return lead


def visible_to(by: Actor) -> sa.ColumnElement[bool]:
    """Return the condition under which ``by`` may see a lead: own leads, and those of units where a role lets them."""
    if by.is_system:
        return sa.true()
    own = sa.or_(*(each == by.user_id for each in PEOPLE))
    with_secrets, without = _units_of(by, SEES_SECRETS), _units_of(by, SEES_UNIT)
    return sa.or_(
        own,
        sa.and_(Lead.unit_id.in_(_below(with_secrets)), Lead.status != "DRAFT") if with_secrets else sa.false(),
        sa.and_(Lead.unit_id.in_(_below(without)), Lead.status != "DRAFT", sa.not_(Lead.secrecy))
        if without
        else sa.false(),
    )  # fmt: skip


def _units_of(by: Actor, roles: Collection[str]) -> set[int]:
    held = (group.partition("@") for group in by.groups)
    return {int(unit) for role, at, unit in held if at and role in roles}


def _below(unit_ids: Collection[int]) -> sa.Select[tuple[int]]:
    below = descendants(unit_ids).alias()
    return sa.select(below.c.id)


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
    """Return one page of the leads that ``by`` may see, in one statement that an index keeps in order.

    ``sort``: one of :data:`SORTS`, unknown ones count as ``created``; pages count from 1.
    """
    wanted = wanted or Wanted()
    first, second = SORTS.get(sort, SORTS["created"])
    order: list[sa.ColumnElement[Any]] = (
        [first.desc().nulls_last(), second.desc()] if descending else [first.asc().nulls_last(), second.asc()]
    )
    page = max(1, page)
    query = (
        sa.select(Lead)
        .where(visible_to(by), *_conditions(wanted, by))
        .order_by(*order)
        .offset((page - 1) * size)
        .limit(size + 1)
    )
    found = list(session.scalars(query))
    return Page(found[:size], page, len(found) > size)


def _conditions(wanted: Wanted, by: Actor) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.search.strip():
        words = wanted.search.casefold().split()
        conditions += [Lead.search_text.contains(word, autoescape=True) for word in words]
    if wanted.statuses:
        conditions.append(Lead.status.in_([status for status in wanted.statuses if status in STATUSES]))
    if wanted.unit_id is not None:
        conditions.append(Lead.unit_id.in_(_below([wanted.unit_id])))
    if wanted.only_mine:
        conditions.append(sa.or_(*(each == by.user_id for each in PEOPLE)))
    if wanted.grades:
        conditions.append(Lead.grade.in_(wanted.grades))
    for column, value in (
        (Lead.owner_id, wanted.owner_id),
        (Lead.submitter_id, wanted.submitter_id),
        (Lead.maturity, wanted.maturity),
        (Lead.channel, wanted.channel),
    ):
        if value is not None:
            conditions.append(column == value)
    return conditions


def counts(session: Session, by: Actor) -> dict[str, int]:
    """Return how many leads of each status ``by`` may see; statuses without any are left out."""
    query = sa.select(Lead.status, sa.func.count()).where(visible_to(by)).group_by(Lead.status)
    return dict(session.execute(query).all())


def page_of(session: Session, lead_id: int, by: Actor) -> LeadPage:
    """Return everything the page of a lead shows; raises ``NotFound`` for a lead that ``by`` may not see."""
    lead = visible(session, lead_id, by)
    activities = list(
        session.scalars(
            sa.select(LeadActivity)
            .where(LeadActivity.lead_id == lead_id)
            .order_by(LeadActivity.at.desc(), LeadActivity.id.desc())
            .limit(200)
        )
    )
    merged = list(session.scalars(sa.select(Lead).where(Lead.merged_into_id == lead_id).order_by(Lead.id)))
    credits_ = list(session.scalars(sa.select(LeadCredit).where(LeadCredit.lead_id == lead_id)))
    similar = [each for each in similar_to(session, lead) if _may_see(session, each.lead.id, by)]
    people = {lead.submitter_id, lead.owner_id, lead.co_owner_id, lead.fr_id, *(each.by_id for each in activities)}
    known = frozenset(each for each in people if each is not None)
    return LeadPage(lead, activities, merged, similar, credits_, known)


def _may_see(session: Session, lead_id: int, by: Actor) -> bool:
    return bool(session.scalar(sa.select(sa.exists().where(Lead.id == lead_id, visible_to(by)))))


def similar_to(
    session: Session, lead: Lead, *, days: int = DUPLICATE_DAYS, least_percent: int = ALIKE_PERCENT
) -> list[Similar]:
    """Return leads of the same customer with a similar need, submitted in the ``days`` before; most alike first.

    Drafts, discarded and merged leads do not count (`ltc.md` L1.4).
    """
    if not lead.customer_key:
        return []
    candidates = session.scalars(
        sa.select(Lead)
        .where(
            Lead.customer_key == lead.customer_key,
            Lead.created_at >= lead.created_at - timedelta(days=days),
            Lead.created_at <= lead.created_at,
            Lead.id != lead.id,
            Lead.status.not_in(("DRAFT", "DISCARDED", "MERGED")),
        )
        .order_by(Lead.created_at.desc())
        .limit(200)
    )
    rated = [
        Similar(each, round(100 * similarity(lead.title, lead.problem, each.title, each.problem)))
        for each in candidates
    ]  # fmt: skip
    return sorted(
        (each for each in rated if each.percent >= least_percent), key=lambda each: (-each.percent, each.lead.id)
    )


def next_activity_on(session: Session, lead: Lead) -> date | None:
    """Return the day by which the owner is due to do something for ``lead`` (`ltc.md` L3, cadence), if anybody owns it.

    The beat is that of its grade.
    """
    if lead.status not in OWNED:
        return None
    return (lead.last_activity_at + timedelta(days=lead.beat_days or USUAL_BEAT)).astimezone(zone_of(session)).date()


def load_of(session: Session, user_ids: Collection[int]) -> dict[int, int]:
    """Return how many leads each of ``user_ids`` answers for as owner now."""
    query = (
        sa.select(Lead.owner_id, sa.func.count())
        .where(Lead.owner_id.in_(list(user_ids)), Lead.status.in_(OWNED))
        .group_by(Lead.owner_id)
    )
    load = dict.fromkeys(user_ids, 0)
    load.update({owner: count for owner, count in session.execute(query) if owner is not None})
    return load


def reported_by(session: Session, who: Actor, titles: Collection[str], *, now: datetime) -> list[Lead]:
    """Return the leads with one of ``titles`` that somebody reported within the time in which leads count as alike."""
    return list(
        session.scalars(
            sa.select(Lead).where(
                Lead.submitter_id == who.user_id,
                Lead.created_at >= now - timedelta(days=DUPLICATE_DAYS),
                Lead.title.in_(titles),
            )
        )
    )


def stale(
    session: Session, *, now: datetime, idle_days: int = 30, unit_id: int | None = None, limit: int = 200
) -> list[Lead]:
    """Return owned leads without activity for ``idle_days``, longest idle first; of a unit and below, if given."""
    query = (
        sa.select(Lead)
        .where(Lead.status.in_(OWNED), Lead.last_activity_at <= now - timedelta(days=idle_days))
        .order_by(Lead.last_activity_at, Lead.id)
        .limit(limit)
    )
    if unit_id is not None:
        query = query.where(Lead.unit_id.in_(_below([unit_id])))
    return list(session.scalars(query))


def agenda(
    session: Session, unit_id: int, *, now: datetime, idle_days: int = 30, limit: int = LONGEST_AGENDA
) -> list[Lead]:
    """Return the agenda of the lead meeting of a unit and those below: to be sorted first, then stale (L2.1).

    Hot leads do not wait for a meeting, so they are left out while they are being sorted. Of each kind stand at most
    ``limit`` on it: those with the best scores, those that are longest idle.
    """
    to_sort = session.scalars(
        sa.select(Lead)
        .where(
            Lead.status.in_(TO_SORT),
            Lead.unit_id.in_(_below([unit_id])),
            sa.or_(Lead.maturity.is_(None), Lead.maturity != "hot"),
        )
        .order_by(Lead.score.desc().nulls_last(), Lead.created_at, Lead.id)
        .limit(limit)
    )
    return [*to_sort, *stale(session, now=now, idle_days=idle_days, unit_id=unit_id, limit=limit)]
