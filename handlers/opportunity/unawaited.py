"""A message that an opportunity takes in although no case waits for it: the bid that is in (`ltc.md` O3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.business_records import register_taker
from engine.directory import Actor
from handlers.opportunity.keeper import KIND

SUBMITTED = "proposal.submitted"
"""It ends the watch over the tender's deadline, if there is one: all its warnings may be given, or no tender be out."""


def take_in(
    session: Session, record_id: int, name: str, data: Mapping[str, Any], *, by: Actor, now: datetime
) -> bool:  # fmt: skip
    """Take in that the bid is with the customer; the history of the case tells it. Anything else is not expected."""
    del session, record_id, data, by, now
    return name == SUBMITTED


register_taker(KIND, take_in)
