"""What was posted, as answers: every value read by its question, nothing else taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from webui.forms.schemas import Field, Schema, effective, fields_of

FEN_PER_WAN = 1_000_000
_OWN = frozenset({"csrf_token", "row", "draft", "next"})


def read(schema: Schema, ui: Schema, posted: MultiDict[str, str]) -> dict[str, Any]:
    """Return the answers in ``posted``: empty ones left out, unknown names kept so that validation can refuse them.

    Conditions decide twice what is asked: an answer that opens a question is read before the question.
    """
    answers: dict[str, Any] = {}
    for _ in range(2):
        asked = fields_of(schema, ui, answers)
        answers = {each.name: value for each in asked if (value := _value(each, each.name, posted)) is not None}
    known = set(effective(schema, answers)[0]) | _ever_asked(schema)
    for name in posted:
        top = name.split(".", 1)[0]
        if top not in known and top not in _OWN:
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


def _value(field: Field, name: str, posted: MultiDict[str, str]) -> Any:
    if field.kind == "table":
        return _rows(field, name, posted) or None
    texts = [text.strip() for text in posted.getlist(name) if text.strip()]
    if field.kind == "many" or (field.kind == "file" and field.schema.get("type") == "array"):
        return [_chosen(field, text) for text in texts] or None
    return _single(field, texts[-1]) if texts else None


def _single(field: Field, text: str) -> Any:
    readers = {"yes_no": _yes_no, "money": _money, "number": _number, "reference": _reference}
    if field.kind == "one":
        return _chosen(field, text)
    reader = readers.get(field.kind)
    return text if reader is None else reader(field, text)


def _chosen(field: Field, text: str) -> Any:
    """Return the choice itself: its value may be a number."""
    return next((choice.value for choice in field.choices if str(choice.value) == text), text)


def _yes_no(_field: Field, text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _number(field: Field, text: str) -> Any:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
    if not value.is_finite():
        return text
    return int(value) if value == value.to_integral_value() and field.schema.get("type") == "integer" else float(value)


def _money(_field: Field, text: str) -> Any:
    """万元 as typed become fen; what is finer than a fen is left as it is for the validation to refuse."""
    try:
        fen = Decimal(text.replace(",", "").replace("，", "")) * FEN_PER_WAN
    except InvalidOperation:
        return text
    if not fen.is_finite():
        return text
    return int(fen) if fen == fen.to_integral_value() else text


def _reference(field: Field, text: str) -> Any:
    return int(text) if field.schema.get("type") == "integer" and text.isascii() and text.isdigit() else text


def row_numbers(name: str, posted: Iterable[str]) -> list[int]:
    """Return the numbers of the rows that were posted for the table ``name``."""
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,3}})\.")
    return sorted({int(match[1]) for key in posted if (match := pattern.match(key))})


def _rows(field: Field, name: str, posted: MultiDict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for number in row_numbers(name, posted):
        row = {}
        for column in field.fields:
            value = _value(column, f"{name}.{number}.{column.name}", posted)
            if value is not None:
                row[column.name] = value
        if row:
            rows.append(row)
    return rows
