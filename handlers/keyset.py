"""Lists in pages by keyset: the next page begins after the last row of this one, however many rows lie before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, QueryableAttribute, Session

from engine.database import UtcDateTime

BETWEEN = "~"
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Some rows of a list; ``after`` is where the next ones begin, ``None`` when these are the last."""

    rows: Sequence[Row]
    after: str | None


def slice_of(
    session: Session,
    query: sa.Select[Row],
    first: QueryableAttribute[Any],
    second: InstrumentedAttribute[int],
    *,
    descending: bool,
    after: str | None,
    size: int,
) -> Slice[Row]:
    """Return at most ``size`` rows of ``query`` in the order of ``first``, then ``second``, in one statement.

    Rows without a value in ``first`` come last either way. ``after`` is what the slice before said; one that cannot be
    read counts as none.
    """
    order = (
        (first.desc().nulls_last(), second.desc()) if descending else (first.asc().nulls_last(), second.asc())
    )  # fmt: skip
    query = query.order_by(*order).limit(size + 1)
    place = _place(first, after)
    if place is not None:
        query = query.where(_beyond(first, second, *place, descending=descending))
    found = session.scalars(query).all()
    rows = found[:size]
    return Slice(rows, _after(rows[-1], first, second) if len(found) > size else None)


def _beyond(
    first: QueryableAttribute[Any], second: InstrumentedAttribute[int], value: Any, number: int, *, descending: bool
) -> sa.ColumnElement[bool]:
    behind = second < number if descending else second > number
    if value is None:
        return sa.and_(first.is_(None), behind)
    further = first < value if descending else first > value
    return sa.or_(further, sa.and_(first == value, behind), first.is_(None))


def _after(row: Any, first: QueryableAttribute[Any], second: InstrumentedAttribute[int]) -> str:
    value = getattr(row, first.key)
    words = "" if value is None else value.isoformat() if isinstance(value, date) else f"={value}"
    return f"{words}{BETWEEN}{getattr(row, second.key)}"


def _place(first: QueryableAttribute[Any], after: str | None) -> tuple[Any, int] | None:
    """Return the value and the id that ``after`` names, ``None`` for what no slice of ours said."""
    words, between, number = (after or "").rpartition(BETWEEN)
    if not between or not number.isascii() or not number.isdigit() or len(number) > len(str(2**62)):
        return None
    try:
        return _read(datetime if isinstance(first.type, UtcDateTime) else first.type.python_type, words), int(number)
    except ValueError:
        return None


def _read(kind: Any, words: str) -> Any:
    if not words:
        return None
    if kind is datetime:
        moment = datetime.fromisoformat(words)
        if moment.tzinfo is None:
            raise ValueError(words)
        return moment
    if kind is date:
        return date.fromisoformat(words)
    if not words.startswith("="):
        raise ValueError(words)
    return kind(words[1:])
