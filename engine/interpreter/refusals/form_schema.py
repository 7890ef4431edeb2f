"""A form is JSON Schema 2020-12 of an object."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, TypeGuard
from urllib.parse import unquote

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "form-schema",
    Text("The form is not a valid schema", "表单不是有效的 Schema"),
    Text("The form could be neither shown nor checked.", "表单无法显示，也无法校验。"),
    Text("Open the form in the form designer and save it again.", "请在表单设计器中打开并重新保存。"),
)


_META = jsonschema_rs.Draft202012Validator(Draft202012Validator.META_SCHEMA)
"""Five hundred times as fast as the validator that says what is wrong; asked first, for all forms of a release."""

_DEEPEST = 100
_BOUNDS = (
    ("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
)  # fmt: skip


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
    if schema.get("type") != "object":
        return "the form must be of the type object"
    return next((said for part in _parts(schema) for said in _impossible(part, schema)), None)


def _parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    todo = [schema]
    while todo:
        current = todo.pop()
        if isinstance(current, dict):
            yield current
        todo.extend(current.values() if isinstance(current, dict) else current if isinstance(current, list) else ())


def _impossible(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the meta-schema lets pass, though no answer could fit it or the check of an answer would break."""
    pattern, reference = part.get("pattern"), part.get("$ref")
    if isinstance(pattern, str) and not _is_pattern(pattern):
        yield f"the pattern {pattern[:60]} cannot be read"
    if isinstance(reference, str) and reference.startswith("#/") and not _leads_somewhere(reference, schema):
        yield f"nothing is at {reference[:60]}"
    if part.get("enum") == []:
        yield "a choice has nothing to choose from"
    for low, high in _BOUNDS:
        least, most = part.get(low), part.get(high)
        if _is_number(least) and _is_number(most) and least > most:
            yield f"{low} {least} is above {high} {most}"


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _leads_somewhere(reference: str, schema: Any) -> bool:
    found = schema
    for part in reference.removeprefix("#/").split("/"):
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            return False
    return True


def find(release: Release) -> Findings:
    """Every schema is valid, describes an object, and has answers that fit it."""
    for name, schema in release.forms.items():
        key = ("schema", release.digest_of(f"forms/{name}"))
        said = release.kept.get("form", key, partial(_problem, schema)) if name.endswith(".schema.json") else None
        if said is not None:
            yield in_file(
                RULE,
                f"forms/{name}",
                (f"The form is not a valid JSON Schema: {said}", f"表单不是有效的 JSON Schema：{said}"),
            )
