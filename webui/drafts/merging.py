"""Bringing a draft up to date on a page: what joins by itself is told, what does not is shown side by side."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.drafts import content as contents_of_drafts
from engine.drafts import joining, queries
from engine.drafts.refusals import ChoicesMissing
from engine.errors import InvalidInput
from engine.merging import BOTH, Conflict, Joined
from engine.releases import queries as releases
from handlers.organisation.roles import EDITORS
from webui.compare.words import facet_name
from webui.drafts.door import body, bytes_of, version_of
from webui.drafts.pages import blueprint
from webui.i18n import say
from webui.releases import contents
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only

Page = Response | str | tuple[str, int]
CHOICE = "choice:"


@blueprint.get("/<int:draft_id>/merge")
@only(*EDITORS)
def merge(draft_id: int) -> Page:
    """Show what joining the draft with the current release would do."""
    with reading() as db:
        draft = queries.get(db, draft_id)
        if draft.base_release_id == releases.current(db).id:
            return redirect(url_for(".show", draft_id=draft_id))
        joined = joining.preview(db, draft)
    return _page(draft_id, joined, {})


@blueprint.post("/<int:draft_id>/merge")
@only(*EDITORS)
def bring_up_to_date(draft_id: int) -> Page:
    """Join, with what was chosen; ask again while something is left to choose."""
    choices = {
        name.removeprefix(CHOICE): value
        for name, value in request.form.items()
        if name.startswith(CHOICE) and value in BOTH
    }
    try:
        with transaction() as db:
            joining.bring_up_to_date(db, draft_id, choices, by=current_actor(), now=room().clock.now())
    except ChoicesMissing as missing:
        with reading() as db:
            everything = joining.preview(db, queries.get(db, draft_id))
        left = len(missing.joined.conflicts)
        flash(gettext("Nothing was changed yet: choose in %(num)d more places.", num=left), "problem")
        return _page(draft_id, everything, choices), 409
    flash(gettext("The draft is up to date. Look at its problems before you ask for a review."), "done")
    return redirect(url_for(".show", draft_id=draft_id))


def _page(draft_id: int, joined: Joined, choices: dict[str, str]) -> str:
    with reading() as db:
        draft = queries.get(db, draft_id)
        base, current = releases.get(db, draft.base_release_id), releases.current(db)
        files = {**releases.files(db, current.id), **queries.files(db, draft)}
    by_file: dict[str, list[Conflict]] = {}
    for each in joined.conflicts:
        by_file.setdefault(each.file, []).append(each)
    return render_template(
        "drafts/merge.html",
        draft=draft,
        base=base,
        current=current,
        joined=joined,
        by_file=by_file,
        title_of=lambda path: say(contents.title_in(files, path)),
        facet_name=facet_name,
        choices=choices,
    )


@blueprint.post("/<int:draft_id>/join/<path:path>")
@only(*EDITORS)
def join_file(draft_id: int, path: str) -> Response:
    """Join ``{"content", "version", "choices"}`` with what the draft holds by now; nothing is saved.

    Answers ``{"content", "version", "conflicts"}``: save the content at this version once no conflict is left.
    """
    given = body()
    content, choices = given.get("content"), given.get("choices", {})
    if not isinstance(content, str) or not isinstance(choices, dict):
        raise InvalidInput(content="text is needed")
    mine = bytes_of(content)
    contents_of_drafts.check(path, mine)
    with reading() as db:
        joined, version, conflicts = joining.join_saved(
            db, queries.get(db, draft_id), path, mine, version=version_of(given), choices=choices
        )
    return jsonify(
        content=None if joined is None else joined.decode(),
        version=version,
        conflicts=[
            {
                "key": each.key,
                "element": each.element,
                "name": each.name,
                "facet": each.facet,
                "facet_name": facet_name(each.facet),
                "base": each.base,
                "mine": each.mine,
                "theirs": each.theirs,
            }
            for each in conflicts
        ],
    )
