"""Small pieces that many documents are put together from."""

from __future__ import annotations

from datetime import date, datetime

from engine.text import Text
from handlers.documents.model import NOTHING, Day, Fact, Facts, Moment, Money, Signature, Signatures, Value


def facts(title: Text | None, *rows: tuple[Text, Value | None]) -> Facts:
    """Return the facts that are known; those without a value are left out."""
    return Facts(title=title, rows=tuple(Fact(label=label, value=value) for label, value in rows if value))


def money(fen: int | None) -> Money | None:
    """Return an amount, or nothing."""
    return None if fen is None else Money(fen=fen)


def day(at: date | None) -> Day | None:
    """Return a day, or nothing."""
    return None if at is None else Day(day=at)


def percent(value: int | None) -> str | None:
    """Return a share in percent, or nothing."""
    return None if value is None else f"{value} %"


def months(count: int | None) -> Text | None:
    """Return how many months, or nothing."""
    return None if count is None else Text(f"{count} months" if count != 1 else "1 month", f"{count} 个月")


def signatures(*lines: tuple[Text, Value, datetime | None]) -> Signatures:
    """Return lines to sign on: whose each is, who it is, and when that person decided, if known."""
    return Signatures(
        lines=tuple(
            Signature(role=role, name=name or NOTHING, at=None if at is None else Moment(at=at))
            for role, name, at in lines
        )
    )
