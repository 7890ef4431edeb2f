"""Every change to what is still owed when a contract ends early: which claims are cleared, proposed, given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.contract import milestone_operations, refusals
from handlers.contract.records import Contract, Invoice, Milestone
from handlers.contract.statuses import MILESTONES_OVER

Way = Literal["write_off", "credit", "let_off"]
"""How money is given up: it cannot be had, it is credited to the customer, or it is never invoiced."""
CLAIMS = "claims"
"""Under which name a contract keeps the numbers of the milestones on which money was open when it ended."""
GIVEN_UP = "given_up"
"""Under which name a milestone keeps what was given up of it, why, and who proposed it."""
PROPOSED = "clearing"
"""Under which name a milestone keeps the proposal that waits for its decision."""


def begin(session: Session, contract: Contract) -> list[int]:
    """Remember on which milestones of ``contract`` money is open now that it has ended; return their numbers."""
    query = sa.select(Milestone).where(
        Milestone.contract_id == contract.id, Milestone.status.not_in(MILESTONES_OVER)
    )  # fmt: skip
    open_ = [each.no for each in session.scalars(query.order_by(Milestone.no)) if each.open_amount]
    contract.facts = {**contract.facts, CLAIMS: open_}
    session.flush()
    return open_


def propose(session: Session, milestone: Milestone, way: Way, amount: int, facts: Mapping[str, Any]) -> None:
    """Keep the proposal to give up ``amount`` fen of ``milestone``, with what was answered: why, on which document.

    Raises ``RuleRefused`` for more than is open.
    """
    if amount > milestone.open_amount:
        raise refusals.write_off_too_much(amount, milestone.open_amount)
    milestone.facts = {**milestone.facts, PROPOSED: {**facts, "way": way, "amount": amount}}
    session.flush()


def give_up(session: Session, milestone: Milestone, claim: Invoice | None, *, on: date) -> None:
    """Do what was proposed for ``milestone`` and ``claim``; what was given up stays with the milestone (`ltc.md` C2.5).

    Raises ``RuleRefused`` when so much is open no longer, since money came in after it was proposed.
    """
    rest = {name: value for name, value in milestone.facts.items() if name != PROPOSED}
    proposed: dict[str, Any] = milestone.facts[PROPOSED]
    amount: int = proposed["amount"]
    if amount > milestone.open_amount:
        raise refusals.paid_meanwhile(amount, milestone.open_amount)
    if proposed["way"] == "write_off" and claim is not None:
        milestone_operations.write_off(session, claim, amount, on=on)
    else:
        milestone_operations.credit(session, milestone, claim, amount, on=on)
    given_up = [*rest.get(GIVEN_UP, []), {**proposed, "on": on.isoformat()}]
    milestone.facts = {**rest, GIVEN_UP: given_up}
    session.flush()
