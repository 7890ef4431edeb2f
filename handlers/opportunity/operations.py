"""Every change to opportunities."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from handlers.lead import operations as leads
from handlers.lead.records import Lead
from handlers.numbering import next_number
from handlers.opportunity.records import FROM_LEAD, NEW, Opportunity

SERIES = "OP"

CARRIED = (
    "identify_pains", "interest_kdm", "acknowledge_pain", "competitive_strategy", "create_vision",
    "acknowledge_solution", "propose_handling",
)  # fmt: skip
"""The elements of the lead's diagram whose answers an opportunity goes on with (`ltc.md` L4)."""


def create_from_lead(session: Session, lead: Lead, *, by: Actor, now: datetime) -> Opportunity:
    """Turn ``lead`` into an opportunity, once: asked again, the same one is returned (`ltc.md` L4)."""
    made = session.scalar(sa.select(Opportunity).where(Opportunity.lead_id == lead.id))
    if made is None:
        made = Opportunity(
            number=next_number(session, SERIES, now=now),
            status=NEW,
            source=FROM_LEAD,
            lead_id=lead.id,
            name=lead.title,
            customer_id=lead.customer_id,
            customer_name=lead.customer_name,
            industry=lead.industry,
            unit_id=lead.unit_id,
            ar_id=lead.co_owner_id,
            sr_id=lead.owner_id,
            expected_amount=lead.amount,
            expected_decision_on=lead.purchase_planned_on or lead.expected_decision_on,
            facts={
                "lead": {"problem": lead.problem, "heard": lead.heard, "product_areas": lead.product_areas},
                **{element: lead.facts[element] for element in CARRIED if element in lead.facts},
            },
            created_at=now,
            created_by=by.user_id,
        )
        session.add(made)
        session.flush()
    lead.opportunity_id = made.id
    leads.set_status(session, lead, "CONVERTED", now=now)
    return made
