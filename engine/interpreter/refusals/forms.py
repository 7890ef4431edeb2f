"""Forms: schemas that cannot be used, or that would reach out of the release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from engine.interpreter.refusals.release import Release
from engine.interpreter.refusals.report import Findings, in_file

_META = jsonschema_rs.Draft202012Validator(Draft202012Validator.META_SCHEMA)
"""Five hundred times as fast as the validator that says what is wrong; asked first, for all forms of a release."""

_DEEPEST = 100

_CURE = ("Open the form in the form designer and save it again.", "请在表单设计器中打开并重新保存。")


def _references(schema: Any) -> Iterator[str]:
    todo = [schema]
    while todo:
        current = todo.pop()
        if isinstance(current, dict):
            found = current.get("$ref", current.get("$dynamicRef"))
            if isinstance(found, str):
                yield found
            todo.extend(current.values())
        elif isinstance(current, list):
            todo.extend(current)


def _depth(schema: Any) -> int:
    deepest, todo = 0, [(schema, 1)]
    while todo:
        current, depth = todo.pop()
        deepest = max(deepest, depth)
        inner = current.values() if isinstance(current, dict) else current if isinstance(current, list) else ()
        todo.extend((each, depth + 1) for each in inner)
    return deepest


def _problem(schema: Mapping[str, Any]) -> str | None:
    if _depth(schema) > _DEEPEST:
        return "it is nested too deeply"
    if not _META.is_valid(schema):
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            return error.message[:200]
        return "it does not fit the meta-schema"
    return None if schema.get("type") == "object" else "the form must be of the type object"


def schemas(release: Release) -> Findings:
    """A form's schema is valid JSON Schema 2020-12 of an object, without references to other places."""
    for name, schema in release.forms.items():
        if not name.endswith(".schema.json"):
            continue
        file = f"forms/{name}"
        said = _problem(schema)
        if said is not None:
            yield in_file(
                file,
                "form-schema",
                (f"The form is not a valid JSON Schema: {said}", f"表单不是有效的 JSON Schema：{said}"),
                _CURE,
            )
            continue
        for reference in _references(schema):
            if not reference.startswith("#"):
                yield in_file(
                    file,
                    "form-reference",
                    (f"The form refers to {reference[:100]}.", f"表单引用了 {reference[:100]}。"),
                    ("Only references within the form (#/…) are allowed.", "只允许引用表单内部（#/…）。"),
                )


RULES = (schemas,)
