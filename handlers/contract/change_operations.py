"""Every change to contract changes: asked for, assessed, decided, signed, made the next baseline (`ltc.md` C2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import zone_of
from engine.directory import Actor
from handlers.contract import operations, refusals
from handlers.contract.numbered import any_left, next_no
from handlers.contract.records import Contract, ContractChange, Milestone
from handlers.contract.statuses import CANCELLED, CHANGES_OVER, PLANNED

NEW_PARTY = "new_customer"
"""The field of the request that names who takes the customer's place in the contract."""


def ask(session: Session, contract: Contract, *, by: Actor, now: datetime) -> ContractChange:
    """Open a change of ``contract``, numbered on; the contract is *changing* until its last change is over."""
    change = ContractChange(
        contract_id=contract.id,
        no=next_no(session, ContractChange, contract),
        status="REQUESTED",
        facts={},
        requested_at=now,
        requested_by=by.user_id,
    )
    session.add(change)
    contract.changing = True
    session.flush()
    return change


def describe(session: Session, change: ContractChange, answers: Mapping[str, Any]) -> None:
    """Remember who wants what and why (the answers of the request), a new party by the name it is known under."""
    change.side, change.kind, change.reason = answers.get("side"), answers.get("kind"), answers.get("reason")
    _keep(change, "request", answers)
    session.flush()


def assess(session: Session, change: ContractChange, *, amount_effect: int, delay_days: int, margin_down: bool) -> None:
    """Remember the effect: fen more (or less), days later, whether the margin falls (`ltc.md` C2.3, D3c)."""
    change.amount_effect, change.delay_days, change.margin_down = amount_effect, delay_days, margin_down
    change.status = "ASSESSED"
    session.flush()


def note(session: Session, change: ContractChange, step: str, answers: Mapping[str, Any]) -> None:
    """Keep the answers of a further ``step`` with the change."""
    _keep(change, step, answers)
    session.flush()


def _keep(change: ContractChange, step: str, answers: Mapping[str, Any]) -> None:
    change.facts = {**change.facts, step: dict(answers)}


def decide(session: Session, change: ContractChange, *, body: str, verdict: str) -> None:
    """Remember who decided what: ``approve``, ``renegotiate`` or ``refuse``."""
    change.body, change.verdict = body, verdict
    change.status = {"approve": "APPROVED", "renegotiate": "RENEGOTIATE", "refuse": "REFUSED"}[verdict]
    session.flush()


def sign(session: Session, change: ContractChange, *, supplement: str, on: date) -> None:
    """Remember the supplement that both sides signed."""
    change.supplement, change.signed_on = supplement, on
    session.flush()


def waive(session: Session, change: ContractChange) -> None:
    """Remember that work may begin before the decision, by a waiver (`ltc.md` C2.3)."""
    change.waived = True
    session.flush()


def take_effect(
    session: Session, contract: Contract, change: ContractChange, rows: Sequence[Mapping[str, Any]], *, by: Actor,
    now: datetime,
) -> list[int]:  # fmt: skip
    """Make ``change`` the next baseline; return the numbers of the milestones it touched, once (`ltc.md` C2.3).

    ``rows`` say what becomes of milestones: ``milestone_no`` with what is agreed anew of one still planned, without it
    a new one; with ``cancelled`` it is taken out. Without rows price and delay of the change go to the last one
    planned. Raises ``RuleRefused`` when what is planned then does not pay for the contract, or when a row touches what
    has been delivered.
    """
    if change.status == "EFFECTIVE":
        return []
    contract.amount += change.amount_effect or 0
    contract.version += 1
    new_party = change.facts.get("request", {}).get(NEW_PARTY)
    if new_party:
        operations.change_customer(session, contract, new_party, now=now)
    if change.delay_days and contract.delivery_on is not None:
        contract.delivery_on += timedelta(days=change.delay_days)
    known = {
        each.no: each
        for each in session.scalars(sa.select(Milestone).where(Milestone.contract_id == contract.id))
    }  # fmt: skip
    touched = [_apply(session, contract, known, row) for row in rows]
    if not rows and (change.amount_effect or change.delay_days):
        touched = _agree_without_rows(session, contract, known, change, now)
    total = sum(each.amount for each in known.values() if each.status != CANCELLED)
    if total != contract.worth:
        raise refusals.milestones_do_not_add_up(contract.worth, total)
    change.status, change.version, change.ended_at = "EFFECTIVE", contract.version, now
    session.flush()
    operations.keep_baseline(session, contract, change_id=change.id, by=by, now=now)
    _lower_flag(session, contract)
    return touched


def _apply(session: Session, contract: Contract, known: dict[int, Milestone], row: Mapping[str, Any]) -> int:
    number = row.get("milestone_no")
    planned_on = date.fromisoformat(row["planned_on"]) if row.get("planned_on") else None
    if number is None:
        return _add(session, contract, known, row, planned_on)
    milestone = known.get(number)
    if milestone is None:
        raise refusals.unknown_milestone(number)
    if milestone.status != PLANNED:
        raise refusals.milestone_running(number)
    if row.get("cancelled"):
        milestone.status = CANCELLED
    milestone.name = row.get("name") or milestone.name
    milestone.planned_on = planned_on or milestone.planned_on
    for name in ("amount", "payment_days", "evidence"):
        if row.get(name) is not None:
            setattr(milestone, name, row[name])
    milestone.baseline = contract.version
    return int(number)


def _add(
    session: Session, contract: Contract, known: dict[int, Milestone], row: Mapping[str, Any], planned_on: date | None
) -> int:
    number = max(known, default=0) + 1
    known[number] = Milestone(
        contract_id=contract.id,
        no=number,
        name=row.get("name") or contract.name,
        planned_on=planned_on or contract.delivery_on or contract.signed_on,
        evidence=row.get("evidence") or "certificate",
        amount=row.get("amount") or 0,
        payment_days=row["payment_days"] if row.get("payment_days") is not None else 30,
        invoice_type=row.get("invoice_type") or "vat_special",
        baseline=contract.version,
        status=PLANNED,
        facts={},
    )
    session.add(known[number])
    session.flush()
    return number


def _agree_without_rows(
    session: Session, contract: Contract, known: dict[int, Milestone], change: ContractChange, now: datetime
) -> list[int]:
    """Let price and delay go to the last milestone planned; without one the price becomes one of its own."""
    amount, later = change.amount_effect or 0, timedelta(days=change.delay_days or 0)
    planned = [each for each in known.values() if each.status == PLANNED and each.amount + amount >= 0]
    if planned:
        last = max(planned, key=lambda each: each.no)
        last.amount, last.planned_on, last.baseline = last.amount + amount, last.planned_on + later, contract.version
        return [last.no]
    if not amount:
        return []
    today = now.astimezone(zone_of(session)).date()
    return [_add(session, contract, known, {"amount": max(amount, 0)}, today + timedelta(days=30))]


def end(session: Session, contract: Contract, change: ContractChange, status: str, *, now: datetime) -> None:
    """End a change that does not come into force: ``REFUSED`` or ``WITHDRAWN``."""
    change.status, change.ended_at = status, now
    session.flush()
    _lower_flag(session, contract)


def _lower_flag(session: Session, contract: Contract) -> None:
    contract.changing = any_left(session, ContractChange, contract, ContractChange.status.not_in(CHANGES_OVER))
    session.flush()
