"""Checking answers against the form. The page, the API, imports and scenarios all pass here.

Errors are codes, not sentences: the keyword of JSON Schema, with its value where a sentence needs one (``required``,
``minimum:1``), and ``unknown`` for a field the form does not have, ``text`` for text no database can hold, ``file``
for a file nobody uploaded. Pages say them in the reader's language.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from engine.errors import InvalidAnswers
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

# By identity: a release hands out the same schema object each time, and keeping it here keeps its id its own.
_validators: OrderedDict[int, tuple[Mapping[str, Any], Any]] = OrderedDict()
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
    errors: dict[str, list[str]] = {}
    for error in _validator(schema).iter_errors(dict(answers)):
        for path, code in _located(error):
            codes = errors.setdefault(path, [])
            if code not in codes:
                codes.append(code)
    if errors:
        raise InvalidAnswers(errors)


def _validator(schema: Mapping[str, Any]) -> Any:
    """Compiling a schema costs ten times as much as checking with it, so compiled ones are kept."""
    with _lock:
        if id(schema) in _validators:
            _validators.move_to_end(id(schema))
            return _validators[id(schema)][1]
        closed = {**schema}
        if not {"additionalProperties", "unevaluatedProperties"} & closed.keys():
            closed["unevaluatedProperties"] = False
        compiled = _Validator(closed, format_checker=_FORMATS)
        _validators[id(schema)] = (schema, compiled)
        while len(_validators) > KEPT:
            _validators.popitem(last=False)
        return compiled


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
            yield ".".join([*path, name]), "unknown"
        if not named:
            yield ".".join(path), "unknown"
    elif isinstance(value, int | float | str) and not isinstance(value, bool) and error.validator != "const":
        yield ".".join(path), f"{error.validator}:{value}"
    else:
        yield ".".join(path), str(error.validator)
