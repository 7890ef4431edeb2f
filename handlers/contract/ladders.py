"""What is done about a late milestone and about an overdue invoice, after how many days (`ltc.md` C2.1, A19)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from handlers.contract.records import Invoice, Milestone

LATE_STEPS = (1, 7, 30)
"""Days after which a late milestone is told to delivery and FR, to the sales manager, to the region."""
DunningAct = Literal["remind", "call", "letter", "decide", "hold"]
DUNNING: Mapping[int, DunningAct] = MappingProxyType(
    {-7: "remind", 0: "remind", 7: "call", 30: "letter", 60: "decide", 90: "hold"}
)
"""Days after the due date of an invoice and what is done then."""
NEVER = "2999-12-31"
"""The day of a timer that is not to fire."""


def late_step(milestone: Milestone, today: date) -> int:
    """Return the last step of being late that ``milestone`` has reached and that was not taken, else 0.

    What a dispute holds up is not late.
    """
    reached = _last(LATE_STEPS, (today - milestone.planned_on).days)
    untaken = reached is not None and reached > milestone.overdue_days
    return reached if reached is not None and untaken and not milestone.suspended_by else 0


def dunning_step(claim: Invoice, milestone: Milestone, today: date) -> int | None:
    """Return the last step of the dunning ladder that ``claim`` has reached and that was not taken.

    There is none while a dispute holds its ``milestone`` up, and when nothing is open any more.
    """
    reached = _last(DUNNING, (today - claim.due_on).days)
    taken = reached is None or (claim.dunned is not None and reached <= claim.dunned)
    return None if taken or milestone.suspended_by or not claim.open_amount else reached


def _last(steps: Iterable[int], days: int) -> int | None:
    return max((each for each in steps if each <= days), default=None)


def dunning_days(claim: Invoice) -> list[str]:
    """Return the day (ISO) of each step of the ladder; a step that was taken never comes again."""
    return [
        NEVER
        if claim.dunned is not None and step <= claim.dunned
        else (claim.due_on + timedelta(days=step)).isoformat()
        for step in DUNNING
    ]
