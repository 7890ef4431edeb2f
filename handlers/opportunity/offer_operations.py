"""Every change to an opportunity between the bid document and the contract: versions, reviews, decisions, rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from handlers.opportunity.records import Opportunity

VERSIONS, REPORT, ROUNDS, DEVIATIONS = "proposal", "bid_report", "rounds", "deviations"
"""Where in the facts of an opportunity lies what the system itself keeps."""


def keep_version(session: Session, opportunity: Opportunity, version: Mapping[str, Any]) -> int:
    """Keep one more version of the proposal; return its number, counted from 1 (`ltc.md` O3.3)."""
    versions = opportunity.facts.get(VERSIONS, {}).get("versions", [])
    number = len(versions) + 1
    _keep(session, opportunity, VERSIONS, {"version": number, "versions": [*versions, {**version, "version": number}]})
    return number


def keep_review(session: Session, opportunity: Opportunity, *, score: int | None, red_flag: bool) -> None:
    """Keep score (20 to 100) and red flag of the four-dimension review (`ltc.md` D4)."""
    opportunity.bid_score, opportunity.red_flag = score, red_flag
    session.flush()


def keep_report(session: Session, opportunity: Opportunity, report: Mapping[str, Any]) -> None:
    """Keep the figures on which the body decides, as they are now (`ltc.md` O3.5)."""
    _keep(session, opportunity, REPORT, dict(report))


def settle_bid(session: Session, opportunity: Opportunity, *, advice: str, body: str | None) -> None:
    """Keep the advice, and which ``body`` took the bid decision once it is taken (`ltc.md` O3.7, A12)."""
    opportunity.advice = advice
    opportunity.atb_body = body or opportunity.atb_body
    session.flush()


def keep_round(session: Session, opportunity: Opportunity, held: Mapping[str, Any]) -> int:
    """Keep a round of the negotiation, once; return how many were held (`ltc.md` O4.1e)."""
    rounds = opportunity.facts.get(ROUNDS, {}).get("rounds", [])
    if not rounds or rounds[-1] != held:
        rounds = [*rounds, dict(held)]
        _keep(session, opportunity, ROUNDS, {"rounds": rounds})
    return len(rounds)


def keep_deviations(session: Session, opportunity: Opportunity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep where the draft of the contract departs from the reviewed proposal (`ltc.md` O4.2a)."""
    _keep(session, opportunity, DEVIATIONS, {"rows": [dict(row) for row in rows]})


def sign(session: Session, opportunity: Opportunity, contract_id: int) -> None:
    """Tie the opportunity to the contract that came of it (`ltc.md` O4.2f)."""
    opportunity.contract_id = contract_id
    session.flush()


def _keep(session: Session, opportunity: Opportunity, element: str, said: Mapping[str, Any]) -> None:
    opportunity.facts = {**opportunity.facts, element: dict(said)}
    session.flush()
