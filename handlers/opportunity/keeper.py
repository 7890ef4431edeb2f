"""Opportunities as the engine sees them: opened, fed and given a status by the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.business_records import register_keeper, register_team
from engine.directory import Actor
from handlers.opportunity import operations, queries
from handlers.opportunity.records import Opportunity

KIND = "opportunity"


class OpportunityKeeper:
    """Keeps opportunities."""

    kind = KIND

    def open(
        self, session: Session, answers: Mapping[str, Any], *, unit_id: int | None, by: Actor, now: datetime
    ) -> tuple[int, str]:
        """Register an opportunity found in the market from the first answers; return its id and the case's label."""
        made = operations.register(session, answers, unit_id=unit_id, by=by, now=now)
        return made.id, made.label or by.name

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
        opportunity = queries.get(session, record_id)
        operations.absorb(session, opportunity, element, answers, emptied, by=by, now=now)
        return opportunity.label or None

    def set_status(self, session: Session, record_id: int, status: str, *, by: Actor, now: datetime) -> None:
        """Give the opportunity the status that the diagram names; raises ``UnknownStatus``."""
        operations.set_status(session, queries.get(session, record_id), status, now=now)


register_keeper(OpportunityKeeper())
register_team(KIND, Opportunity, {role: f"{role}_id" for role in ("ar", "sr", "fr", "pd", "sponsor")})
