"""Answers and results made up from their schemas: always the same for the same question, others at each turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from engine.forms import effective

Schema = Mapping[str, Any]

TURNS = 24
"""How many variants are tried until one fits."""
SAME = 3
"""How often yes is said before no is: what a review or a search finds is seldom nothing at all."""
_LIKELY = (
    "example", "Example", "A", "1", "13800138000", "+86 138 0013 8000", "someone@example.com", "2026-01-05", "100",
    "AB-1", "ABC123", "OP-202601-0001", "CT-202601-0001", "LD-202601-0001", "https://example.com", "123456",
    "91330100MA27X00000",
)  # fmt: skip
"""Texts that may fit a pattern."""


def answers_for(schema: Schema, preferred: Mapping[str, Any], today: str, turn: int = 0) -> dict[str, Any]:
    """Return answers to a form: those of ``preferred`` that it asks for, and what else it requires.

    They fit the schema unless nothing that can be made up does; another ``turn`` gives other answers.
    """
    validator = Draft202012Validator(dict(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)
    first: dict[str, Any] | None = None
    for attempt in range(turn, turn + TURNS):
        answers = _answers(schema, preferred, today, attempt)
        if validator.is_valid(answers):
            return answers
        first = answers if first is None else first
    return first or {}


def _answers(schema: Schema, preferred: Mapping[str, Any], today: str, turn: int) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for _ in range(8):  # each round may show further questions
        properties, required = effective(schema, answers)
        asked = {
            name: preferred[name] if fits(each, preferred.get(name)) else made_up(each, today, turn, schema)
            for name, each in properties.items()
            if name not in answers and (name in required or fits(each, preferred.get(name)))
        }
        kept = {name: each for name, each in answers.items() if name in properties}
        if not asked and kept == answers:
            break
        answers = {**kept, **asked}
    return answers


def fits(schema: Schema, value: Any) -> bool:
    """Return whether ``value`` is a possible answer to the field ``schema``; nothing is none."""
    return value is not None and Draft202012Validator(dict(schema)).is_valid(value)


def made_up(schema: Schema, today: str, turn: int, root: Schema) -> Any:  # noqa: PLR0911 - one line for each kind
    """Return a value that fits ``schema``; ``root`` is where its references lead."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return made_up(_referred(reference, root), today, turn, root)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][turn % len(schema["enum"])]
    for keyword in ("oneOf", "anyOf"):
        if schema.get(keyword):
            some = [each for each in schema[keyword] if each.get("type") != "null"] or [{"type": "null"}]
            return made_up(some[turn % len(some)], today, turn, root)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = next((each for each in kind if each != "null"), "null") if isinstance(kind, list) else kind
    if kind == "boolean":
        return turn % (2 * SAME) < SAME
    if kind in ("integer", "number"):
        return _number(schema, turn)
    if kind == "array":
        return _list(schema, today, turn, root)
    if kind == "object":
        return _object(schema, today, turn, root)
    return None if kind == "null" else _text(schema, today)


def _referred(reference: str, root: Schema) -> Schema:
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found.get(part, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) and found.get("$ref") != reference else {}


def _number(schema: Schema, turn: int) -> float:
    if not {"minimum", "exclusiveMinimum"} & schema.keys() and turn == 1:
        return 0  # the balance, the rest: what a loop waits for
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in schema else 1)
    value: float = low + turn
    high = schema.get("maximum")
    return value if high is None or value <= high else low + (turn % max(1, int(high - low) + 1))


def _text(schema: Schema, today: str) -> str:
    if schema.get("format") == "date":
        return today
    if schema.get("format") == "date-time":
        return f"{today}T01:00:00+00:00"
    if schema.get("format") == "email":
        return "someone@example.com"
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 4000))
    pattern = schema.get("pattern")
    for each in _LIKELY:
        text = each.ljust(least, "x")[:most] if pattern is None else each
        if least <= len(text) <= most and (pattern is None or re.search(pattern, text)):
            return text
    return "x" * least


def _list(schema: Schema, today: str, turn: int, root: Schema) -> list[Any]:
    items = schema.get("items", {})
    wanted = schema.get("minItems", 1 if schema.get("x-file") is None else 0)
    found = [made_up(items, today, turn + at, root) for at in range(wanted)]
    contained = schema.get("contains")
    if isinstance(contained, Mapping) and found:
        more = made_up({**items, **contained}, today, turn, root)
        found[0] = {**found[0], **more} if isinstance(found[0], dict) and isinstance(more, dict) else more
    if schema.get("uniqueItems"):
        found = [f"{each}{at}" if isinstance(each, str) and found.index(each) < at and "oneOf" not in items else each
                 for at, each in enumerate(found)]  # fmt: skip
    return found


def _object(schema: Schema, today: str, turn: int, root: Schema) -> dict[str, Any]:
    wanted = schema.get("required", ())
    return {
        name: made_up(each, today, turn, root)
        for name, each in schema.get("properties", {}).items()
        if name in wanted and isinstance(each, Mapping)
    }
