"""A form as its schema and its UI schema say, for the answers given so far: conditions are resolved here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from engine.text import Text

Schema = Mapping[str, Any]
USUAL_ROWS = 20
FEW_CHOICES = 5
"""Up to so many choices are shown at once, as buttons."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    value: Any
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One question: ``kind`` is how it is asked, ``fields`` are the columns of a table."""

    name: str
    kind: str
    label: Text
    help: Text
    required: bool
    schema: Schema
    choices: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def most_rows(self) -> int:
        """How many rows a table may have."""
        return int(self.schema.get("maxItems", USUAL_ROWS))

    @property
    def takes_several(self) -> bool:
        """Whether the answer is a list."""
        return self.kind in {"many", "table"} or self.schema.get("type") == "array"

    @property
    def is_grouped(self) -> bool:
        """Whether the answer is given with several controls, so that the question is their legend."""
        return self.kind in {"yes_no", "many", "table"} or (self.kind == "one" and len(self.choices) <= FEW_CHOICES)


@dataclass(frozen=True, slots=True)
class Group:
    """A section of a form; one without a title holds what no section names."""

    title: Text | None
    fields: tuple[Field, ...]


def text_of(schema: Schema, keyword: str) -> Text:
    """Return a title or description in both languages."""
    return Text(str(schema.get(keyword, "")), str(schema.get(f"x-{keyword}-zh", "")))


def fields_of(schema: Schema, ui: Schema, answers: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the questions that ``answers`` leave to be asked, in the order of the UI schema."""
    properties, required = effective(schema, answers)
    order = [name for name in ui.get("ui:order", ()) if name in properties]
    names = order + [name for name in properties if name not in order]
    return tuple(
        _field(name, properties[name], ui.get(name, {}), required=name in required)
        for name in names
        if ui.get(name, {}).get("ui:widget") != "hidden"
    )


def groups_of(ui: Schema, fields: tuple[Field, ...]) -> list[Group]:
    """Return the questions by section; a section without a question that is asked is left out."""
    by_name = {each.name: each for each in fields}
    groups = []
    for section in ui.get("ui:groups", ()):
        found = tuple(by_name.pop(name) for name in section.get("fields", ()) if name in by_name)
        if found:
            groups.append(Group(text_of(section, "title"), found))
    if by_name:
        groups.append(Group(None, tuple(by_name.values())))
    return groups


def effective(schema: Schema, answers: Mapping[str, Any]) -> tuple[dict[str, Schema], set[str]]:
    """Return the properties and the required names that hold for ``answers``: ``if``/``then``/``else`` resolved."""
    properties: dict[str, Schema] = dict(schema.get("properties", {}))
    required = set(schema.get("required", ()))
    parts = list(schema.get("allOf", ()))
    if "if" in schema:
        holds = Draft202012Validator(schema["if"]).is_valid(dict(answers))
        parts.append(schema.get("then" if holds else "else", {}))
    for name, dependent in schema.get("dependentSchemas", {}).items():
        if answers.get(name) not in (None, "", []):
            parts.append(dependent)
    for part in parts:
        if not isinstance(part, Mapping):
            continue
        more, also = effective(part, answers)
        for name, each in more.items():
            properties[name] = {**properties.get(name, {}), **each}
        required |= also
    return {name: each for name, each in properties.items() if isinstance(each, Mapping)}, required


def every_field(schema: Schema) -> dict[str, Schema]:
    """Return every field that a form may ask, under whichever condition; what only narrows one down is left out."""
    found: dict[str, Schema] = {}
    todo = [schema]
    while todo:
        part = todo.pop()
        for name, each in part.get("properties", {}).items():
            if isinstance(each, Mapping):
                known = found.get(name)
                if known is None or ("type" in each and "type" not in known):
                    found[name] = each
        more = [part.get("then"), part.get("else"), *part.get("allOf", ()), *part.get("dependentSchemas", {}).values()]
        todo += [each for each in more if isinstance(each, Mapping)]
    return found


def is_scalar_field(schema: Schema) -> bool:
    """Return whether the answer to a field becomes process data."""
    return schema.get("type") not in ("array", "object") and not schema.get("x-file")


def deciding(schema: Schema) -> set[str]:
    """Return the names whose answers change what is asked: the form refreshes when they change."""
    names = set(schema.get("dependentSchemas", {}))
    for keyword in ("if", "then", "else"):
        part = schema.get(keyword)
        if isinstance(part, Mapping):
            names |= _asked_in(part) if keyword == "if" else deciding(part)
    for part in schema.get("allOf", ()):
        if isinstance(part, Mapping):
            names |= deciding(part)
    return names


def _asked_in(condition: Schema) -> set[str]:
    names = set(condition.get("properties", {}))
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in condition.get(keyword, ()):
            names |= _asked_in(part)
    return names | (_asked_in(condition["not"]) if "not" in condition else set())


def _field(name: str, schema: Schema, ui: Schema, *, required: bool) -> Field:
    kind = _kind(schema, ui)
    items = schema.get("items", {})
    columns: tuple[Field, ...] = ()
    if kind == "table":
        columns = fields_of(items, ui.get("items", ui), {})
    return Field(
        name=name,
        kind=kind,
        label=text_of(schema, "title") if schema.get("title") else Text(name, name),
        help=text_of(schema, "description"),
        required=required,
        schema=schema,
        choices=_choices(items if kind == "many" else schema),
        fields=columns,
        options=ui.get("ui:options", {}),
    )


def _kind(schema: Schema, ui: Schema) -> str:  # noqa: PLR0911 - one line for each kind
    items = schema.get("items", {})
    if schema.get("x-file") or items.get("x-file"):
        return "file"
    if schema.get("x-reference"):
        return "reference"
    kinds = {"array": "table" if items.get("type") == "object" else "many", "boolean": "yes_no"}
    kind = kinds.get(schema.get("type", ""))
    if kind:
        return kind
    if "oneOf" in schema or "enum" in schema:
        return "one"
    if schema.get("type") in {"integer", "number"}:
        return "money" if schema.get("x-unit") == "fen" else "number"
    if schema.get("format") == "date":
        return "date"
    return "long" if ui.get("ui:widget") == "textarea" else "text"


def _choices(schema: Schema) -> tuple[Choice, ...]:
    if "oneOf" in schema:
        return tuple(Choice(each.get("const"), text_of(each, "title")) for each in schema["oneOf"])
    return tuple(Choice(value, Text(str(value), str(value))) for value in schema.get("enum", ()))
