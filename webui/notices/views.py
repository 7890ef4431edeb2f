"""Notices: what happened that concerns a person, behind the bell."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.drafts.notices import DRAFT
from engine.inbox import operations, queries
from engine.inbox.records import Notice
from webui.inbox.views import task_address
from webui.layout import has_page
from webui.notices.sentences import sentence
from webui.runtime import current_actor, reading, room, transaction

blueprint = Blueprint("notices", __name__, template_folder="templates", url_prefix="/notices")


@blueprint.get("/")
def index() -> str:
    """List the latest notices, the newest first."""
    with reading() as db:
        found = queries.notices(db, current_actor(), limit=100)
    return render_template("notices/index.html", notices=found, sentence=sentence, address=address)


@blueprint.get("/bell")
def bell() -> str:
    """Return the bell of the header with the number of unread notices."""
    with reading() as db:
        unread = queries.unread_notices(db, current_actor())
    return render_template("notices/bell.html", unread=unread)


@blueprint.post("/read")
def read() -> Response:
    """Take all notices as read."""
    with transaction() as db:
        operations.read_notices(db, by=current_actor(), now=room().clock.now())
    return redirect(url_for(".index"))


def address(notice: Notice) -> str | None:
    """Return where a notice leads: to its task, its case, or its draft."""
    if notice.work_item_id is not None:
        return task_address(notice.work_item_id)
    if notice.instance_id is not None and has_page("cases.show"):
        return url_for("cases.show", instance_id=notice.instance_id)
    if DRAFT in notice.params and has_page("drafts.show"):
        return url_for("drafts.show", draft_id=int(notice.params[DRAFT]))
    return None
