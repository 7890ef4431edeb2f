"""Leads from a spreadsheet: a template to fill, the upload, and a report in which nothing is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from engine.errors import InvalidAnswers, InvalidInput, RuleRefused
from engine.instances import operations as instances
from engine.releases import queries as releases
from engine.text import Text
from handlers.lead import importing as leads
from handlers.spreadsheet import UnreadableFile, rows_of
from webui.errors import sentence_for
from webui.forms.sentences import sentences
from webui.i18n import listed, say
from webui.leads.pages import blueprint
from webui.runtime import current_actor, reading, room, transaction
from webui.spreadsheet import file, table

FORM = "lead_submit.schema.json"
MESSAGE = "lead.captured"
LARGEST_FILE = 5 * 2**20
GIVE_WAY = 0.01
"""Seconds between two transactions: whoever waits to complete a task goes first."""
_THEN = Text("; ", "；")


class Column(NamedTuple):
    """One column of the template, with what may stand in it."""

    name: str
    label: Text
    required: bool
    hint: str


@blueprint.get("/import")
def import_page() -> str:
    """Explain the import and ask for a file."""
    with reading() as db:
        columns = columns_of(_form(db))
    return render_template("leads/import.html", columns=columns, report=None, problem=None)


@blueprint.get("/import/template.csv")
def template() -> Response:
    """Hand out an empty table with the headings of the form."""
    with reading() as db:
        columns = columns_of(_form(db))
    headings = [say(column.label) + ("*" if column.required else "") for column in columns]
    return file(table(headings, []), "leads-template.csv")


@blueprint.post("/import")
def take() -> str | tuple[str, int]:
    """Import a file: the rows that fit become leads, a few in each transaction; the others come back with reasons."""
    upload = request.files.get("file")
    content = upload.stream.read(LARGEST_FILE + 1) if upload is not None else b""
    with reading() as db:
        schema = _form(db)
    problem = _problem_with(content)
    if problem is None:
        try:
            return _report(schema, content, _take_in(leads.table_of(content, schema)))
        except UnreadableFile as error:
            problem = say(error.reason)
    return render_template("leads/import.html", columns=columns_of(schema), report=None, problem=problem), 422


def _take_in(table: leads.Table) -> list[leads.RowReport]:
    report: list[leads.RowReport] = []
    for piece in table.pieces():
        with transaction() as db:
            report += leads.import_leads(db, piece, by=current_actor(), now=room().clock.now(), start=capture)
        time.sleep(GIVE_WAY)
    return report


def capture(db: Session, answers: Mapping[str, Any]) -> str:
    """Start the case of one lead from its answers; return the lead's number."""
    begun = instances.message(db, MESSAGE, None, answers, by=current_actor(), room=room())
    return begun.business_key or f"#{begun.instance_id}"


def _form(db: Session) -> Mapping[str, Any]:
    return releases.program(db, releases.current(db).id).form(FORM)


def columns_of(schema: Mapping[str, Any]) -> list[Column]:
    """Return what can be imported: every field of the form but files and tables."""
    columns = []
    for name, each in schema["properties"].items():
        items = each.get("items", {})
        if each.get("x-file") or items.get("type") == "object":
            continue
        label = Text(each.get("title", name), each.get("x-title-zh", ""))
        columns.append(Column(name, label, name in schema.get("required", ()), _hint(each, items)))
    return columns


def _hint(field: Mapping[str, Any], items: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one line for each kind
    if field.get("x-unit") == "fen":
        return gettext("in 10,000 yuan (万元), for example 120.5")
    if field.get("format") == "date":
        return gettext("a date such as 2026-11-23")
    if field.get("x-reference") == "unit":
        return gettext("the unit's code or name")
    if field.get("type") == "boolean":
        return gettext("yes or no")
    if "oneOf" in items:
        return gettext("one or more of, with ; between: %(choices)s", choices=_choices(items))
    if "oneOf" in field:
        return gettext("one of: %(choices)s", choices=_choices(field))
    return gettext("text")


def _choices(field: Mapping[str, Any]) -> str:
    return " / ".join(say(Text(str(each.get("title", "")), each.get("x-title-zh", ""))) for each in field["oneOf"])


def _problem_with(content: bytes) -> str | None:
    if not content.strip():
        return gettext("Choose a file that is not empty.")
    if len(content) > LARGEST_FILE:
        return gettext("The file is larger than 5 MB. Split it.")
    return None


def why_refused(row: leads.RowReport, schema: Mapping[str, Any]) -> str:
    """Return why a row became no lead: everything that is wrong with it, in the reader's language."""
    said = [say(each) for each in row.unreadable]
    if isinstance(row.refusal, InvalidAnswers):
        said += _complaints(row.refusal, schema)
    elif isinstance(row.refusal, RuleRefused):
        reason, cure = row.refusal.reason, row.refusal.cure
        said.append(say(Text(f"{reason.en} {cure.en}", f"{reason.zh}{cure.zh}")))
    elif row.refusal is not None:
        said.append(str(sentence_for(type(row.refusal)).title))
    return say(_THEN).join(said)


def _complaints(refused: InvalidAnswers, schema: Mapping[str, Any]) -> list[str]:
    fields = schema["properties"]
    titles = {name: say(Text(each.get("title", name), each.get("x-title-zh", ""))) for name, each in fields.items()}
    errors = {titles.get(path.partition(".")[0], path): codes for path, codes in refused.errors.items()}
    missing = [title for title, codes in errors.items() if codes == ["required"]]
    others = sentences({title: codes for title, codes in errors.items() if title not in missing})
    said = [gettext("%(field)s: %(problem)s", field=title, problem=" ".join(each)) for title, each in others.items()]
    return [gettext("missing: %(fields)s", fields=listed(missing)), *said] if missing else said


def _report(schema: Mapping[str, Any], content: bytes, report: list[leads.RowReport]) -> str:
    refused = [each for each in report if not each.accepted]
    cells = dict(rows_of(content))
    first = cells.pop(min(cells), []) if cells else []
    reasons = {each.line: why_refused(each, schema) for each in refused}
    rows = [[*cells.get(each.line, []), reasons[each.line]] for each in refused]
    return render_template(
        "leads/import.html",
        columns=columns_of(schema),
        report=report,
        accepted=[each for each in report if each.accepted],
        reasons=reasons,
        cells=cells,
        kept=json.dumps({"heading": first, "rows": rows}, ensure_ascii=False),
        problem=None,
    )


@blueprint.post("/import/refused.csv")
def refused_rows() -> Response:
    """Hand the refused rows back as a file, to be corrected and imported again; the page itself carries them."""
    try:
        given = json.loads(request.form.get("rows", ""))
        heading = [str(cell) for cell in given["heading"]]
        rows = [[str(cell) for cell in row] for row in given["rows"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(field="rows", problem=str(error)) from error
    width = len(heading)
    full = [[*row[:-1][:width], *[""] * (width - len(row[:-1])), row[-1]] for row in rows]
    return file(table([*heading, say(leads.REASON)], full), "leads-refused.csv")
