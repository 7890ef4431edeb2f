"""What was typed into the form of a grant: kept as it was typed, and read into what the handler wants."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from flask_babel import gettext

from handlers.authority.operations import LEVELS, Limits
from handlers.authority.records import LIABILITIES
from handlers.money import FEN_PER_WAN

FIELDS = ("holder", "level", "amount", "margin", "discount", "days", "liability", "delay", "start", "until")
LONGEST = 40
GREATEST_AMOUNT = 10**16
"""In fen: a hundred thousand million yuan is more than any contract."""
RANGES = {"margin": (-100, 100), "discount": (0, 100), "days": (0, 720), "delay": (0, 720)}


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that can be made."""

    limits: Limits
    level: str
    unit_id: int | None
    user_id: int | None
    start: date
    until: date | None


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into each field."""
    return {name: form.get(name, "").strip()[:LONGEST] for name in FIELDS}


def read(given: Mapping[str, str], *, units: Container[int], people: Container[int]) -> Grant | dict[str, list[str]]:
    """Return the grant, or what is wrong at which field."""
    errors: dict[str, list[str]] = {}
    unit_id, user_id = _holder(given["holder"], units, people)
    if unit_id is None and user_id is None:
        errors["holder"] = [gettext("Choose who holds it.")]
    if given["level"] not in LEVELS:
        errors["level"] = [gettext("Choose who granted it.")]
    if given["liability"] not in LIABILITIES:
        errors["liability"] = [gettext("Choose how far it goes.")]
    amount = _fen(given["amount"])
    if amount is None:
        errors["amount"] = [gettext("An amount of 0 or more is needed, for example 500.")]
    numbers = _numbers(given, errors)
    start, until = as_day(given["start"]), as_day(given["until"])
    if start is None:
        errors["start"] = [gettext("A day is needed.")]
    if given["until"] and until is None:
        errors["until"] = [gettext("A day is needed, or nothing.")]
    elif start is not None and until is not None and until < start:
        errors["until"] = [gettext("The last day comes before the first.")]
    if errors or amount is None or start is None:
        return errors
    limits = Limits(
        amount, numbers["margin"], numbers["discount"], numbers["days"], given["liability"], numbers["delay"]
    )  # fmt: skip
    return Grant(limits, given["level"], unit_id, user_id, start, until)


def _numbers(given: Mapping[str, str], errors: dict[str, list[str]]) -> dict[str, int]:
    found = {name: _whole(given[name]) for name in RANGES}
    for name, (least, most) in RANGES.items():
        number = found[name]
        if number is None or not least <= number <= most:
            errors[name] = [gettext("A whole number from %(least)d to %(most)d is needed.", least=least, most=most)]
    return {name: number or 0 for name, number in found.items()}


def as_day(text: str) -> date | None:
    """Return the day that ``text`` names, or ``None``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _holder(text: str, units: Container[int], people: Container[int]) -> tuple[int | None, int | None]:
    kind, _, number = text.partition("-")
    chosen = _whole(number)
    if chosen is None:
        return None, None
    if kind == "unit" and chosen in units:
        return chosen, None
    return None, chosen if kind == "person" and chosen in people else None


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() else None


def _fen(text: str) -> int | None:
    """Return the amount in fen of a number of 万元."""
    try:
        fen = Decimal(text.replace(",", "").replace("，", "")) * FEN_PER_WAN
    except InvalidOperation:
        return None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= GREATEST_AMOUNT:
        return None
    return int(fen)
