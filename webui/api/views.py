"""The JSON interface: leads handed in, the inbox, tasks, milestones. Errors are typed, and say which field.

A program signs in with ``Authorization: Bearer <key>``; a page of ours with its session and the CSRF token.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session

from engine.errors import InvalidAnswers, InvalidInput
from engine.inbox import queries as inbox
from engine.inbox.answers import validate
from engine.inbox.attachments import tokens_in
from engine.inbox.records import WorkItem
from engine.instances import operations as instances
from engine.instances.records import ProcessInstance
from engine.instances.sending import send
from engine.interpreter import Program
from engine.releases import queries as releases
from handlers.contract import queries as contracts
from webui.api import tokens
from webui.attempts import attempt
from webui.forms.references import check_references
from webui.leads.importing import FORM, MESSAGE
from webui.runtime import current_actor, current_user, reading, room, runtime, signed_in, transaction
from webui.security import csrf, public

blueprint = Blueprint("api", __name__, template_folder="templates", url_prefix="/api")

MILESTONE_COMPLETED = "milestone.completed"

Answer = Response | tuple[Response, int]

csrf.exempt(blueprint)


@blueprint.before_request
def _authenticate() -> Answer | None:
    """Find out who asks: the views are *public* only so that this answers with JSON instead of the sign-in page."""
    key = tokens.in_header(request.headers.get("Authorization"))
    if key is not None:
        g.pop("signed_in", None)
        found = tokens.read(key, runtime().settings.secret_key)
        if found is not None:
            with reading() as db:
                person = runtime().directory.person(db, found[0])
            if person is not None and person.epoch == found[1]:
                g.signed_in = person
    elif signed_in() is not None:
        csrf.protect()
    if signed_in() is None:
        return jsonify(error="NotSignedIn", message="Authorization: Bearer <key> is missing or void."), 401
    return None


@blueprint.get("/key")
@public
def key() -> str:
    """Show the signed-in person the key with which programs act for them."""
    return render_template(
        "api/key.html", key=tokens.make(current_user(), runtime().settings.secret_key), root=request.url_root
    )


@blueprint.post("/leads")
@public
def take_lead() -> Answer:
    """Take a lead in: the answers of the form *Fill in and submit lead*, money in fen; ``201`` with its number."""
    answers = _body()
    actor = current_actor()
    with transaction() as db:
        schema = _program(db).form(FORM)
        validate(schema, answers)
        _refuse_files(schema, answers)
        check_references(db, schema, answers, actor)
        begun = instances.message(db, MESSAGE, None, answers, by=actor, room=room())
        case = db.get_one(ProcessInstance, begun.instance_id)
        made = jsonify(
            lead=case.record_id,
            number=begun.business_key,
            case=begun.instance_id,
            address=url_for("leads.show", lead_id=case.record_id),
        )
    return made, 201


@blueprint.get("/inbox")
@public
def show_inbox() -> Answer:
    """Return one page of a box (``box``, ``q``, ``sort``, ``page``) of the caller's inbox."""
    box, sort = request.args.get("box", "mine"), request.args.get("sort", "due")
    if box not in inbox.BOXES or sort not in inbox.SORTS:
        raise InvalidInput(box=box, sort=sort, boxes=inbox.BOXES, sorts=inbox.SORTS)
    page = request.args.get("page", 1, type=int)
    with reading() as db:
        found = inbox.listing(
            db, current_actor(), box, request.args.get("q", "")[:100], sort,
            min(max(page, 1), 1000), now=room().clock.now(),
        )  # fmt: skip
    return jsonify(items=[_work_item(item) for item in found.items], page=found.page, more=found.more)


@blueprint.get("/work-items/<int:work_item_id>")
@public
def show_work_item(work_item_id: int) -> Answer:
    """Return one task of the caller with its form and the revision of its case."""
    with reading() as db:
        item = inbox.get(db, work_item_id, current_actor())
        case = db.get_one(ProcessInstance, item.instance_id)
        schema = releases.program(db, case.release_id).form(item.form) if item.form else None
    return jsonify(**_work_item(item), revision=case.revision, schema=schema, draft=item.draft)


@blueprint.post("/work-items/<int:work_item_id>/complete")
@public
def complete(work_item_id: int) -> Answer:
    """Complete a task: ``{"answers": {…}, "revision": n}``, the revision being optional."""
    body = _body()
    answers, revision = body.get("answers", {}), body.get("revision")
    if body.keys() - {"answers", "revision"} or not isinstance(answers, dict):
        raise InvalidAnswers({"answers": ["type"]})
    if revision is not None and (not isinstance(revision, int) or isinstance(revision, bool)):
        raise InvalidAnswers({"revision": ["type"]})
    actor = current_actor()
    with attempt(work_item_id=work_item_id) as db:
        item = inbox.get(db, work_item_id, actor)
        if item.form and item.completed_at is None:
            case = db.get_one(ProcessInstance, item.instance_id)
            check_references(db, releases.program(db, case.release_id).form(item.form), answers, actor)
        done = instances.complete(db, work_item_id, answers, by=actor, room=room(), revision=revision)
    return jsonify(
        case=done.instance_id,
        number=done.business_key,
        label=done.label,
        ended=done.ended,
        opened=[{"id": each.id, "element": each.element, "mine": each.waits_for(actor)} for each in done.opened],
    )


@blueprint.post("/messages")
@public
def send_message() -> Answer:
    """Tell a case of the caller what happened outside: ``{"message": "bid.won", "business_key": "OP-202611-0001"}``."""
    body = _body()
    message, business_key = body.get("message"), body.get("business_key")
    if body.keys() - {"message", "business_key"} or not isinstance(message, str) or not isinstance(business_key, str):
        raise InvalidAnswers({"message": ["type"], "business_key": ["type"]})
    with attempt(message=message, business_key=business_key) as db:
        done = send(db, message, business_key, by=current_actor(), room=room())
    return jsonify(case=done.instance_id, number=done.business_key, label=done.label, ended=done.ended)


@blueprint.post("/milestones")
@public
def report_milestone() -> Answer:
    """Report from delivery's own system that a milestone is finished (`ltc.md` C2.1 M2).

    ``{"contract": "CT-202611-0001", "milestone_no": 2, "actual_on": "2026-11-20"}``; without a day: today. For the
    contract's FR and delivery project manager. Before the hand-over the report is kept until the milestone begins.
    """
    body = _body()
    contract, number, day = body.get("contract"), body.get("milestone_no"), body.get("actual_on")
    if not isinstance(contract, str):
        raise InvalidAnswers({"contract": ["type"]})
    if not isinstance(number, int) or isinstance(number, bool):
        raise InvalidAnswers({"milestone_no": ["type"]})
    if body.keys() - {"contract", "milestone_no", "actual_on"} or not _is_day_or_none(day):
        raise InvalidAnswers({"actual_on": ["format"]})
    data = {"milestone_no": number} | ({"actual_on": day} if day is not None else {})
    with attempt(message=MILESTONE_COMPLETED, business_key=contract) as db:
        contracts.reported_by(db, contract, current_actor())
        done = instances.message(db, MILESTONE_COMPLETED, contract, data, by=current_actor(), room=room())
    return jsonify(case=done.instance_id, number=done.business_key, label=done.label, ended=done.ended)


def _is_day_or_none(given: object) -> bool:
    try:
        return given is None or (isinstance(given, str) and date.fromisoformat(given).isoformat() == given)
    except ValueError:
        return False


def _body() -> dict[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise InvalidAnswers({"": ["type"]})
    return given


def _program(db: Session) -> Program:
    return releases.program(db, releases.current(db).id)


def _refuse_files(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Keep files out: a lead that is handed in has no task yet to which a file could belong."""
    named = tokens_in(schema, answers)
    if named:
        raise InvalidAnswers({path: ["file"] for path in named.values()})


def _work_item(item: WorkItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "case": item.instance_id,
        "number": item.business_key,
        "label": item.case_label,
        "process": item.process_id,
        "element": item.element,
        "title": {"en": item.title.en, "zh_CN": item.title.zh},
        "role": item.role,
        "assignee": item.assignee_id,
        "priority": item.priority,
        "created_at": _iso(item.created_at),
        "due_at": _iso(item.due_at),
        "completed_at": _iso(item.completed_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
