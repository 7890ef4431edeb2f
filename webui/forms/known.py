"""What a case knows already: answers that a form begins with, and facts shown above it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from engine.forms import Schema, effective, text_of
from engine.inbox.records import Submission, WorkItem
from engine.instances.records import ProcessInstance
from engine.interpreter import Program, resume
from engine.text import Text
from handlers.deciding import queries as deciding
from handlers.lead import queries as leads
from handlers.organisation import queries as organisation
from webui.cases.governance import today
from webui.forms.shown import Shown
from webui.i18n import day, language, moment, money, say
from webui.runtime import room


def data_of(program: Program, instance: ProcessInstance, item: WorkItem) -> Mapping[str, Any]:
    """Return the process data as the task of a work item sees it."""
    run = resume(program, instance.state, lambda *_: None, room().clock)
    task = next((each for each in run.open_tasks() if each.guid == item.task_guid), None)
    return task.data if task is not None else run.data


def earlier_answers(session: Session, program: Program, instance_id: int) -> dict[str, Any]:
    """Return the latest answer to every question of the case: tables, lists and files are no process data.

    What was left empty when it was asked again is no answer any more.
    """
    found: dict[str, Any] = {}
    query = (
        sa.select(WorkItem.process_id, Submission.form, Submission.answers)
        .join(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(Submission.instance_id == instance_id)
        .order_by(Submission.id)
    )
    for process_id, form, answers in session.execute(query):
        questions = program.questions(process_id, form or "")
        for name in questions.unsaid(answers, found.keys()) if questions is not None else ():
            del found[name]
        found |= answers
    return found


def begun(schema: Schema, ui: Schema, data: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that a form begins with: those fields that name with ``defaultFrom`` what they begin with."""
    values: dict[str, Any] = {}
    for name in _all_names(schema):
        source = ui.get(name, {}).get("ui:options", {}).get("defaultFrom")
        if source is not None:
            value = _first_known(source, data, earlier)
            if value is not None:
                values[name] = value
    asked, _required = effective(schema, values)
    return {name: value for name, value in values.items() if name in asked}


def _first_known(source: str | Sequence[str], data: Mapping[str, Any], earlier: Mapping[str, Any]) -> Any:
    names = [source] if isinstance(source, str) else source
    return next((found for each in names if (found := data.get(each, earlier.get(each))) is not None), None)


def _all_names(schema: Schema) -> set[str]:
    names = set(schema.get("properties", {}))
    parts = [schema.get("then"), schema.get("else"), *schema.get("allOf", ())]
    parts += schema.get("dependentSchemas", {}).values()
    for part in parts:
        if isinstance(part, Mapping):
            names |= _all_names(part)
    return names


def fingerprint(schema: Schema, ui: Schema, data: Mapping[str, Any], earlier: Mapping[str, Any]) -> str:
    """Return what stands for all that the case itself puts on the page: facts shown and answers that it begins with.

    As long as it stays the same, a case that moved on elsewhere has changed nothing that a reader relied on.
    """
    told = [data.get(fact["data"]) for fact in ui.get("ui:shows", ())]
    everything = [told, begun(schema, ui, data, earlier)]
    return hashlib.sha256(orjson.dumps(everything, option=orjson.OPT_SORT_KEYS)).hexdigest()


def facts(session: Session, ui: Schema, data: Mapping[str, Any]) -> list[Shown]:
    """Return the facts of the case that the form shows (``ui:shows``); what is not known is left out."""
    found = []
    for fact in ui.get("ui:shows", ()):
        value = data.get(fact["data"])
        if value is None or value == "":
            continue
        words = _words(session, fact, value)
        if words:
            found.append(Shown(text_of(fact, "title"), words))
    return found


def _words(session: Session, fact: Mapping[str, Any], value: Any) -> str:  # noqa: PLR0911 - one line for each kind
    kind = fact.get("type", "text")
    if isinstance(value, bool):
        return say(Text("Yes", "是") if value else Text("No", "否"))
    if kind == "money" and isinstance(value, int):
        return money(value)
    if kind == "choice":
        chosen = next((each for each in fact.get("oneOf", ()) if each.get("const") == value), None)
        return say(text_of(chosen, "title")) if chosen is not None else str(value)
    if kind == "user" and isinstance(value, int):
        return organisation.names(session, [value], language()).get(value, "")
    if kind == "lead" and isinstance(value, int):
        return " ".join(each.number or each.title for each in leads.with_ids(session, [value]))
    if kind == "conditions" and isinstance(value, int):
        return _conditions(session, value)
    if kind == "moment" and isinstance(value, str):
        return _moment(value)
    if kind == "deadline" and isinstance(value, str):
        return _deadline(value)
    return say(Text.of(str(value)))


def _conditions(session: Session, decision_id: int) -> str:
    """Return the conditions of a decision, one on a line: what, who, until when, whether it is done by now."""
    found = deciding.conditions(session, decision_id)
    names = organisation.names(session, {each.owner_id for each in found if each.owner_id is not None}, language())
    lines = []
    for each in found:
        said = [each.text, names.get(each.owner_id, "") if each.owner_id is not None else ""]
        if each.due_on is not None:
            said.append(gettext("due %(day)s", day=day(each.due_on)))
        if each.done_at is not None:
            said.append(gettext("done on %(day)s", day=day(each.done_at)))
        else:
            late = each.due_on is not None and each.due_on < today()
            said.append(gettext("overdue") if late else gettext("not done yet"))
        lines.append(" · ".join(part for part in said if part))
    return "\n".join(lines)


def _moment(text: str) -> str:
    try:
        return day(date.fromisoformat(text)) if len(text) == len("2026-11-23") else moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def _deadline(text: str) -> str:
    """Return a day that lies ahead, and how many days are left; nothing of one that is over."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return text
    left = (on - today()).days
    return "" if left < 0 else f"{day(on)} · {ngettext('%(num)d day left', '%(num)d days left', left)}"
