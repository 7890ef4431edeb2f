"""The open actions of a person and of the units that the person watches, and ticking one off."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.errors import NotFound
from handlers.deciding import operations, queries
from handlers.deciding.records import ActionItem
from handlers.organisation import queries as organisation
from webui.cases.governance import Governance, today
from webui.cases.kinds import kind_of
from webui.i18n import language
from webui.runtime import current_actor, local_address, reading, room, transaction
from webui.words import word

blueprint = Blueprint("actions", __name__, template_folder="templates", url_prefix="/actions")

SIZE = 100
LONGEST_NOTE = 1000


@blueprint.get("/")
def index() -> str:
    """List the open actions that the signed-in person owns or watches over, the most urgent first."""
    actor = current_actor()
    with reading() as db:
        found = queries.open_actions(db, actor, limit=SIZE + 1)
        shown = list(found[:SIZE])
        names = organisation.names(db, {each.owner_id for each in shown}, language())
        labels = _labels(db, shown)
    return render_template(
        "actions/index.html",
        governance=Governance((), shown, (), today()),
        more=len(found) > SIZE,
        actor=actor,
        names=names,
        about=labels,
        word=word,
    )


def _labels(db: Session, actions: list[ActionItem]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return label and address of the records that the actions are about; one statement for each kind."""
    wanted: dict[str, set[int]] = {}
    for each in actions:
        wanted.setdefault(each.record_type, set()).add(each.record_id)
    found = {}
    for record_type, ids in wanted.items():
        kind = kind_of(record_type)
        if kind is not None:
            for record_id, label in kind.labels(db, ids).items():
                found[record_type, record_id] = (label, kind.address(record_id))
    return found


@blueprint.post("/<int:action_id>/done")
def finish(action_id: int) -> Response:
    """Tick off an action, with what came of it."""
    note = request.form.get("note", "")[:LONGEST_NOTE]
    with transaction() as db:
        action = db.get(ActionItem, action_id)
        kind = kind_of(action.record_type) if action is not None else None
        if action is None or kind is None:
            raise NotFound(action=action_id)
        actor = current_actor()
        if actor.user_id != action.owner_id:
            kind.visible(db, action.record_id, actor)
        operations.finish(db, action_id, note=note, by=actor, now=room().clock.now())
    flash(gettext("The action is ticked off."), "done")
    return redirect(local_address(request.form.get("next"), url_for(".index")))
