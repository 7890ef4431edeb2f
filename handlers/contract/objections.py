"""Why a message about a contract is not expected, in a sentence: an unknown invoice, nothing left to pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.business_records import register_objection
from handlers.contract import queries, refusals
from handlers.contract.keeper import KIND


def object_to(session: Session, contract_id: int, name: str, data: Mapping[str, Any]) -> None:
    """Raise ``RuleRefused`` that says what is wrong with the message; nothing when the domain knows no better."""
    if name == "payment.received":
        _about_payment(session, contract_id, data)
    elif name == "milestone.completed" and isinstance(data.get("milestone_no"), int):
        number = data["milestone_no"]
        if all(each.no != number for each in queries.milestones(session, contract_id)):
            raise refusals.unknown_milestone(number)
        raise refusals.already_reported(number)


def _about_payment(session: Session, contract_id: int, data: Mapping[str, Any]) -> None:
    number, amount = data.get("invoice_no"), data.get("amount")
    if not isinstance(number, str) or not number:
        raise refusals.invoice_not_named()
    claim = queries.invoice_with_number(session, contract_id, number)
    if claim is None:
        raise refusals.unknown_invoice(number)
    if claim.open_amount == 0:
        raise refusals.more_than_open(number, amount if isinstance(amount, int) else 0, 0)


register_objection(KIND, object_to)
