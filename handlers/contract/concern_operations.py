"""Every change to disputes, risks and obligations (`ltc.md` C2.2, C2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.directory import Actor
from handlers.contract import milestone_operations
from handlers.contract.numbered import any_left, next_no
from handlers.contract.records import Contract, Dispute, Obligation, Risk

ESCALATED_FROM = 15
"""The score from which a risk goes up to the decision team (`ltc.md` C2.4)."""
STAGES = ("team", "legal", "decision", "outside")


def open_dispute(session: Session, contract: Contract, *, by: Actor, now: datetime) -> Dispute:
    """Open a dispute of ``contract``, numbered on; the contract is *in dispute* until the last one is closed."""
    dispute = Dispute(
        contract_id=contract.id,
        no=next_no(session, Dispute, contract),
        status="OPEN",
        stage=STAGES[0],
        subject="",
        milestones=[],
        facts={},
        opened_at=now,
        opened_by=by.user_id,
    )
    session.add(dispute)
    contract.disputed = True
    session.flush()
    return dispute


def describe_dispute(session: Session, contract: Contract, dispute: Dispute, answers: Mapping[str, Any]) -> None:
    """Remember what the dispute is about; the milestones named are held up. Raises ``RuleRefused``."""
    dispute.subject = answers.get("subject") or dispute.subject
    dispute.amount, dispute.clause = answers.get("disputed_amount"), answers.get("clause")
    dispute.claim_by = answers.get("claim_by")
    dispute.milestones = [row["milestone_no"] for row in answers.get("suspended", [])]
    dispute.facts = {**dispute.facts, "register": dict(answers)}
    milestone_operations.suspend(session, contract, dispute.milestones, dispute.no)
    session.flush()


def next_stage(session: Session, dispute: Dispute, stage: str, answers: Mapping[str, Any]) -> None:
    """Remember what was tried at one stage, and who tries next."""
    dispute.facts = {**dispute.facts, dispute.stage: dict(answers)}
    dispute.stage = stage
    session.flush()


def close_dispute(
    session: Session, contract: Contract, dispute: Dispute, answers: Mapping[str, Any], *, outcome: str, now: datetime
) -> list[int]:
    """Close ``dispute`` with what was agreed; return the milestones that go on now."""
    dispute.facts = {**dispute.facts, dispute.stage: dict(answers)}
    dispute.status, dispute.outcome, dispute.closed_at = "CLOSED", outcome, now
    dispute.settled_amount = answers.get("settled_amount")
    session.flush()
    freed = milestone_operations.resume(session, contract, dispute.no)
    contract.disputed = any_left(session, Dispute, contract, Dispute.status == "OPEN")
    session.flush()
    return freed


def raise_risk(session: Session, contract: Contract, *, by: Actor, now: datetime) -> Risk:
    """Put a further risk into the register of ``contract``, numbered on."""
    risk = Risk(
        contract_id=contract.id,
        no=next_no(session, Risk, contract),
        status="OPEN",
        description="",
        facts={},
        raised_at=now,
        raised_by=by.user_id,
    )
    session.add(risk)
    session.flush()
    return risk


def rate_risk(session: Session, contract: Contract, risk: Risk, answers: Mapping[str, Any], *, today: date) -> int:
    """Remember how likely and how bad ``risk`` is, and what is done about it; return its score, 1 to 25.

    The contract is *at risk* while a risk of :data:`ESCALATED_FROM` or more is open.
    """
    for name in ("description", "response", "owner_id"):
        if answers.get(name):
            setattr(risk, name, answers[name])
    if answers.get("due_on"):
        risk.due_on = date.fromisoformat(answers["due_on"])
    risk.probability, risk.effect = answers["probability"], answers["effect"]
    score = risk.probability * risk.effect
    risk.score, risk.reviewed_on = score, today
    risk.facts = {**risk.facts, f"reviewed_{today.isoformat()}": dict(answers)}
    risk.escalated = risk.escalated or score >= ESCALATED_FROM
    session.flush()
    _weigh(session, contract)
    return score


def close_risk(session: Session, contract: Contract, risk: Risk, status: str, *, now: datetime) -> None:
    """Take ``risk`` out of the open ones: ``CLOSED``, or ``OCCURRED`` when it has come true."""
    risk.status, risk.closed_at = status, now
    session.flush()
    _weigh(session, contract)


def _weigh(session: Session, contract: Contract) -> None:
    contract.at_risk = any_left(session, Risk, contract, Risk.status == "OPEN", Risk.score >= ESCALATED_FROM)
    session.flush()


def end_obligation(session: Session, obligation: Obligation, status: str, *, on: date, note: str | None) -> None:
    """Remember that ``obligation`` was ``MET`` or ``WAIVED``."""
    obligation.status, obligation.ended_on, obligation.note = status, on, note or obligation.note
    session.flush()
