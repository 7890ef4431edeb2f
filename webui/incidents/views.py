"""Background work that failed for good, for administrators: look at it, try again, or give it up."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.errors import InstanceNotFound
from engine.instances import queries as cases
from engine.jobs import incidents
from engine.text import Text
from handlers.organisation import queries as organisation
from handlers.organisation.roles import ADMIN
from webui.i18n import language
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only

blueprint = Blueprint("incidents", __name__, template_folder="templates", url_prefix="/incidents")

KINDS = {
    "service": Text("Call to another system", "调用外部系统"),
    "message": Text("Message between cases", "流程间消息"),
    "timer": Text("Timer", "定时器"),
    "reminder": Text("Reminder", "到期提醒"),
    "stories": Text("Stories of a draft", "草稿的案例演练"),
}
LONGEST_NOTE = 500


@blueprint.get("/")
@only(ADMIN)
def index() -> str:
    """List what waits for an administrator, the oldest first."""
    with reading() as db:
        found = incidents.open_incidents(db)
        labels = {}
        for instance_id in {each.instance_id for each in found if each.instance_id is not None}:
            try:
                labels[instance_id] = cases.get(db, instance_id).label
            except InstanceNotFound:
                continue
    return render_template("incidents/index.html", incidents=found, labels=labels, kinds=KINDS)


@blueprint.get("/<int:incident_id>")
@only(ADMIN)
def show(incident_id: int) -> str:
    """Show one incident with everything that helps to find its cause."""
    with reading() as db:
        incident = incidents.get(db, incident_id)
        case = cases.get(db, incident.instance_id) if incident.instance_id is not None else None
        people = organisation.names(db, [incident.resolved_by], language())
    return render_template("incidents/show.html", incident=incident, case=case, kinds=KINDS, people=people)


@blueprint.post("/<int:incident_id>/retry")
@only(ADMIN)
def retry(incident_id: int) -> Response:
    """Try the work again."""
    with transaction() as db:
        incidents.retry(db, incident_id, by=current_actor(), room=room())
    flash(gettext("It is being tried again. Should it fail again, it comes back here."), "done")
    return redirect(url_for(".index"))


@blueprint.post("/<int:incident_id>/dismiss")
@only(ADMIN)
def dismiss(incident_id: int) -> Response:
    """Give the work up, with a reason."""
    note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    if not note:
        flash(gettext("Say why it is given up."), "problem")
        return redirect(url_for(".show", incident_id=incident_id))
    with transaction() as db:
        incidents.dismiss(db, incident_id, by=current_actor(), note=note, room=room())
    flash(gettext("The work was given up."), "done")
    return redirect(url_for(".index"))
