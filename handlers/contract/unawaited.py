"""Messages about a contract for which its case does not wait: what the record takes in, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.business_records import register_taker
from engine.directory import Actor
from handlers.contract import milestone_operations, queries, refusals
from handlers.contract.keeper import KIND
from handlers.contract.statuses import PLANNED
from handlers.days import check_happened, today_of

LOOK_AGAIN = frozenset({"milestone.changed", "change.approved", "debt.written_off", "dispute.closed"})
"""What only says that the record changed: a case that does not wait for it asks the record when it gets there."""


def take_in(
    session: Session, record_id: int, name: str, data: Mapping[str, Any], *, by: Actor, now: datetime
) -> bool:  # fmt: skip
    """Return whether the record has taken in what the message says; ``False``: the domain knows nothing of it.

    Delivery may report a milestone before the contract is handed over: the report is kept until the case asks for it.
    Money may come for an invoice whose collection ended with the contract: it is booked. Raises ``RuleRefused`` that
    says what is wrong with the message: an unknown invoice or milestone, nothing left to pay, reported before.
    """
    if name == "payment.received":
        _book(session, record_id, data, by=by, now=now)
        return True
    if name == "milestone.completed" and isinstance(data.get("milestone_no"), int):
        _keep_report(session, record_id, data["milestone_no"], data.get("actual_on"), by=by, now=now)
        return True
    return name in LOOK_AGAIN


def _keep_report(
    session: Session, contract_id: int, number: int, actual_on: object, *, by: Actor, now: datetime
) -> None:  # fmt: skip
    found = next((each for each in queries.milestones(session, contract_id) if each.no == number), None)
    if found is None:
        raise refusals.unknown_milestone(number)
    if found.status != PLANNED or found.begun_at is not None or milestone_operations.REPORTED in found.facts:
        raise refusals.already_reported(number)
    on = date.fromisoformat(actual_on) if isinstance(actual_on, str) else today_of(session, now)
    check_happened("actual_on", on, today_of(session, now))
    milestone_operations.keep_report(session, found, on=on, by_id=by.user_id)


def _book(session: Session, contract_id: int, data: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    number, amount, reference = data.get("invoice_no"), data.get("amount"), data.get("reference")
    if not isinstance(number, str) or not number:
        raise refusals.invoice_not_named()
    claim = queries.invoice_with_number(session, contract_id, number)
    if claim is None:
        raise refusals.unknown_invoice(number)
    paid = amount if isinstance(amount, int) else 0
    if claim.open_amount == 0:
        raise refusals.more_than_open(number, paid, 0)
    whole, received = data.get("payment_amount"), data.get("received_on")
    payment = milestone_operations.book_payment(
        session,
        reference=reference if isinstance(reference, str) else "",
        received_on=date.fromisoformat(received) if isinstance(received, str) else today_of(session, now),
        amount=whole if isinstance(whole, int) else paid,
        source=milestone_operations.BANK,
        by=by,
        now=now,
        today=today_of(session, now),
    )
    milestone_operations.share_payment(session, payment, claim, paid, now=now)


register_taker(KIND, take_in)
