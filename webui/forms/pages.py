"""A form on a page: shown with values and errors, read back from what was posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidAnswers, InvalidInput, RuleRefused
from engine.forms import Choice, Field, Group, Schema, deciding, fields_of, groups_of
from engine.inbox.records import Attachment
from engine.interpreter import Program
from engine.text import Text
from webui.files.keeping import keep
from webui.files.sniffing import FileRefused
from webui.forms.posted import read
from webui.forms.references import offered
from webui.forms.shown import Shown
from webui.i18n import say
from webui.runtime import current_actor, room, transaction


@dataclass(slots=True)
class FormPage:
    """What the templates need of one form."""

    fields: tuple[Field, ...]
    groups: list[Group]
    values: Mapping[str, Any]
    choices: Mapping[str, Sequence[Choice]]
    refreshing: frozenset[str]
    files: Mapping[str, Attachment]
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    facts: Sequence[Shown] = ()

    def refuse(self, rule: RuleRefused | None) -> None:
        """Say at its question why a rule refused the answers; what belongs to no question is said above the form."""
        if rule is not None and rule.field is not None and self._question(rule.field) is not None:
            self.errors = {**self.errors, rule.field: [say(rule.reason), say(rule.cure)]}

    def _question(self, path: str) -> Field | None:
        name = path.partition(".")[0]
        return next((each for each in self.fields if each.name == name), None)

    def label(self, path: str) -> list[Text | int]:
        """Return the question that an error is about; of a cell, the table, the number of the row and the column."""
        rest = path.partition(".")[2]
        question = self._question(path)
        if question is None:
            return [Text(path, path)]
        number, _, column = rest.partition(".")
        cell = next((each for each in question.fields if each.name == column), None)
        if cell is not None and number.isdigit():
            return [question.label, int(number) + 1, cell.label]
        return [question.label]

    def target(self, path: str) -> str:
        """Return the id of the control that an error is about, for the link from the summary."""
        name, _, rest = path.partition(".")
        question = self._question(path)
        is_cell = question is not None and any(rest.endswith(f".{each.name}") for each in question.fields)
        return f"f-{path}" if is_cell else f"f-{name}" if question is not None else "task-form"


def schemas(program: Program, form: str, ui_form: str | None) -> tuple[Schema, Schema]:
    """Return the schema and the UI schema of a form of the release."""
    return program.form(form), program.form(ui_form) if ui_form else {}


def page(
    session: Session,
    schema: Schema,
    ui: Schema,
    values: Mapping[str, Any],
    actor: Actor,
    errors: Mapping[str, Sequence[str]] | None = None,
    facts: Sequence[Shown] = (),
    *,
    of_lead: int | None = None,
) -> FormPage:
    """Return the form with ``values``; ``errors`` are sentences by field path, ``of_lead`` the lead it is about."""
    fields = fields_of(schema, ui, values)
    return FormPage(
        fields=fields,
        groups=groups_of(ui, fields),
        values=values,
        choices=offered(session, fields, actor, values, of_lead=of_lead),
        refreshing=frozenset(deciding(schema)),
        files=_files(session, fields, values),
        errors=errors or {},
        facts=facts,
    )


def _files(session: Session, fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Attachment]:
    tokens = set(_tokens(fields, values))
    if not tokens:
        return {}
    return {each.token: each for each in session.scalars(sa.select(Attachment).where(Attachment.token.in_(tokens)))}


def _tokens(fields: tuple[Field, ...], values: Mapping[str, Any]) -> Iterator[str]:
    for each in fields:
        value = values.get(each.name)
        if each.kind == "file" and value:
            yield from (value if isinstance(value, list) else [value])
        elif each.kind == "table" and isinstance(value, list):
            for row in value:
                yield from _tokens(each.fields, row)


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted: the answers, and the codes of what is wrong with uploads, by field."""

    answers: dict[str, Any]
    errors: dict[str, list[str]]

    def refuse_bad_files(self) -> None:
        """Raise ``InvalidAnswers`` when an upload was refused; the others are kept."""
        if self.errors:
            raise InvalidAnswers(self.errors)


def posted(schema: Schema, ui: Schema) -> Posted:
    """Return the answers of this request; files are kept at once, so that no later error loses them."""
    values = request.form.copy()
    errors: dict[str, list[str]] = {}
    for name, upload in request.files.items(multi=True):
        if not upload.filename:
            continue
        try:
            with transaction() as db:
                kept = keep(db, upload, by=current_actor(), now=room().clock.now())
        except InvalidInput as refused:
            errors.setdefault(name, []).append("kind" if isinstance(refused, FileRefused) else "size")
        else:
            values.add(name, kept.token)
    again = bool({"row", "refresh"} & request.form.keys())
    return Posted(read(schema, ui, values, keep_empty_rows=again), errors)


def with_row_changes(values: dict[str, Any]) -> dict[str, Any]:
    """Add or take away the row that the button ``row`` names: ``add:pains``, ``remove:pains.2``."""
    action, _, where = request.form.get("row", "").partition(":")
    name, _, number = where.partition(".")
    rows = list(values.get(name, []))
    if action == "add":
        values[name] = [*rows, {}]
    elif action == "remove" and number.isdigit() and int(number) < len(rows):
        values[name] = rows[: int(number)] + rows[int(number) + 1 :]
    return values
