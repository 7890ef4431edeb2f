"""Every change of granted authority: granting and ending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidInput
from handlers.authority.records import LIABILITIES, Authority
from handlers.organisation.roles import ADMIN

LEVELS = ("rep", "region", "company")
KEEPERS = ("process_owner", ADMIN)
"""Who may grant standing authority and end it (`ltc.md` P20)."""


class SelfGranted(InvalidInput):
    """Nobody grants authority to themselves."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far authority goes: money in fen, percentages of price, days of payment and of delay."""

    max_amount: int
    min_margin_percent: int
    max_discount_percent: int
    max_payment_days: int
    max_liability: str = "capped"
    max_delay_days: int = 0


def grant(
    session: Session,
    limits: Limits,
    *,
    level: str,
    unit_id: int | None = None,
    user_id: int | None = None,
    opportunity_id: int | None = None,
    valid_from: date,
    valid_to: date | None = None,
    decision_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Authority:
    """Grant authority to a unit or to one person.

    Raises ``InvalidInput`` when it is not to exactly one of both, ``SelfGranted`` for standing authority to oneself.
    """
    if (unit_id is None) is (user_id is None):
        raise InvalidInput(unit=unit_id, user=user_id)
    if opportunity_id is None and user_id is not None and user_id == by.user_id:
        raise SelfGranted(user=user_id)
    if level not in LEVELS or limits.max_liability not in LIABILITIES:
        raise InvalidInput(level=level, liability=limits.max_liability)
    if limits.max_amount < 0 or (valid_to is not None and valid_to < valid_from):
        raise InvalidInput(max_amount=limits.max_amount, valid_from=valid_from, valid_to=valid_to)
    made = Authority(
        unit_id=unit_id,
        user_id=user_id,
        opportunity_id=opportunity_id,
        level=level,
        max_amount=limits.max_amount,
        min_margin_percent=limits.min_margin_percent,
        max_discount_percent=limits.max_discount_percent,
        max_payment_days=limits.max_payment_days,
        max_liability=limits.max_liability,
        max_delay_days=limits.max_delay_days,
        valid_from=valid_from,
        valid_to=valid_to,
        decision_id=decision_id,
        created_at=now,
        created_by=by.user_id,
    )
    session.add(made)
    session.flush()
    return made


def end(session: Session, authority: Authority, *, on: date, by: Actor, now: datetime) -> None:
    """Let ``authority`` hold for the last time on the day ``on``; one that ends earlier stays as it is."""
    if authority.valid_to is None or authority.valid_to > on:
        authority.valid_to, authority.ended_at, authority.ended_by = on, now, by.user_id
    session.flush()
