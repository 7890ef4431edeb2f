"""All drafts, and opening one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.drafts import operations, queries, telling
from engine.drafts.records import PUBLISHED, WITHDRAWN
from engine.releases import queries as releases
from handlers.organisation.queries import names
from handlers.organisation.roles import EDITORS
from webui.drafts.pages import blueprint
from webui.i18n import language
from webui.releases.views import release_asked
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only

Page = Response | str | tuple[str, int]


@blueprint.get("/")
@only(*EDITORS)
def index() -> Page:
    """List the drafts that are worked on, then those that are over."""
    with reading() as db:
        going_on, over = queries.listing(db), queries.listing(db, (PUBLISHED, WITHDRAWN), limit=20)
        people = names(db, [each.draft.author_id for each in (*going_on, *over)], language())
    return render_template("drafts/index.html", going_on=going_on, over=over, people=people)


@blueprint.get("/new")
@only(*EDITORS)
def new() -> Page:
    """Ask what a new draft is for."""
    return _new_page({"base": request.args.get("base", "")}, {}), 200


@blueprint.post("/new")
@only(*EDITORS)
def create() -> Page:
    """Open a draft of the chosen release."""
    given = {name: request.form.get(name, "").strip() for name in ("title", "note", "base")}
    if not given["title"] or len(given["title"]) > operations.LONGEST_TITLE:
        problem = gettext("Say in a few words what it is for, at most %(num)d characters.", num=120)
        return _new_page(given, {"title": [problem]}), 422
    with transaction() as db:
        base = releases.get(db, release_asked(given["base"])) if given["base"] else releases.current(db)
        draft = operations.open_draft(
            db, title=given["title"], note=given["note"], base=base, by=current_actor(), now=room().clock.now()
        )
        telling.play_ahead(db, base.id, jobs=room().jobs)
    flash(gettext("The draft is open. Running cases notice nothing until it is published."), "done")
    return redirect(url_for(".show", draft_id=draft.id))


def _new_page(given: dict[str, str], errors: dict[str, list[str]]) -> str:
    with reading() as db:
        offered = releases.listing(db)
    return render_template("drafts/new.html", given=given, errors=errors, releases=offered)
