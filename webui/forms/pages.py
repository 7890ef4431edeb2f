"""A form on a page: shown with values and errors, read back from what was posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from engine.inbox import attachments
from engine.interpreter import Program
from webui.forms.posted import read
from webui.forms.references import offered
from webui.forms.schemas import Choice, Field, Schema, deciding, fields_of
from webui.runtime import current_actor, room, transaction


@dataclass(slots=True)
class FormPage:
    """What the template needs of one form."""

    fields: tuple[Field, ...]
    values: Mapping[str, Any]
    choices: Mapping[str, Sequence[Choice]]
    refreshing: frozenset[str]
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)


def schemas(program: Program, form: str, ui_form: str | None) -> tuple[Schema, Schema]:
    """Return the schema and the UI schema of a form of the release."""
    return program.form(form), program.form(ui_form) if ui_form else {}


def page(
    session: Session,
    schema: Schema,
    ui: Schema,
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]] | None = None,
) -> FormPage:
    """Return the form with ``values``; ``errors`` are sentences by field path."""
    fields = fields_of(schema, ui, values)
    labels = {each.name: each.label for each in fields}
    return FormPage(fields, values, offered(session, fields), frozenset(deciding(schema)), errors or {}, labels)


def posted(schema: Schema, ui: Schema) -> dict[str, Any]:
    """Return the answers of this request; files are kept at once, so that no later error loses them."""
    values = request.form.copy()
    for name, upload in request.files.items(multi=True):
        if not upload.filename:
            continue
        with transaction() as db:
            kept = attachments.attach(
                db,
                upload.stream.read(attachments.LARGEST_FILE + 1),
                filename=upload.filename,
                media_type=upload.mimetype,
                by=current_actor(),
                now=room().clock.now(),
            )
            values.add(name, kept.token)
    return read(schema, ui, values)


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
