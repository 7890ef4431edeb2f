"""The page on which a person does a task: its form, the case on its diagram, what happened before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.errors import InvalidAnswers, WorkItemAlreadyDone
from engine.inbox import operations as inbox
from engine.inbox import queries
from engine.inbox.records import WorkItem
from engine.instances import operations as instances
from engine.instances.records import ProcessInstance
from engine.interpreter import Program, resume
from engine.releases import queries as releases
from engine.text import Text
from webui.forms import pages
from webui.forms.schemas import Choice
from webui.forms.sentences import sentences
from webui.i18n import FEN_PER_WAN
from webui.runtime import current_actor, reading, room, transaction
from webui.security import shows_diagram

blueprint = Blueprint("tasks", __name__, template_folder="templates", url_prefix="/tasks")

YES_NO = (Choice(True, Text("Yes", "是")), Choice(False, Text("No", "否")))


@blueprint.app_template_filter("in_wan")
def in_wan(value: Any) -> str:
    """Return an amount in fen as it is typed, in 万元; what was typed and is no amount stays as it was."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value / FEN_PER_WAN:.6f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


@blueprint.app_context_processor
def _answers() -> dict[str, object]:
    return {"yes_no": YES_NO}


@blueprint.get("/<int:work_item_id>")
@shows_diagram
def show(work_item_id: int) -> str:
    """Show a task that waits for the signed-in person, or that they did."""
    with reading() as db:
        item = queries.get(db, work_item_id, current_actor())
        return _page(db, item, item.draft)


@blueprint.post("/<int:work_item_id>")
@shows_diagram
def submit(work_item_id: int) -> Response | str | tuple[str, int]:
    """Complete the task, keep a draft of it, or change the rows of a table."""
    with reading() as db:
        item = queries.get(db, work_item_id, current_actor())
        program = releases.program(db, db.get_one(ProcessInstance, item.instance_id).release_id)
    if item.completed_at is not None:
        raise WorkItemAlreadyDone(work_item=work_item_id)
    answers: dict[str, Any] = {}
    if item.form:
        answers = pages.posted(*pages.schemas(program, item.form, item.ui_form))
    if request.form.get("row"):
        with reading() as db:
            return _page(db, item, pages.with_row_changes(answers))
    if request.form.get("draft"):
        with transaction() as db:
            inbox.save_draft(db, work_item_id, answers, by=current_actor())
        flash(gettext("Your draft is kept."), "done")
        return redirect(url_for(".show", work_item_id=work_item_id))
    try:
        with transaction() as db:
            done = instances.complete(db, work_item_id, answers, by=current_actor(), room=room())
    except InvalidAnswers as refused:
        with reading() as db:
            return _page(db, item, answers, sentences(refused.errors)), 422
    flash(gettext("Done: %(task)s.", task=Text(item.title_en, item.title_zh).in_language(_language())), "done")
    return redirect(after(done.instance_id))


def after(instance_id: int) -> str:
    """Return where to go on: the next own task of the same case, or the inbox."""
    with reading() as db:
        me = current_actor().user_id
        for item in queries.of_instance(db, instance_id):
            if item.completed_at is None and item.assignee_id == me:
                return url_for("tasks.show", work_item_id=item.id)
    return url_for("inbox.index")


def _language() -> str:
    from webui.i18n import language

    return language()


def _page(
    db: Session, item: WorkItem, values: Mapping[str, Any] | None, errors: Mapping[str, list[str]] | None = None
) -> str:
    instance = db.get_one(ProcessInstance, item.instance_id)
    program = releases.program(db, instance.release_id)
    element = program.element(item.process_id, item.element)
    form = None
    if item.form:
        schema, ui = pages.schemas(program, item.form, item.ui_form)
        known = values if values is not None else _known(program, instance, set(schema.get("properties", {})))
        form = pages.page(db, schema, ui, known, errors)
    return render_template(
        "tasks/show.html",
        item=item,
        title=Text(item.title_en, item.title_zh),
        guide=Text(element.documentation, element.properties.get("documentation.zh_CN", "")),
        form=form,
        mine=item.completed_at is None and item.assignee_id == current_actor().user_id,
        open=item.completed_at is None,
        instance=instance,
        steps=queries.of_instance(db, item.instance_id),
    )


def _known(program: Program, instance: ProcessInstance, names: set[str]) -> dict[str, Any]:
    """Return what the case knows already: it need not be typed again; a proposal stands in the field it is meant for."""
    data = resume(program, instance.state, lambda *_: None, room().clock).data
    proposed = {name.removeprefix("proposed_"): value for name, value in data.items() if name.startswith("proposed_")}
    return {name: value for name, value in {**data, **proposed}.items() if name in names and value is not None}
