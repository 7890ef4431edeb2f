"""Checking answers against the form. The page, the API, imports and scenarios all pass here.

Errors are codes, not sentences: the keyword of JSON Schema, with its value where a sentence needs one (``required``,
``minimum:1``), and ``unknown`` for a field the form does not have, ``text`` for text no database can hold, ``file``
for a file nobody uploaded. Pages say them in the reader's language.

Most answers are right. Whether they are is asked of a fast validator first, where it means the same as the one that can
say what is wrong.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from engine.errors import InvalidAnswers
from engine.forms import effective
from engine.inbox.storable import check_storable
from engine.interpreter import Program

KEPT = 512

# 1.0 is an integer to JSON Schema, but money and counts go on as process data, where only 1 is.
_Validator = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)
_FORMATS = Draft202012Validator.FORMAT_CHECKER

_SAME_FORMATS: dict[str, Callable[..., bool]] = {
    name: partial(lambda name, value: _FORMATS.conforms(value, name), name) for name in _FORMATS.checkers
}

_ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "default", "examples"})
_ALIKE = frozenset(
    {
        "type", "enum", "const", "format", "required", "dependentRequired", "uniqueItems",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
        "minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties",
    }
)  # fmt: skip
_WITH_SCHEMA = frozenset(
    {"items", "contains", "if", "then", "else", "not", "additionalProperties", "unevaluatedProperties"}
)
_WITH_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf"})
_WITH_NAMED_SCHEMAS = frozenset({"properties", "dependentSchemas"})
_UNKNOWN = "unknown"
_PLAIN = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, slots=True)
class _Check:
    """How answers are checked against one schema, which is kept so that its id stays its own."""

    schema: Mapping[str, Any]
    full: Any
    quick: Any

    def surely_holds(self, answers: dict[str, Any]) -> bool:
        """Whether ``answers`` are right beyond doubt."""
        return self.quick is not None and _is_plain(answers) and bool(self.quick.is_valid(answers))


# By identity: a release hands out the same schema object each time.
_checks: OrderedDict[int, _Check] = OrderedDict()
_lock = threading.Lock()


def check_answers(program: Program, form: str, answers: Mapping[str, Any]) -> None:
    """Check ``answers`` against the JSON Schema ``form`` of the release.

    Raises ``InvalidAnswers`` with the codes by field path; ``NotFound`` when the release has no such form.
    """
    validate(program.form(form), answers)


def validate(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Check ``answers`` against ``schema``: formats and conditions count, unknown fields are refused.

    Raises ``InvalidAnswers`` with the codes by field path (``pains.0.post``; ``""`` for the whole form).
    """
    check_storable(answers)
    check, given = _check(schema), dict(answers)
    if check.surely_holds(given):
        return
    errors: dict[str, list[str]] = {}
    for error in check.full.iter_errors(given):
        for path, code in _located(error):
            codes = errors.setdefault(path, [])
            if code not in codes:
                codes.append(code)
    if errors:
        raise InvalidAnswers(_without_asked(errors, schema, given))


def _without_asked(
    errors: dict[str, list[str]], schema: Mapping[str, Any], answers: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Take back that a question is unknown which the form asks: a condition that one answer fails forgets them all."""
    asked, _ = effective(schema, answers)
    wrong = {
        path: [code for code in codes if code != _UNKNOWN or path not in asked] for path, codes in errors.items()
    }  # fmt: skip
    return {path: codes for path, codes in wrong.items() if codes} or errors


def _check(schema: Mapping[str, Any]) -> _Check:
    """Compiling a schema costs ten times as much as checking with it, so compiled ones are kept."""
    with _lock:
        if id(schema) in _checks:
            _checks.move_to_end(id(schema))
            return _checks[id(schema)]
        closed = {**schema}
        if not {"additionalProperties", "unevaluatedProperties"} & closed.keys():
            closed["unevaluatedProperties"] = False
        quick = None
        if _means_the_same(closed):
            quick = jsonschema_rs.Draft202012Validator(closed, formats=_SAME_FORMATS, validate_formats=True)
        check = _checks[id(schema)] = _Check(schema, _Validator(closed, format_checker=_FORMATS), quick)
        while len(_checks) > KEPT:
            _checks.popitem(last=False)
        return check


def _means_the_same(schema: Any) -> bool:
    """Whether both validators read ``schema`` alike: patterns, for one, are of two kinds of regular expressions."""
    if not isinstance(schema, dict):
        return isinstance(schema, bool)
    for keyword, value in schema.items():
        if keyword in _WITH_SCHEMA:
            inner = [value]
        elif keyword in _WITH_SCHEMAS:
            inner = list(value)
        elif keyword in _WITH_NAMED_SCHEMAS:
            inner = list(value.values())
        elif keyword in _ALIKE or keyword in _ANNOTATIONS or keyword.startswith("x-"):
            continue
        else:
            return False
        if not all(_means_the_same(each) for each in inner):
            return False
    return True


def _is_plain(value: Any) -> bool:
    """Whether ``value`` holds only what both validators take for the same; of numbers that is whole ones."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is dict:
        return all(_is_plain(each) for each in value.values())
    return kind is list and all(_is_plain(each) for each in value)


def _located(error: ValidationError) -> Iterable[tuple[str, str]]:
    """Yield (field path, code): what is missing or unknown is located at the field itself, not at its parent."""
    path = [str(part) for part in error.absolute_path]
    instance, value = error.instance, error.validator_value
    if error.validator == "required" and isinstance(value, list) and isinstance(instance, dict):
        for name in value:
            if name not in instance:
                yield ".".join([*path, name]), "required"
    elif error.validator in {"additionalProperties", "unevaluatedProperties"} and isinstance(instance, dict):
        known = set(error.schema.get("properties", {})) if isinstance(error.schema, dict) else set()
        # the library names the fields in its sentence only
        named = [name for name in instance if name not in known and repr(name) in error.message]
        for name in named:
            yield ".".join([*path, name]), _UNKNOWN
        if not named:
            yield ".".join(path), _UNKNOWN
    elif isinstance(value, int | float | str) and not isinstance(value, bool) and error.validator != "const":
        yield ".".join(path), f"{error.validator}:{value}"
    else:
        yield ".".join(path), str(error.validator)
