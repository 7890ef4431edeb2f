"""Answers as people read them later: each under its question, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from engine.forms import Field, Schema, fields_of
from engine.inbox.records import Attachment
from engine.text import Text
from handlers.lead import queries as leads
from handlers.organisation import queries as organisation
from webui.i18n import day, language, money, say

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer: words, or the rows of a table below ``columns`` (``keys`` are their fields), or files."""

    label: Text
    words: str = ""
    columns: Sequence[Text] = ()
    rows: Sequence[Sequence[str]] = ()
    files: Sequence[Attachment] = ()
    long: bool = False
    name: str = ""
    keys: Sequence[str] = ()


@dataclass(slots=True)
class Names:
    """What the numbers and tokens in answers stand for."""

    users: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    leads: Mapping[int, str] = field(default_factory=dict)
    files: Mapping[str, Attachment] = field(default_factory=dict)


def names(session: Session, given: Iterable[tuple[Schema, Schema, Answers]], files: Iterable[Attachment]) -> Names:
    """Look up every person, unit and lead that the answers name, one statement for each kind."""
    found: dict[str, set[int]] = {}
    for schema, ui, answers in given:
        for kind, number in _references(fields_of(schema, ui, answers), answers):
            found.setdefault(kind, set()).add(number)
    lang = language()
    return Names(
        users=organisation.names(session, found.get("user", ()), lang),
        units={each.id: Text(each.name_en, each.name_zh).in_language(lang) for each in organisation.units(session)}
        if "unit" in found
        else {},
        leads={each.id: each.number or each.title for each in leads.with_ids(session, found.get("lead", ()))},
        files={each.token: each for each in files},
    )


def _references(fields: Iterable[Field], answers: Answers) -> Iterator[tuple[str, int]]:
    for each in fields:
        value = answers.get(each.name)
        if each.kind == "reference" and isinstance(value, int):
            yield str(each.schema["x-reference"]), value
        elif each.kind == "table" and isinstance(value, list):
            for row in value:
                yield from _references(each.fields, row)


def shown(schema: Schema, ui: Schema, answers: Answers, known: Names) -> list[Shown]:
    """Return the answers in the order of the form; what was left empty is left out."""
    found = []
    for each in fields_of(schema, ui, answers):
        value = answers.get(each.name)
        if value is None or value in ("", []):
            continue
        found.append(_shown(each, value, known))
    return found


def _shown(question: Field, value: Any, known: Names) -> Shown:
    if question.kind == "table":
        rows = [[words(column, row.get(column.name), known) for column in question.fields] for row in value]
        columns, keys = [each.label for each in question.fields], [each.name for each in question.fields]
        return Shown(question.label, columns=columns, rows=rows, name=question.name, keys=keys)
    if question.kind == "file":
        tokens = value if isinstance(value, list) else [value]
        return Shown(
            question.label, files=[known.files[each] for each in tokens if each in known.files], name=question.name
        )
    return Shown(question.label, words(question, value, known), long=question.kind == "long", name=question.name)


def words(question: Field, value: Any, known: Names) -> str:  # noqa: PLR0911 - one line for each kind
    """Return one value in words; ``""`` for none."""
    if value is None:
        return ""
    if question.kind == "yes_no":
        return gettext("Yes") if value is True else gettext("No")
    if question.kind == "money" and isinstance(value, int):
        return money(value)
    if question.kind == "date":
        return day(date.fromisoformat(value))
    if question.kind in {"one", "many"}:
        chosen = value if isinstance(value, list) else [value]
        labels = {str(choice.value): say(choice.label) for choice in question.choices}
        return ("、" if language() == "zh_CN" else ", ").join(labels.get(str(each), str(each)) for each in chosen)
    if question.kind == "reference":
        names_of = {"user": known.users, "unit": known.units, "lead": known.leads}
        return names_of.get(str(question.schema["x-reference"]), {}).get(value, str(value))
    if question.kind == "number" and question.schema.get("x-unit") == "percent":
        return f"{value} %"
    return str(value)
