"""Every change to milestones and their money: delivered, accepted, invoiced, paid, written off, suspended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from handlers.contract import refusals
from handlers.contract.records import Contract, Dispute, Invoice, Milestone, Payment, PaymentShare
from handlers.contract.statuses import (
    ACCEPTED,
    CANCELLED,
    DELIVERED,
    INVOICED,
    MILESTONES_OVER,
    PART_PAID,
    PLANNED,
    SETTLED,
)
from handlers.days import check_happened

MANUAL, BANK = "manual", "bank"
REPORTED = "reported"
"""Under which name a milestone keeps a report of delivery that came before its case asked for it."""


def begin(session: Session, milestone: Milestone, *, now: datetime) -> None:
    """Remember when the case took up ``milestone``."""
    milestone.begun_at = milestone.begun_at or now
    session.flush()


def keep_report(session: Session, milestone: Milestone, *, on: date, by_id: int | None) -> None:
    """Keep that delivery finished ``milestone`` before the case took it up (`ltc.md` C2.1 M2)."""
    milestone.facts = {**milestone.facts, REPORTED: {"actual_on": on.isoformat(), "by": by_id}}
    session.flush()


def deliver(session: Session, milestone: Milestone, *, on: date, facts: Mapping[str, Any]) -> None:
    """Remember that ``milestone`` was delivered, with what was answered (`ltc.md` C2.1 M2)."""
    milestone.status, milestone.actual_on = DELIVERED, on
    kept = {name: value for name, value in milestone.facts.items() if name != REPORTED}
    milestone.facts = {**kept, "deliver_milestone": dict(facts)}
    session.flush()


def accept(session: Session, milestone: Milestone, *, on: date, facts: Mapping[str, Any]) -> None:
    """Remember that the customer accepted ``milestone`` (`ltc.md` C2.1 M3)."""
    milestone.status, milestone.accepted_on = ACCEPTED, on
    milestone.facts = {**milestone.facts, "accept_milestone": dict(facts)}
    session.flush()


def refuse(session: Session, milestone: Milestone, *, facts: Mapping[str, Any]) -> None:
    """Remember that the customer did not accept ``milestone``: it is to be delivered again (`ltc.md` C2.1 M3)."""
    earlier = milestone.facts.get("refused", [])
    milestone.status, milestone.actual_on = PLANNED, None
    milestone.facts = {**milestone.facts, "refused": [*earlier, dict(facts)]}
    session.flush()


def cancel(session: Session, milestone: Milestone) -> None:
    """Take ``milestone`` out of the contract; raises ``RuleRefused`` when it was delivered already."""
    if milestone.status != PLANNED:
        raise refusals.milestone_running(milestone.no)
    milestone.status = CANCELLED
    session.flush()


def mark_overdue(session: Session, milestone: Milestone, days: int) -> None:
    """Remember that ``milestone`` has reached a step of being late: 1, 7 or 30 days."""
    milestone.overdue_days = days
    session.flush()


def forget_overdue(session: Session, milestone: Milestone) -> None:
    """Remember that ``milestone`` is late no longer, so that being late anew is noted anew."""
    milestone.overdue_days = 0
    session.flush()


def suspend(session: Session, contract: Contract, numbers: Collection[int], dispute_no: int) -> None:
    """Let dispute ``dispute_no`` hold up the milestones ``numbers``; raises ``RuleRefused`` for unknown ones."""
    found = {
        each.no: each
        for each in session.scalars(
            sa.select(Milestone).where(Milestone.contract_id == contract.id, Milestone.no.in_(list(numbers)))
        )
    }
    for number in numbers:
        if number not in found:
            raise refusals.unknown_milestone(number)
        found[number].suspended_by = dispute_no
    session.flush()


def resume(session: Session, contract: Contract, dispute_no: int) -> list[int]:
    """Let go on what dispute ``dispute_no`` held up, unless another open dispute names it too.

    Return the numbers of the milestones that go on.
    """
    held = session.scalars(
        sa.select(Milestone)
        .where(Milestone.contract_id == contract.id, Milestone.suspended_by == dispute_no)
        .order_by(Milestone.no)
    ).all()
    others = session.scalars(
        sa.select(Dispute)
        .where(Dispute.contract_id == contract.id, Dispute.status == "OPEN", Dispute.no != dispute_no)
        .order_by(Dispute.no)
    ).all()
    for each in held:
        each.suspended_by = next((other.no for other in others if each.no in other.milestones), None)
    session.flush()
    return [each.no for each in held if each.suspended_by is None]


def invoice(
    session: Session,
    contract: Contract,
    milestone: Milestone,
    *,
    number: str,
    issued_on: date,
    amount: int,
    tax: int,
    today: date,
) -> Invoice:
    """Issue the invoice for ``milestone``, due ``payment_days`` later (`ltc.md` C2.1 M4, M5).

    Raises ``RuleRefused`` for a number that is taken, an amount that was not agreed, a day to come.
    """
    check_happened("issued_on", issued_on, today)
    if session.scalar(sa.select(Invoice.id).where(Invoice.number == number)) is not None:
        raise refusals.invoice_number_taken(number)
    if amount != milestone.open_amount:
        raise refusals.invoice_not_as_agreed(amount, milestone.open_amount)
    made = Invoice(
        contract_id=contract.id,
        milestone_id=milestone.id,
        number=number,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=milestone.payment_days),
        amount=amount,
        tax=tax,
        open_amount=amount,
    )
    session.add(made)
    milestone.status = INVOICED
    contract.invoiced += amount
    session.flush()
    return made


def book_payment(
    session: Session,
    *,
    reference: str,
    received_on: date,
    amount: int,
    source: str,
    customer_name: str = "",
    note: str | None = None,
    by: Actor,
    now: datetime,
    today: date,
) -> Payment:
    """Book money that came in; the same bank reference again is the same payment.

    Raises ``RuleRefused`` for nothing, for a day to come, and for a reference that came with other figures.
    """
    if amount <= 0:
        raise refusals.nothing_to_pay()
    check_happened("received_on", received_on, today)
    known = session.scalar(sa.select(Payment).where(Payment.reference == reference))
    if known is not None:
        if (known.amount, known.received_on) != (amount, received_on):
            raise refusals.booked_otherwise(reference)
        return known
    made = Payment(
        reference=reference,
        customer_name=customer_name,
        received_on=received_on,
        amount=amount,
        shared=0,
        source=source,
        note=note,
        created_at=now,
        created_by=by.user_id,
    )
    session.add(made)
    session.flush()
    return made


def share_payment(
    session: Session, payment: Payment, claim: Invoice, amount: int, *, now: datetime
) -> Milestone:  # fmt: skip
    """Put ``amount`` fen of ``payment`` to ``claim``; return the milestone (`ltc.md` C2.1 M5, M6: partial allowed).

    Raises ``RuleRefused`` for nothing, for more than the invoice still asks for, for more than is left of the payment.
    """
    if amount <= 0:
        raise refusals.nothing_to_pay()
    if amount > claim.open_amount:
        raise refusals.more_than_open(claim.number, amount, claim.open_amount)
    if amount > payment.amount - payment.shared:
        raise refusals.more_than_paid(payment.reference, amount, payment.amount - payment.shared)
    share = session.get(PaymentShare, (payment.id, claim.id))
    if share is None:
        share = PaymentShare(
            payment_id=payment.id,
            invoice_id=claim.id,
            contract_id=claim.contract_id,
            milestone_id=claim.milestone_id,
            amount=0,
            at=now,
        )
        session.add(share)
    share.amount += amount
    payment.shared += amount
    milestone = session.get_one(Milestone, claim.milestone_id)
    contract = session.get_one(Contract, claim.contract_id)
    claim.open_amount -= amount
    milestone.paid += amount
    contract.paid += amount
    _settle(claim, milestone, payment.received_on)
    session.flush()
    return milestone


def write_off(session: Session, claim: Invoice, amount: int, *, on: date) -> Milestone:
    """Give up ``amount`` fen of ``claim``; return the milestone (`ltc.md` C2.5: written off by finance authority).

    Raises ``RuleRefused`` for more than is open.
    """
    if amount > claim.open_amount:
        raise refusals.write_off_too_much(amount, claim.open_amount)
    milestone = session.get_one(Milestone, claim.milestone_id)
    contract = session.get_one(Contract, claim.contract_id)
    claim.open_amount -= amount
    milestone.written_off += amount
    contract.written_off += amount
    _settle(claim, milestone, on)
    session.flush()
    return milestone


def credit(session: Session, milestone: Milestone, claim: Invoice | None, amount: int, *, on: date) -> None:
    """Let the customer off ``amount`` fen of ``milestone``, by a credit note for ``claim`` or instead of an invoice.

    Raises ``RuleRefused`` for more than is open.
    """
    if amount > milestone.open_amount:
        raise refusals.write_off_too_much(amount, milestone.open_amount)
    contract = session.get_one(Contract, milestone.contract_id)
    milestone.credited += amount
    contract.credited += amount
    if claim is not None:
        claim.open_amount -= amount
    _settle(claim, milestone, on)
    session.flush()


def _settle(claim: Invoice | None, milestone: Milestone, on: date) -> None:
    if claim is not None and claim.open_amount == 0:
        claim.settled_on = on
    if milestone.open_amount == 0:
        milestone.status, milestone.settled_on = SETTLED, on
    elif milestone.status not in MILESTONES_OVER:
        milestone.status = PART_PAID


def settle_without_money(session: Session, milestone: Milestone, *, on: date) -> None:
    """Settle a milestone that costs nothing."""
    milestone.status, milestone.settled_on = SETTLED, on
    session.flush()


def remember_dunning(session: Session, claim: Invoice, step: int, facts: Mapping[str, Any] | None = None) -> None:
    """Remember the step of the dunning ladder, in days after the due date, and what came of it (`ltc.md` C2.1 M5)."""
    claim.dunned = step if claim.dunned is None else max(claim.dunned, step)
    if facts:
        milestone = session.get_one(Milestone, claim.milestone_id)
        earlier = milestone.facts.get("dunning", [])
        milestone.facts = {**milestone.facts, "dunning": [*earlier, {"step": step, **facts}]}
    session.flush()
