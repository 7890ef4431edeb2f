"""From an answer to the value of a record's column: the same for every record.

Nothing said (``None``) is always told: the column is then what it was when nobody had said anything. What does not
fit raises ``TypeError`` or ``ValueError``; the form was checked before, so that this is a field whose type a process
owner changed in the form although rules and lists rely on it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

Read = Callable[[Any], Any]

LONGEST = 200
"""How long, in characters, a name or a title may be."""


def text(value: Any) -> str | None:
    """Return a text without the blanks around it; ``None`` for an empty one."""
    return None if value is None else str(value).strip() or None


def name(value: Any) -> str:
    """Return what a record is called by: a short text, empty if nobody has said it yet."""
    return (text(value) or "")[:LONGEST]


def whole(value: Any) -> int | None:
    """Return a whole number: an amount in fen, a score, an id."""
    if isinstance(value, bool) or (value is not None and not isinstance(value, int)):
        raise TypeError
    return value


def count(value: Any) -> int:
    """Return how many, none if nobody has said it."""
    return whole(value) or 0


def known(value: Any) -> bool | None:
    """Return yes, no, or ``None`` where nobody knows."""
    if value is not None and not isinstance(value, bool):
        raise TypeError
    return value


def yes(value: Any) -> bool:
    """Return whether somebody said yes."""
    return known(value) or False


def day(value: Any) -> date | None:
    """Return a day, from its ISO text too."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        raise TypeError
    return value if isinstance(value, date) else date.fromisoformat(value)


def codes(value: Any) -> list[str]:
    """Return the codes of a choice of many, from a text with commas too."""
    each = value.replace("，", ",").split(",") if isinstance(value, str) else (value or [])
    return [said for one in each if (said := str(one).strip())]
