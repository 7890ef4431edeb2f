"""Replacing a member of a case's team, in the other running cases of the same deal as well."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.errors import InvalidInput
from engine.instances import team
from handlers.organisation import queries as organisation
from handlers.organisation.roles import name_of
from webui.cases.access import visible_case
from webui.cases.pages import blueprint
from webui.i18n import language, listed
from webui.people.colleagues import colleagues
from webui.runtime import current_actor, reading, room, transaction


@blueprint.get("/<int:instance_id>/team")
def choose_member(instance_id: int) -> str:
    """Ask who leaves the team of a case, who comes, why, and whether in the other cases of the deal as well."""
    with reading() as db:
        instance = visible_case(db, instance_id, current_actor())
        beside = team.beside(db, instance_id, by=current_actor(), room=room())
        return render_template(
            "cases/team.html",
            instance=instance,
            beside=beside,
            role_name=name_of,
            people=organisation.names(db, instance.team.values(), language()),
            found=colleagues(db, request.args.get("who", "")),
        )


@blueprint.post("/<int:instance_id>/team")
def replace_member(instance_id: int) -> Response:
    """Let somebody else stand in a role of the case from now on."""
    role, to, reason = request.form.get("role", ""), request.form.get("to", type=int), request.form.get("reason", "")
    if to is None:
        raise InvalidInput(field="to")
    with transaction() as db:
        visible_case(db, instance_id, current_actor())
        everywhere = "everywhere" in request.form
        changed = team.replace(
            db, instance_id, role, to, by=current_actor(), reason=reason, room=room(), everywhere=everywhere
        )
    flash(gettext("The team is changed: %(cases)s.", cases=listed(changed)), "done")
    return redirect(url_for(".show", instance_id=instance_id))
