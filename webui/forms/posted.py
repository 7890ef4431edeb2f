"""What was posted, as answers: every value read by its question; what no question asks for stays to be refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.forms import Field, Schema, fields_of
from handlers.money import FEN_PER_WAN

OWN = frozenset({"csrf_token", "row", "draft", "refresh", "revision", "seen", "next"})
"""The names that a form page uses itself; no question may be called so."""
MOST_PASSES = 6
_NUMBER = re.compile(r"^[+-]?\d{1,15}(\.\d{1,9})?$")
_GROUPING = str.maketrans("", "", ",， _")


def read(schema: Schema, ui: Schema, posted: MultiDict[str, str], *, keep_empty_rows: bool = False) -> dict[str, Any]:
    """Return the answers in ``posted``: empty ones left out, unknown names kept so that validation refuses them.

    Answers open questions, whose answers may open others: what is asked is settled again until nothing changes.
    ``keep_empty_rows`` is for a form that is shown again, so that the rows keep their numbers.
    """
    answers: dict[str, Any] = {}
    for _ in range(MOST_PASSES):
        asked = fields_of(schema, ui, answers)
        now = {
            each.name: value
            for each in asked
            if (value := _value(each, each.name, posted, keep_empty_rows)) is not None
        }
        if now == answers:
            break
        answers = now
    ever = _ever_asked(schema)
    for name in posted:
        top = name.split(".", 1)[0]
        if top not in ever and top not in OWN:
            answers[top] = posted[name]
    return answers


def _ever_asked(schema: Schema) -> set[str]:
    """Questions that another answer has just closed are dropped, not refused."""
    names = set(schema.get("properties", {}))
    parts: list[Any] = [schema.get("then"), schema.get("else"), *schema.get("allOf", ())]
    parts += schema.get("dependentSchemas", {}).values()
    for part in parts:
        if isinstance(part, Mapping):
            names |= _ever_asked(part)
    return names


def _value(field: Field, name: str, posted: MultiDict[str, str], keep_empty_rows: bool = False) -> Any:
    if field.kind == "table":
        return _rows(field, name, posted, keep_empty_rows) or None
    texts = [text.strip() for text in posted.getlist(name) if text.strip()]
    if field.takes_several:
        return list(dict.fromkeys(_single(field, text) for text in texts)) or None
    return _single(field, texts[-1]) if texts else None


def _single(field: Field, text: str) -> Any:
    """Return the value that ``text`` stands for; what cannot be read stays text, which the validation refuses."""
    if field.kind in {"one", "many"}:
        return next((choice.value for choice in field.choices if str(choice.value) == text), text)
    if field.kind == "yes_no":
        return {"true": True, "false": False}.get(text, text)
    if field.kind == "money":
        return _scaled(text, FEN_PER_WAN)
    if field.kind == "number":
        return _scaled(text, 1) if field.schema.get("type") == "integer" else _fraction(text)
    if field.kind == "reference" and field.schema.get("type") == "integer":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text
    return text


def _scaled(text: str, factor: int) -> int | str:
    """Return a whole number; 万元 as typed become fen, and what is finer than a fen stays text."""
    plain = text.translate(_GROUPING)
    if not _NUMBER.match(plain):
        return text
    value = Decimal(plain) * factor
    return int(value) if value == value.to_integral_value() else text


def _fraction(text: str) -> float | str:
    plain = text.translate(_GROUPING)
    return float(plain) if _NUMBER.match(plain) else text


def row_numbers(name: str, posted: Iterable[str]) -> list[int]:
    """Return the numbers of the rows that were posted for the table ``name``."""
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,3}})\.")
    return sorted({int(match[1]) for key in posted if (match := pattern.match(key))})


def _rows(field: Field, name: str, posted: MultiDict[str, str], keep_empty: bool) -> list[dict[str, Any]]:
    """Return the rows in which something was answered, or all of them."""
    columns = {each.name for each in field.fields}
    rows = []
    for number in row_numbers(name, posted):
        start = f"{name}.{number}."
        row = {
            each.name: value for each in field.fields if (value := _value(each, start + each.name, posted)) is not None
        }
        row |= {
            key.removeprefix(start): posted[key]
            for key in posted
            if key.startswith(start) and key.removeprefix(start) not in columns
        }
        if row or keep_empty:
            rows.append(row)
    return rows
