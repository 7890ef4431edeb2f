"""Every change to opportunities: opening, taking over answers, statuses, the level that decides, the end."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidInput
from handlers import days
from handlers.customer import operations as customers
from handlers.lead import operations as leads
from handlers.lead.records import Lead
from handlers.numbering import next_number
from handlers.opportunity import answers as fields
from handlers.opportunity.decision_makers import told_in
from handlers.opportunity.records import FOUR_STEP, FROM_LEAD, FROM_MARKET, FULL, Opportunity
from handlers.opportunity.statuses import FINAL, RESULTS, STATUSES
from handlers.organisation import queries as organisation

SERIES = "OP"
BODIES = ("rep", "region", "company")
"""The three bodies that decide, lowest first (`ltc.md` D3)."""

LEVEL_BY_HAND = "level_by_hand"
"""Where in the facts of an opportunity lies what sales management settled on against the tables."""

CARRIED = (
    "identify_pains", "interest_kdm", "acknowledge_pain", "competitive_strategy", "create_vision",
    "acknowledge_solution", "propose_handling",
)  # fmt: skip
"""The elements of the lead's diagram whose answers an opportunity goes on with (`ltc.md` L4)."""


class UnknownStatus(InvalidInput):
    """An opportunity has no such status."""


def create_from_lead(session: Session, lead: Lead, *, by: Actor, now: datetime) -> Opportunity:
    """Turn ``lead`` into an opportunity, once: asked again, the same one is returned (`ltc.md` L4)."""
    made = session.scalar(sa.select(Opportunity).where(Opportunity.lead_id == lead.id))
    if made is None:
        made = _opened(session, FROM_LEAD, unit_id=lead.unit_id, by=by, now=now)
        made.lead_id = lead.id
        made.name, made.industry = lead.title, lead.industry
        made.customer_id, made.customer_name = lead.customer_id, lead.customer_name
        made.ar_id, made.sr_id, made.fr_id = lead.co_owner_id, lead.owner_id, lead.fr_id
        made.expected_amount = lead.amount
        made.expected_decision_on = lead.purchase_planned_on or lead.expected_decision_on
        made.demand = lead.problem
        made.facts = {
            "lead": {"problem": lead.problem, "heard": lead.heard, "product_areas": lead.product_areas},
            **{element: lead.facts[element] for element in CARRIED if element in lead.facts},
        }
        made.search_text = fields.searchable(made)
        session.add(made)
        session.flush()
    lead.opportunity_id = made.id
    leads.set_status(session, lead, "CONVERTED", now=now)
    return made


def register(
    session: Session, answers: Mapping[str, Any], *, unit_id: int | None, by: Actor, now: datetime
) -> Opportunity:
    """Register an opportunity that the sales team found in the market (`ltc.md` 2.2, source b).

    Whoever registers it answers for it until the team is named. Raises ``InvalidAnswers``.
    """
    at = answers.get("unit_id") or unit_id
    made = _opened(session, FROM_MARKET, unit_id=at if isinstance(at, int) else None, by=by, now=now)
    made.ar_id = by.user_id
    fields.take_over(made, None, answers)
    _recognise_customer(session, made, now)
    session.add(made)
    session.flush()
    return made


def _opened(session: Session, source: str, *, unit_id: int | None, by: Actor, now: datetime) -> Opportunity:
    return Opportunity(
        number=next_number(session, SERIES, now=now),
        status="NEW",
        status_since=now,
        source=source,
        flow=FOUR_STEP if organisation.opportunity_flow(session, unit_id) == FOUR_STEP else FULL,
        name="",
        customer_name="",
        unit_id=unit_id,
        strategic=False,
        guidance_incomplete=False,
        red_flag=False,
        search_text="",
        facts={},
        created_at=now,
        created_by=by.user_id,
    )


def absorb(
    session: Session,
    opportunity: Opportunity,
    element: str,
    answers: Mapping[str, Any],
    emptied: AbstractSet[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Take over what was answered and ``emptied`` at ``element`` (see :mod:`handlers.opportunity.answers`).

    What it tells of key decision-makers goes to the customer's map. Raises ``InvalidAnswers``, and
    ``RuleRefused`` for a day that cannot be.
    """
    days.check(session, answers, now=now)
    fields.take_over(opportunity, element, answers, emptied)
    if "customer" in answers or "customer" in emptied:
        _recognise_customer(session, opportunity, now)
    _map_decision_makers(session, opportunity, element, answers, by=by, now=now)
    session.flush()


def _map_decision_makers(
    session: Session, opportunity: Opportunity, element: str, answers: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    people, on = told_in(element, answers)
    if people and opportunity.customer_id is not None:
        customers.map_decision_makers(session, opportunity.customer_id, people, on=on, by=by, now=now)


def _recognise_customer(session: Session, opportunity: Opportunity, now: datetime) -> None:
    if not opportunity.customer_name:
        return
    known = customers.ensure(
        session, opportunity.customer_name, now=now, industry=opportunity.industry, unit_id=opportunity.unit_id
    )
    opportunity.customer_id, opportunity.customer_name = known.id, known.name
    opportunity.industry = opportunity.industry or known.industry
    opportunity.search_text = fields.searchable(opportunity)


_MOMENT_OF = {
    "APPROVED": "approved_at",
    "SOLUTION": "guided_at",
    "BID": "bid_decided_at",
    "NO_BID": "bid_decided_at",
    "SUBMITTED": "submitted_at",
    "SIGNED": "signed_at",
}


def set_status(session: Session, opportunity: Opportunity, status: str, *, now: datetime) -> None:
    """Give ``opportunity`` the status that the diagram names; raises ``UnknownStatus``.

    Which status may follow which is the diagram's business. The first time of each milestone is kept, because the
    figures count from it (`ltc.md` 4).
    """
    if status not in STATUSES:
        raise UnknownStatus(status=status)
    if status != opportunity.status:
        opportunity.status, opportunity.status_since = status, now
    moment = _MOMENT_OF.get(status)
    if moment is not None and getattr(opportunity, moment) is None:
        setattr(opportunity, moment, now)
    opportunity.ended_at = (opportunity.ended_at or now) if status in FINAL else None
    session.flush()


def set_body(session: Session, opportunity: Opportunity, body: str) -> None:
    """Remember which body decides about ``opportunity`` now (`ltc.md` D3); raises ``InvalidInput``."""
    if body not in BODIES:
        raise InvalidInput(body=body)
    opportunity.body = body
    session.flush()


def keep_level_by_hand(session: Session, opportunity: Opportunity, *, tier: str | None, body: str | None) -> None:
    """Remember which tier, and which higher body, sales management settled on against the tables (`ltc.md` O1.3)."""
    kept = {name: value for name, value in (("tier", tier), ("body", body)) if value is not None}
    opportunity.facts = {**opportunity.facts, LEVEL_BY_HAND: kept}
    session.flush()


def level_by_hand(opportunity: Opportunity) -> Mapping[str, str]:
    """Return ``tier`` and ``body`` as far as sales management settled on others than the tables."""
    kept: Mapping[str, str] = opportunity.facts.get(LEVEL_BY_HAND, {})
    return kept


def end(session: Session, opportunity: Opportunity, result: str, *, report_due_on: date, on: date) -> None:
    """Remember how ``opportunity`` ended and until when its win/loss report is due (`ltc.md` O5).

    The first end counts: asked again, day and due day stay. Raises ``InvalidInput`` for an unknown result.
    """
    if result not in RESULTS:
        raise InvalidInput(result=result)
    opportunity.result = result
    if opportunity.result_on is None:
        opportunity.result_on, opportunity.report_due_on = on, report_due_on
    session.flush()


def report(session: Session, opportunity: Opportunity, *, now: datetime) -> None:
    """Remember when the win/loss report was accepted (`ltc.md` O5)."""
    opportunity.report_at = opportunity.report_at or now
    session.flush()
