"""Checking answers against the form. The page, the API, imports and scenarios all pass here."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from engine.errors import InvalidAnswers
from engine.interpreter import Program

_validators: WeakKeyDictionary[Program, dict[str, Draft202012Validator]] = WeakKeyDictionary()
_lock = threading.Lock()


def check_answers(program: Program, form: str, answers: Mapping[str, Any]) -> None:
    """Check ``answers`` against the JSON Schema ``form`` of the release.

    Raises ``InvalidAnswers`` with the messages by field path; unknown keys are errors of their own field.
    """
    errors: dict[str, list[str]] = {}
    for error in _leaves(_validator(program, form).iter_errors(dict(answers))):
        for path, message in _located(error):
            messages = errors.setdefault(path, [])
            if message not in messages:
                messages.append(message)
    if errors:
        raise InvalidAnswers(errors, form=form)


def _validator(program: Program, form: str) -> Draft202012Validator:
    with _lock:
        kept = _validators.setdefault(program, {})
        if form not in kept:
            kept[form] = Draft202012Validator(program.form(form), format_checker=Draft202012Validator.FORMAT_CHECKER)
        return kept[form]


def _leaves(errors: Iterable[ValidationError]) -> Iterable[ValidationError]:
    """A choice that fails (``anyOf``) is one error to a person; a failing ``then`` is the errors inside it."""
    for error in errors:
        if error.context and error.validator in {"allOf", "if", "then", "else"}:
            yield from _leaves(error.context)
        else:
            yield error


def _located(error: ValidationError) -> Iterable[tuple[str, str]]:
    """Yield (field path, code): what is missing or unknown is located at the field itself, not at its parent.

    The code is the keyword, with its value where a sentence needs one: ``required``, ``minimum:1``.
    """
    path = [str(part) for part in error.absolute_path]
    instance, value = error.instance, error.validator_value
    if error.validator == "required" and isinstance(value, list) and isinstance(instance, dict):
        for name in value:
            if name not in instance:
                yield ".".join([*path, name]), "required"
    elif error.validator in {"additionalProperties", "unevaluatedProperties"} and isinstance(instance, dict):
        known = set(error.schema.get("properties", {})) if isinstance(error.schema, dict) else set()
        quoted = [name for name in instance if name not in known and f"'{name}'" in error.message]
        for name in quoted or [""]:
            yield ".".join([*path, name]) if name else ".".join(path), "unknown"
    elif isinstance(value, int | float | str) and not isinstance(value, bool) and error.validator != "const":
        yield ".".join(path), f"{error.validator}:{value}"
    else:
        yield ".".join(path), str(error.validator)
