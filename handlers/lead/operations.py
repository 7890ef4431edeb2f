"""Every change to a lead: taking over answers, statuses, owners, merging, reclaiming, closing, activities."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import Conflict, InvalidInput, NotAllowed
from handlers import days
from handlers.customer import operations as customers
from handlers.customer import queries as customer_queries
from handlers.customer.records import PARTS
from handlers.lead import answers as fields
from handlers.lead import scoring
from handlers.lead.records import Lead, LeadActivity, LeadCredit, LeadMeeting
from handlers.lead.statuses import FINAL, OWNED, STATUSES
from handlers.numbering import next_number

SERIES = "LD"
GRADES = ("A", "B", "C")


class UnknownStatus(InvalidInput):
    """A lead has no such status."""


class UnfitMerge(Conflict):
    """A lead can only be merged into another lead whose work goes on."""


def open_lead(session: Session, answers: Mapping[str, Any], *, unit_id: int | None, by: Actor, now: datetime) -> Lead:
    """Create the draft of a new lead from its first answers; return it with its id. Raises ``InvalidAnswers``."""
    lead = Lead(
        status="DRAFT",
        status_since=now,
        nurturing_step=0,
        title="",
        customer_name="",
        customer_key="",
        unit_id=unit_id,
        product_areas=[],
        secrecy=False,
        submitter_id=by.user_id,
        refused_by=[],
        pain_acknowledged=False,
        kdm_met=False,
        vision_agreed=False,
        last_activity_at=now,
        stale_level="none",
        created_at=now,
        search_text="",
        facts={},
    )  # fmt: skip
    fields.take_over(lead, None, answers)
    _recognise_customer(session, lead)
    session.add(lead)
    session.flush()
    return lead


def absorb(
    session: Session,
    lead: Lead,
    element: str,
    answers: Mapping[str, Any],
    emptied: AbstractSet[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Take over what was answered and ``emptied`` at ``element`` (see :mod:`handlers.lead.answers`).

    Whatever the owner of a lead answers counts as activity (`ltc.md` L3, cadence). Raises ``InvalidAnswers``, and
    ``RuleRefused`` for a day that cannot be.
    """
    days.check(session, answers, now=now)
    fields.take_over(lead, element, answers, emptied)
    if "customer" in answers or "customer" in emptied:
        _recognise_customer(session, lead)
    if lead.customer_id is None and lead.verdict == "valid" and lead.customer_real and lead.customer_name:
        found = customers.ensure(session, lead.customer_name, now=now, industry=lead.industry, unit_id=lead.unit_id)
        lead.customer_id = found.id
    _map_decision_makers(session, lead, answers, by=by, now=now)
    if answers.get("acceptance") == "refuse" and by.user_id is not None:
        lead.refused_by = [*lead.refused_by, by.user_id]
    if lead.status in OWNED:
        _touch(lead, now)
    session.flush()


def _map_decision_makers(session: Session, lead: Lead, answers: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Take the decision-makers met (`ltc.md` N2) into the customer's map; of a confidential lead nobody is told."""
    met = answers.get("kdms")
    if met and lead.customer_id is not None and not lead.secrecy:
        people = [
            {
                "name": each.get("name"),
                "post": each.get("post"),
                "part": part if (part := each.get("role")) in PARTS else None,
                "attitude": attitude if (attitude := each.get("attitude")) in customers.ATTITUDES else None,
                "note": each.get("interest_topic"),
            }
            for each in met
        ]
        on = date.fromisoformat(answers["met_on"]) if answers.get("met_on") else None
        customers.map_decision_makers(session, lead.customer_id, people, on=on, by=by, now=now)


def _recognise_customer(session: Session, lead: Lead) -> None:
    known = customer_queries.named(session, lead.customer_name) if lead.customer_name else None
    lead.customer_id = known.id if known else None
    if known is not None:
        lead.customer_name, lead.customer_key = known.name, known.key
        lead.industry = lead.industry or known.industry


def _touch(lead: Lead, now: datetime) -> None:
    lead.last_activity_at, lead.stale_level = now, "none"


_MOMENT_OF = {
    "SUBMITTED": "submitted_at",
    "VALID": "verified_at",
    "INVALID": "verified_at",
    "DISTRIBUTED": "distributed_at",
    "ACCEPTED": "accepted_at",
    "RECLAIMED": "reclaimed_at",
}


def set_status(session: Session, lead: Lead, status: str, *, now: datetime) -> None:
    """Give ``lead`` the status that the diagram names; raises ``UnknownStatus``.

    Which status may follow which is the diagram's business. The first time of each milestone is kept, because the
    figures count from it (`ltc.md` 4).
    """
    if status not in STATUSES:
        raise UnknownStatus(status=status)
    if status != lead.status:
        lead.status, lead.status_since = status, now
    moment = _MOMENT_OF.get(status)
    if moment is not None and (getattr(lead, moment) is None or moment in {"distributed_at", "reclaimed_at"}):
        setattr(lead, moment, now)
    if status in OWNED:
        _touch(lead, now)
    lead.ended_at = (lead.ended_at or now) if status in FINAL else None
    session.flush()


def number(session: Session, lead: Lead, *, now: datetime) -> str:
    """Return the lead's number ``LD-yyyymm-nnnn``, given now if it had none (`ltc.md` L1.4)."""
    if lead.number is None:
        lead.number = next_number(session, SERIES, now=now)
        lead.search_text = f"{lead.number.casefold()} {lead.search_text}"
        session.flush()
    return lead.number


def score(session: Session, lead: Lead, weights: scoring.Weights) -> int:
    """Give ``lead`` its score, 0 to 100 (`ltc.md` D1); return it."""
    lead.score = scoring.score(lead, weights)
    session.flush()
    return lead.score


def grade(session: Session, lead: Lead, value: str, *, priority: int, beat_days: int) -> None:
    """Remember grade, priority (1 highest) and beat of nurturing in days; raises ``InvalidInput``."""
    if value not in GRADES or priority < 1 or beat_days < 1:
        raise InvalidInput(grade=value, priority=priority, beat_days=beat_days)
    lead.grade, lead.priority, lead.beat_days = value, priority, beat_days
    session.flush()


def assign(session: Session, lead: Lead, *, owner_id: int, co_owner_id: int | None, first_contact_by: datetime) -> None:
    """Make somebody answer for ``lead``: owner, helping AR, and by when the customer hears from us (L2.3)."""
    lead.owner_id, lead.co_owner_id, lead.first_contact_by = owner_id, co_owner_id, first_contact_by
    session.flush()


def merge(session: Session, lead: Lead, into: Lead, *, now: datetime) -> None:
    """Let ``lead`` go on as part of ``into``; raises ``UnfitMerge`` for itself, for a circle, for a finished lead."""
    if into.id == lead.id or into.status in FINAL:
        raise UnfitMerge(lead=lead.id, into=into.id, status=into.status)
    lead.merged_into_id = into.id
    session.add(
        LeadActivity(
            lead_id=into.id,
            kind="merged",
            happened_on=now.date(),
            with_whom=None,
            summary=f"{lead.number or lead.id} {lead.title}".strip(),
            facts={"merged_lead_id": lead.id},
            by_id=None,
            at=now,
        )
    )
    set_status(session, lead, "MERGED", now=now)


def reclaim(session: Session, lead: Lead, *, now: datetime) -> int | None:
    """Take ``lead`` back into the pool (`ltc.md` L2.4, L3); return who owned it. That person is not proposed again."""
    former = lead.owner_id
    if former is not None:
        lead.refused_by = [*lead.refused_by, former]
    lead.owner_id = lead.co_owner_id = lead.fr_id = lead.first_contact_by = None
    set_status(session, lead, "RECLAIMED", now=now)
    return former


def credit(session: Session, lead: Lead, event: str, *, now: datetime) -> bool:
    """Remember the submitter for what became of ``lead``; return whether this was new (`ltc.md` L4)."""
    if lead.submitter_id is None or session.get(LeadCredit, (lead.id, event)) is not None:
        return False
    session.add(LeadCredit(lead_id=lead.id, event=event, user_id=lead.submitter_id, at=now))
    session.flush()
    return True


def close(session: Session, lead: Lead, *, reason: str, reawaken_on: date | None, now: datetime) -> None:
    """Close ``lead`` with a reason and, if wanted, the day on which to look at it again (`ltc.md` L3.7)."""
    lead.close_reason, lead.reawaken_on = reason, reawaken_on
    set_status(session, lead, "CLOSED", now=now)


def reawaken(session: Session, lead: Lead, *, now: datetime) -> None:
    """Take up a closed ``lead`` again where its nurturing was left."""
    lead.close_reason = lead.reawaken_on = None
    _touch(lead, now)
    set_status(session, lead, "NURTURING" if lead.owner_id is not None else "VALID", now=now)


def remember_stale_level(session: Session, lead: Lead, level: str) -> bool:
    """Remember how stale ``lead`` is; return whether that is worse than what was last reported."""
    order = ("none", "beat", "warn", "manager", "reclaim")
    worse = order.index(level) > order.index(lead.stale_level)
    lead.stale_level = level
    session.flush()
    return worse


def add_activity(session: Session, lead: Lead, answers: Mapping[str, Any], *, by: Actor, now: datetime) -> LeadActivity:
    """Log a contact or other work on ``lead`` from the answers of the form ``lead_activity``.

    Raises ``NotAllowed`` for anybody but the people who answer for the lead and the lead managers, ``RuleRefused`` for
    a day that has not come.
    """
    days.check(session, answers, now=now)
    if by.user_id not in {lead.owner_id, lead.co_owner_id} and "lead_manager" not in by.roles:
        raise NotAllowed(lead=lead.id)
    known = {"kind", "happened_on", "with_whom", "summary", "next_step", "next_on"}
    activity = LeadActivity(
        lead_id=lead.id,
        kind=answers["kind"],
        happened_on=date.fromisoformat(answers["happened_on"]),
        with_whom=answers.get("with_whom"),
        summary=answers["summary"],
        next_step=answers.get("next_step"),
        next_on=date.fromisoformat(answers["next_on"]) if answers.get("next_on") else None,
        facts={name: value for name, value in answers.items() if name not in known},
        by_id=by.user_id,
        at=now,
    )
    session.add(activity)
    _touch(lead, now)
    if lead.first_contacted_at is None and lead.owner_id is not None:
        lead.first_contacted_at = now
    session.flush()
    return activity


def call_meeting(session: Session, unit_id: int, agenda: list[int], *, now: datetime) -> LeadMeeting:
    """Remember a lead meeting of ``unit_id`` with its agenda: ids of leads, first to last (`ltc.md` L2.1)."""
    meeting = LeadMeeting(unit_id=unit_id, called_at=now, agenda=agenda)
    session.add(meeting)
    session.flush()
    return meeting


def locked(session: Session, lead_id: int) -> Lead | None:
    """Return the lead for a change, locked until the transaction ends, as it is in the database now."""
    query = sa.select(Lead).where(Lead.id == lead_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))
