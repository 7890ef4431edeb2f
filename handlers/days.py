"""Days that people tell of: what has happened lies behind, what is to happen lies ahead; in every domain the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.database import zone_of
from engine.errors import InvalidAnswers, RuleRefused
from engine.text import Text
from handlers import columns

HAPPENED = frozenset(
    {
        "accepted_on", "acknowledged_on", "actual_on", "agreed_on", "asked_on", "cells.on", "confirmed_on",
        "handed_in_on", "happened_on", "issued_on", "kdm_agreed_on", "kdms_agreed.agreed_on", "met_on", "presented_on",
        "received_on", "round_on", "seen_on", "sent_on", "signed_on", "submitted_on", "supplement_on", "told_on",
    }
)  # fmt: skip
"""Answers that say when something happened: none can lie ahead. Those in a table stand behind its name."""
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AHEAD = frozenset({"handover_on", "promised_on"})
"""Answers that say by when something is to happen: none can lie behind."""


def today_of(session: Session, now: datetime) -> date:
    """Return the day it is where the company works."""
    return now.astimezone(zone_of(session)).date()


def in_words(day: date) -> Text:
    """Return a day as people write it: ``23 Nov 2026``, ``2026年11月23日``."""
    return Text(f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day.year}年{day.month}月{day.day}日")


def in_words_if_day(value: str) -> Text:
    """Return what a parameter of a sentence says: an ISO day as people write it, everything else as it is."""
    try:
        return in_words(date.fromisoformat(value)) if ISO_DAY.fullmatch(value) else Text(value, value)
    except ValueError:
        return Text(value, value)


def check(session: Session, answers: Mapping[str, Any], *, now: datetime) -> None:
    """Raise ``RuleRefused`` for a day in ``answers`` that cannot be, and ``InvalidAnswers`` for what is no day."""
    today = today_of(session, now)
    for question, name, value in _told(answers):
        day = _read(question, value)
        if name in HAPPENED:
            check_happened(question, day, today)
        elif day is not None and day < today:
            raise is_past(question, day)


def check_happened(question: str, day: date | None, today: date) -> None:
    """Raise ``RuleRefused`` for a ``day`` ahead, told at ``question`` as the day on which something happened."""
    if day is not None and day > today:
        raise is_to_come(question, day)


def _told(answers: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield the days of ``answers``: at which question each stands, what it is called, what was entered."""
    for question, value in answers.items():
        if question in HAPPENED or question in AHEAD:
            yield question, question, value
        for row in value if isinstance(value, list) else ():
            if isinstance(row, Mapping):
                yield from (
                    (question, f"{question}.{column}", told)
                    for column, told in row.items()
                    if f"{question}.{column}" in HAPPENED
                )


def _read(question: str, value: Any) -> date | None:
    try:
        return columns.day(value)
    except (TypeError, ValueError):
        raise InvalidAnswers({question: [f"{value!r} is no day"]}) from None


def is_to_come(field: str, day: date) -> RuleRefused:
    """Refuse: something that has happened cannot have happened tomorrow."""
    return RuleRefused(
        Text(f"{day.isoformat()} is still to come.", f"{day.isoformat()} 还没到，不能填写将来的日期。"),
        Text("Enter the day on which it happened.", "请填写实际发生的日期。"),
        field,
        day=day.isoformat(),
    )


def is_past(field: str, day: date) -> RuleRefused:
    """Refuse: a deadline must lie ahead."""
    return RuleRefused(
        Text(f"The deadline {day.isoformat()} is already past.", f"期限 {day.isoformat()} 已经过了。"),
        Text("Choose a day from today on.", "请选择今天或以后的日期。"),
        field,
        day=day.isoformat(),
    )
