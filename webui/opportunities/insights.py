"""What the page of an opportunity draws besides the answers: matrix, boards, radar, give and get, strength."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.instances.queries import Event
from handlers.authority import queries as authority
from handlers.authority.records import Authority
from handlers.contract import deviations
from handlers.contract.deviations import Deviation
from handlers.opportunity import bargain
from handlers.opportunity.answers import fact
from handlers.opportunity.offer_operations import DEVIATIONS
from handlers.opportunity.records import FROM_MARKET, Opportunity
from webui.cases.governance import today
from webui.opportunities.bargaining import (
    Check,
    Factor,
    Move,
    Radar,
    Version,
    authority_check,
    moves_of,
    radar_of,
    strength_of,
    versions_of,
)
from webui.opportunities.guidance import Board, Matrix, boards_of, matrix_of


@dataclass(frozen=True, slots=True)
class Insights:
    """The drawings; what nobody has answered yet is empty."""

    matrix: Matrix | None = None
    boards: Sequence[Board] = ()
    propositions: Sequence[Mapping[str, Any]] = ()
    radar: Radar | None = None
    versions: Sequence[Version] = ()
    give_get: Sequence[Mapping[str, Any]] = ()
    moves: Sequence[Move] = ()
    strength: Sequence[Factor] = ()
    conclusion: str = ""
    grant: Authority | None = None
    checks: Sequence[Check] = ()
    deviations: Sequence[Deviation] = ()


def insights(session: Session, opportunity: Opportunity, events: Sequence[Event]) -> Insights:
    """Return the drawings from what was answered, the fields telling what an answer is, wherever it was asked."""
    given = [event.submission.answers for event in events if event.submission is not None]

    def latest(name: str) -> Mapping[str, Any]:
        return next((each for each in reversed(given) if each.get(name) not in (None, [], "")), {})

    rounds = [each for each in given if "round_outcome" in each]
    terms = rounds[-1] if rounds else latest("discount_percent")
    grant = _grant(session, opportunity) if terms else None
    strength = latest("need_us")
    return Insights(
        matrix=matrix_of(latest("matrix").get("matrix", []), latest("demands").get("demands", [])),
        boards=boards_of([each for each in given if each.get("cells")], from_vision=opportunity.source == FROM_MARKET),
        propositions=latest("propositions").get("propositions", []),
        radar=radar_of(opportunity, [each for each in given if any(key.startswith("opinion_") for key in each)]),
        versions=versions_of([event for event in events if "round_outcome" not in _said(event)]),
        give_get=bargain.list_of(opportunity),
        moves=moves_of(rounds),
        strength=strength_of(strength),
        conclusion=str(strength.get("strength_conclusion") or ""),
        grant=grant,
        checks=authority_check(terms, grant) if grant is not None else [],
        deviations=deviations.read(fact(opportunity, DEVIATIONS, "rows", [])),
    )


def _said(event: Event) -> Mapping[str, Any]:
    return event.submission.answers if event.submission is not None else {}


def _grant(session: Session, opportunity: Opportunity) -> Authority | None:
    lead = bargain.lead_of(opportunity)
    return authority.in_force(
        session, unit_id=opportunity.unit_id, user_id=lead, opportunity_id=opportunity.id, on=today()
    )
