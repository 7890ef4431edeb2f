"""What a form may leave behind: which answers are sure, depending on the answers that decide what is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from engine.checks.dataflow.states import Values, tagged
from engine.forms import deciding, effective, every_field, is_scalar_field
from engine.interpreter.expressions import is_scalar
from engine.sandbox.made_up import fits, made_up

MOST_COMBINATIONS = 400
"""So many combinations of deciding answers are looked at; of a form with more, only what is always asked is sure."""
_DAY = "2026-01-05"

Schema = Mapping[str, Any]
_Way = tuple[Mapping[str, Any], Mapping[str, Schema], Collection[str]]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to fill in a form: the answers that are sure, those that are possible, the values of some."""

    sure: frozenset[str]
    possible: frozenset[str]
    among: Mapping[str, Values]


def domain(schema: Schema) -> list[Any] | None:
    """Return every possible answer of a choice or a yes-or-no, or ``None`` when there are too many to list."""
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return [each for each in schema["enum"] if each is not None]
    if schema.get("oneOf") and all("const" in each for each in schema["oneOf"]):
        return [each["const"] for each in schema["oneOf"]]
    return [True, False] if schema.get("type") == "boolean" else None


def _answers(name: str, schema: Schema, form: Schema) -> list[Any]:
    """Return answers to a deciding field that between them meet each of its conditions and none."""
    listed = domain(schema)
    if listed is not None:
        return [None, *listed]
    if not is_scalar_field(schema):
        return [None, made_up(schema, _DAY, 0, form)]
    found = [None, made_up(schema, _DAY, 0, form)]
    for bound in _bounds(name, form):
        found += [each for each in (bound - 1, bound, bound + 1) if fits(schema, each)]
    return found


def _bounds(name: str, part: Any) -> Iterator[Any]:
    """Yield the numbers with which conditions compare the field ``name``."""
    if isinstance(part, list):
        for each in part:
            yield from _bounds(name, each)
    elif isinstance(part, Mapping):
        said = part.get("properties", {}).get(name) if isinstance(part.get("properties"), Mapping) else None
        if isinstance(said, Mapping):
            for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const"):
                if isinstance(said.get(keyword), int | float) and not isinstance(said.get(keyword), bool):
                    yield said[keyword]
        for each in part.values():
            yield from _bounds(name, each)


def variants(form: Schema) -> list[Variant]:
    """Return the ways to fill in ``form``, as far as they leave different names behind."""
    fields = every_field(form)
    possible = frozenset(name for name, each in fields.items() if is_scalar_field(each))
    ways = _ways(form, fields)
    if ways is None:
        sure = frozenset(form.get("required", ())) & possible
        return [Variant(sure, possible, _listed(sure, fields))]
    found: dict[tuple[frozenset[str], frozenset[str]], dict[str, Values]] = {}
    for chosen, asked, required in ways:
        shown = frozenset(asked) & possible
        sure = frozenset((*required, *chosen)) & shown
        among = _listed(sure, asked)
        among |= {name: frozenset({tagged(chosen[name])}) for name in among if is_scalar(chosen.get(name, []))}
        key = (sure, shown)
        known = found.get(key)
        found[key] = among if known is None else {
            name: values | among[name] for name, values in known.items() if name in among
        }  # fmt: skip
    return [Variant(sure, shown, among) for (sure, shown), among in found.items()] or [
        Variant(frozenset(), possible, {})
    ]


def unaskable(form: Schema) -> set[str]:
    """Return the fields that some way to fill in ``form`` requires without asking for them."""
    ways = _ways(form, every_field(form)) or ()
    return {name for _, asked, required in ways for name in required if name not in asked}


def _ways(form: Schema, fields: Mapping[str, Schema]) -> Iterator[_Way] | None:
    """Return the combinations of deciding answers, what each leaves asked and required; ``None`` if too many."""
    controls = sorted(deciding(form) & fields.keys())
    answers = [_answers(name, fields[name], form) for name in controls]
    count = 1
    for each in answers:
        count *= len(each)
    return None if count > MOST_COMBINATIONS else _consistent(form, controls, answers)


def _consistent(form: Schema, controls: list[str], answers: list[list[Any]]) -> Iterator[_Way]:
    for combination in product(*answers):
        chosen = {name: each for name, each in zip(controls, combination, strict=True) if each is not None}
        asked, required = effective(form, chosen)
        if any(name not in asked or not fits(asked[name], each) for name, each in chosen.items()):
            continue
        if any(name in required and name not in chosen for name in controls):
            continue
        yield chosen, asked, required


def _listed(names: frozenset[str], fields: Mapping[str, Schema]) -> dict[str, Values]:
    listed = {name: domain(fields[name]) for name in names}
    return {name: frozenset(map(tagged, values)) for name, values in listed.items() if values is not None}
