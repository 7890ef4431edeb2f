"""The page on which a person does a task: its form, the case on its diagram, what happened before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.errors import (
    InvalidAnswers,
    InvalidInput,
    RuleRefused,
    StalePage,
    WorkItemAlreadyDone,
    WorkItemNotFound,
)
from engine.forms import Schema
from engine.inbox import operations as inbox
from engine.inbox import queries
from engine.inbox.records import Submission, WorkItem
from engine.instances import operations as instances
from engine.instances import queries as cases
from engine.instances.records import ProcessInstance
from engine.interpreter import Program
from engine.releases import queries as releases
from engine.text import Text
from handlers.organisation import queries as organisation
from handlers.organisation.roles import name_of
from webui.attempts import attempt, noting
from webui.cases.timeline import tell
from webui.diagrams.way import drawings
from webui.forms import known, pages
from webui.forms.references import check_references
from webui.forms.sentences import sentences
from webui.forms.shown import names, shown
from webui.i18n import language, say
from webui.people.colleagues import colleagues
from webui.runtime import current_actor, reading, room, transaction
from webui.security import shows_diagram

blueprint = Blueprint("tasks", __name__, template_folder="templates", url_prefix="/tasks")

RECORD_PAGES = {
    "lead": ("leads.show", "lead_id"),
    "opportunity": ("opportunities.show", "opportunity_id"),
    "contract": ("contracts.show", "contract_id"),
}
"""The page of each kind of record, and what its address calls the record."""

Errors = Mapping[str, Sequence[str]]
Page = Response | str | tuple[str, int]


@dataclass(slots=True)
class Task:
    """A work item with what its page needs to know of the case."""

    item: WorkItem
    instance: ProcessInstance
    program: Program
    schema: Schema = field(default_factory=dict)
    ui: Schema = field(default_factory=dict)

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return self.item.title


def load(db: Session, work_item_id: int) -> Task:
    """Return a task of the signed-in person; raises ``WorkItemNotFound`` and ``WorkItemOfOthers``."""
    item = db.get(WorkItem, work_item_id, populate_existing=True)
    if item is None:
        raise WorkItemNotFound(work_item=work_item_id)
    if not queries.may_see(item, current_actor()):
        raise cases.not_theirs(db, work_item_id, item.instance_id, current_actor())
    instance = db.get_one(ProcessInstance, item.instance_id)
    program = releases.program(db, instance.release_id)
    task = Task(item, instance, program)
    if item.form:
        task.schema, task.ui = pages.schemas(program, item.form, item.ui_form)
    return task


@blueprint.get("/<int:work_item_id>")
@shows_diagram
def show(work_item_id: int) -> str:
    """Show a task that waits for the signed-in person, or that they did."""
    with reading() as db:
        task = load(db, work_item_id)
        return _page(db, task, task.item.draft)


@blueprint.post("/<int:work_item_id>")
@shows_diagram
def submit(work_item_id: int) -> Page:
    """Complete the task, keep a draft of it, or show the form again as the answers so far make it."""
    with noting(work_item_id=work_item_id), reading() as db:
        task = load(db, work_item_id)
    if task.item.completed_at is not None:
        raise WorkItemAlreadyDone(work_item=work_item_id)
    given = pages.posted(task.schema, task.ui)
    if request.form.get("row") or request.form.get("refresh"):
        with reading() as db:
            return _page(db, task, pages.with_row_changes(given.answers), sentences(given.errors))
    if request.form.get("draft"):
        return _keep_draft(task, given)
    return _complete(task, given)


@blueprint.get("/<int:work_item_id>/hand-on")
def choose_receiver(work_item_id: int) -> str:
    """Ask to whom a task is handed on, and why: whoever may do it may, and who oversees its unit."""
    with reading() as db:
        item = db.get(WorkItem, work_item_id)
        if item is None:
            raise WorkItemNotFound(work_item=work_item_id)
        unit_id = db.get_one(ProcessInstance, item.instance_id).unit_id
        if not inbox.may_transfer(db, item, unit_id, by=current_actor(), room=room()):
            raise cases.not_theirs(db, work_item_id, item.instance_id, current_actor())
        if item.completed_at is not None:
            raise WorkItemAlreadyDone(work_item=work_item_id)
        found = colleagues(db, request.args.get("who", ""), role=item.role, without={item.assignee_id})
        return render_template("tasks/hand_on.html", item=item, found=found)


@blueprint.post("/<int:work_item_id>/hand-on")
def hand_on(work_item_id: int) -> Response:
    """Hand a task on to a colleague, who is told by whom and why."""
    to, reason = request.form.get("to", type=int), request.form.get("reason", "")
    if to is None:
        raise InvalidInput(field="to")
    with transaction() as db:
        inbox.transfer(db, work_item_id, to, by=current_actor(), reason=reason, room=room())
    flash(gettext("The task is handed on."), "done")
    return redirect(url_for("inbox.index"))


def _keep_draft(task: Task, given: pages.Posted) -> Page:
    with transaction() as db:
        inbox.save_draft(db, task.item.id, given.answers, by=current_actor())
    if given.errors:
        with reading() as db:
            return _page(db, task, given.answers, sentences(given.errors)), 422
    flash(gettext("Your draft is kept. Nobody else sees it as done."), "done")
    return redirect(url_for(".show", work_item_id=task.item.id))


def _complete(task: Task, given: pages.Posted) -> Page:
    actor = current_actor()
    try:
        with attempt(work_item_id=task.item.id) as db:
            given.refuse_bad_files()
            check_references(db, task.schema, given.answers, actor, proposed=_proposed(db, task))
            revision = _revision_seen(db, task)
            done = instances.complete(db, task.item.id, given.answers, by=actor, room=room(), revision=revision)
    except InvalidAnswers as refused:
        with reading() as db:
            return _page(db, task, given.answers, sentences(refused.errors)), refused.http_status
    except RuleRefused as refused:
        with reading() as db:
            return _page(db, load(db, task.item.id), given.answers, rule=refused), refused.http_status
    except StalePage as refused:
        with reading() as db:
            return _page(db, load(db, task.item.id), given.answers, stale=True), refused.http_status
    following = done.next_for(actor) or next_of_mine(done.instance_id)
    if following is not None:
        flash(gettext("Done: %(task)s. This is the next step of the case.", task=say(task.title)), "done")
        return redirect(url_for(".show", work_item_id=following))
    flash(gettext("Done: %(task)s · %(case)s", task=say(task.title), case=done.label), "done")
    return redirect(url_for("inbox.index"))


def _revision_seen(db: Session, task: Task) -> int | None:
    """Return the revision of the case that the page showed.

    When colleagues moved the case on in another branch, and the page would look the same again, that is the present
    one: nobody has to submit twice because of it.
    """
    seen, now = request.form.get("revision", type=int), task.instance.revision
    if seen is None or seen == now or not task.item.form:
        return seen
    return now if request.form.get("seen") == _fingerprint(db, task) else seen


def _fingerprint(db: Session, task: Task) -> str:
    data = known.data_of(task.program, task.instance, task.item)
    return known.fingerprint(task.schema, task.ui, data, known.earlier_answers(db, task.program, task.instance.id))


def next_of_mine(instance_id: int) -> int | None:
    """Return the signed-in person's own next task of a case, or ``None``."""
    me = current_actor().user_id
    with reading() as db:
        waiting = (item for item in queries.of_instance(db, instance_id) if item.completed_at is None)
        return next((item.id for item in waiting if item.assignee_id == me), None)


def _proposed(db: Session, task: Task) -> list[int]:
    """Return the people and leads that the case itself put into the form."""
    if not task.item.form:
        return []
    return [each for each in _begun(db, task).values() if isinstance(each, int) and not isinstance(each, bool)]


def _begun(db: Session, task: Task) -> dict[str, Any]:
    data = known.data_of(task.program, task.instance, task.item)
    return known.begun(task.schema, task.ui, data, known.earlier_answers(db, task.program, task.instance.id))


def _page(
    db: Session,
    task: Task,
    values: Mapping[str, Any] | None,
    errors: Errors | None = None,
    *,
    stale: bool = False,
    rule: RuleRefused | None = None,
) -> str:
    item, instance, program = task.item, task.instance, task.program
    element = program.element(item.process_id, item.element)
    is_open = item.completed_at is None
    events = cases.story(db, instance.id)
    form, answers, seen = None, None, ""
    if item.form and is_open:
        data, earlier = known.data_of(program, instance, item), known.earlier_answers(db, program, instance.id)
        seen = known.fingerprint(task.schema, task.ui, data, earlier)
        if values is None:
            values = known.begun(task.schema, task.ui, data, earlier)
        facts = known.facts(db, task.ui, data)
        of_lead = item.record_id if item.record_type == "lead" else None
        form = pages.page(db, task.schema, task.ui, values, current_actor(), errors, facts, of_lead=of_lead)
        form.refuse(rule)
    story = tell(db, program, instance, events)
    if item.form and not is_open:
        answers = _answered(db, task, story.files)
    people = organisation.names(db, {item.assignee_id, item.completed_by}, language())
    return render_template(
        "tasks/show.html",
        item=item,
        title=task.title,
        guide=Text(element.documentation, element.properties.get("documentation.zh_CN", "")),
        form=form,
        answers_given=answers,
        open=is_open,
        mine=is_open and item.assignee_id == current_actor().user_id,
        instance=instance,
        seen=seen,
        stale=stale,
        rule=rule,
        address_of_record=_address_of_record,
        kept_draft=is_open and item.draft is not None and errors is None and rule is None,
        people=people,
        role_name=name_of,
        story=story,
        known=story.known(),
        drawings=drawings(program, instance.process_id, events, running=is_open),
    )


def _address_of_record(item: WorkItem) -> str:
    """Return where what the task is about stands: the page of its lead, opportunity or contract, else the case."""
    page = RECORD_PAGES.get(item.record_type or "")
    if page is None or item.record_id is None:
        return url_for("cases.show", instance_id=item.instance_id)
    endpoint, name = page
    number: dict[str, Any] = {name: item.record_id}
    return url_for(endpoint, **number)


def _answered(db: Session, task: Task, files: Sequence[Any]) -> list[Any]:
    """Return what was answered to a task that is done."""
    submission = db.query(Submission).filter_by(work_item_id=task.item.id).one_or_none()
    if submission is None:
        return []
    looked_up = names(db, [(task.schema, task.ui, submission.answers)], files)
    return list(shown(task.schema, task.ui, submission.answers, looked_up))
