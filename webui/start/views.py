"""Starting something: the processes a person may start, each with its first form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.directory import EVERYONE, Actor
from engine.errors import InvalidAnswers, NotAllowed, NotFound, ProcessNotFound, RuleRefused
from engine.forms import Schema
from engine.instances import operations as instances
from engine.interpreter import Element, ProcessInfo, Program
from engine.releases import queries as releases
from engine.text import Text
from handlers.organisation.queries import opportunity_flow
from webui.forms import pages
from webui.forms.references import check_references
from webui.forms.sentences import sentences
from webui.i18n import say
from webui.runtime import current_actor, current_user, reading, room, transaction
from webui.start.first import first_task
from webui.tasks.views import Errors, next_of_mine

blueprint = Blueprint("start", __name__, template_folder="templates", url_prefix="/start")

Page = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Startable:
    """A process that the signed-in person may start."""

    info: ProcessInfo
    help: Text

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.info.name or self.info.id, self.info.label_zh)


@blueprint.get("/")
def index() -> Page:
    """List what the signed-in person may start."""
    with reading() as db:
        try:
            program = releases.program(db, releases.current(db).id)
        except NotFound:
            return render_template("start/index.html", processes=[])
        flow = opportunity_flow(db, current_user().unit_id)
    return render_template("start/index.html", processes=startable(program, current_actor(), flow))


def startable(program: Program, actor: Actor, flow: str) -> list[Startable]:
    """Return the processes that ``actor`` may start; of the two opportunity flows only ``flow``, that of the unit."""
    found = []
    for process_id, role in program.starts.items():
        if (role == EVERYONE or role in actor.roles) and fits_the_unit(program, process_id, flow):
            element = program.element(process_id, process_id)
            help_text = Text(element.documentation, element.properties.get("documentation.zh_CN", ""))
            found.append(Startable(program.process(process_id), help_text))
    return found


def fits_the_unit(program: Program, process_id: str, flow: str) -> bool:
    """Whether units with the opportunity flow ``flow`` use this process (property ``unit_flow``; `ltc.md` 5)."""
    return program.process(process_id).properties.get("unit_flow", flow) == flow


@blueprint.get("/<process_id>")
def show(process_id: str) -> Page:
    """Show the first form of a process; nothing is kept before it is submitted."""
    with reading() as db:
        program, element = _first(db, process_id)
        return _page(db, program, process_id, element, {})


@blueprint.post("/<process_id>")
def submit(process_id: str) -> Page:
    """Start a case and complete its first task, in one transaction."""
    with reading() as db:
        program, element = _first(db, process_id)
    schema, ui = _form(program, element)
    given = pages.posted(schema, ui)
    if request.form.get("row") or request.form.get("refresh"):
        with reading() as db:
            values = pages.with_row_changes(given.answers)
            return _page(db, program, process_id, element, values, sentences(given.errors))
    user, actor = current_user(), current_actor()
    try:
        given.refuse_bad_files()
        with transaction() as db:
            check_references(db, schema, given.answers, actor)
            started = instances.start(
                db, process_id, by=actor, room=room(), answers=given.answers if element else None, unit_id=user.unit_id
            )
    except InvalidAnswers as refused:
        with reading() as db:
            page = _page(db, program, process_id, element, given.answers, sentences(refused.errors))
            return page, refused.http_status
    except RuleRefused as refused:
        with reading() as db:
            return _page(db, program, process_id, element, given.answers, rule=refused), refused.http_status
    following = started.next_for(actor) or next_of_mine(started.instance_id)
    if following is not None:
        flash(gettext("Begun. This is the next step of the case."), "done")
        return redirect(url_for("tasks.show", work_item_id=following))
    flash(gettext("Begun: %(case)s", case=started.label), "done")
    return redirect(url_for("cases.show", instance_id=started.instance_id))


def _first(db: Session, process_id: str) -> tuple[Program, Element | None]:
    program = releases.program(db, releases.current(db).id)
    if process_id not in program.starts:
        raise ProcessNotFound(process_id=process_id)
    role = program.starts[process_id]
    if role != EVERYONE and role not in current_actor().roles:
        raise NotAllowed(process=process_id)
    if not fits_the_unit(program, process_id, opportunity_flow(db, current_user().unit_id)):
        raise NotAllowed(process=process_id)
    return program, first_task(program, process_id)


def _form(program: Program, element: Element | None) -> tuple[Schema, Schema]:
    form = element.properties.get("formJsonSchemaFilename") if element is not None else None
    if element is None or form is None:
        return {}, {}
    return pages.schemas(program, form, element.properties.get("formUiSchemaFilename"))


def _page(
    db: Session,
    program: Program,
    process_id: str,
    element: Element | None,
    values: Mapping[str, Any],
    errors: Errors | None = None,
    rule: RuleRefused | None = None,
) -> str:
    info = program.process(process_id)
    schema, ui = _form(program, element)
    form = pages.page(db, schema, ui, values, current_actor(), errors) if schema else None
    if form is not None:
        form.refuse(rule)
    title = Text(element.name, element.label_zh) if element is not None else Text(info.name, info.label_zh)
    guide = (
        Text(element.documentation, element.properties.get("documentation.zh_CN", ""))
        if element is not None
        else Text("", "")
    )
    return render_template(
        "start/show.html",
        process_id=process_id,
        process_name=say(Text(info.name or info.id, info.label_zh)),
        title=title,
        guide=guide,
        form=form,
        rule=rule,
    )
