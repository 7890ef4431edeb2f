"""Leads as the engine sees them: opened, fed and given a status by the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.business_records import register_keeper, register_team
from engine.database import hold
from engine.directory import Actor
from engine.errors import NotFound
from handlers.documents import operations as documents
from handlers.lead import operations
from handlers.lead.records import Lead
from handlers.lead.statuses import FINAL

KIND = "lead"

KEPT_AT = {
    "VALID": "verdict",
    "INVALID": "verdict",
    "MERGED": "verdict",
    "CLOSED": "handling",
    "CONVERTED": "handling",
}
"""At which decision documents are kept, by the status that follows from it."""


class LeadKeeper:
    """Keeps leads."""

    kind = KIND

    def open(
        self, session: Session, answers: Mapping[str, Any], *, unit_id: int | None, by: Actor, now: datetime
    ) -> tuple[int, str]:
        """Create the draft of a lead from the first answers; return its id and the label of the case."""
        lead = operations.open_lead(session, answers, unit_id=unit_id, by=by, now=now)
        return lead.id, lead.label or by.name

    def absorb(
        self,
        session: Session,
        record_id: int,
        element: str,
        answers: Mapping[str, Any],
        emptied: AbstractSet[str],
        *,
        by: Actor,
        now: datetime,
    ) -> str | None:
        """Take over what was answered at ``element``; return the new label of the case."""
        lead = _existing(session, record_id)
        operations.absorb(session, lead, element, answers, emptied, by=by, now=now)
        return lead.label or None

    def set_status(self, session: Session, record_id: int, status: str, *, by: Actor, now: datetime) -> None:
        """Give the lead the status that the diagram names; raises ``UnknownStatus``."""
        lead = _existing(session, record_id)
        before = lead.status
        operations.set_status(session, lead, status, now=now)
        if status in KEPT_AT and (status != before or status in FINAL):  # a step before may have ended the lead
            documents.keep(session, KIND, record_id, KEPT_AT[status], by=by, now=now)


def _existing(session: Session, lead_id: int) -> Lead:
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise NotFound(lead=lead_id)
    return hold(session, lead)


register_keeper(LeadKeeper())
register_team(KIND, Lead, {"lead_owner": "owner_id", "ar": "co_owner_id", "fr": "fr_id"})
