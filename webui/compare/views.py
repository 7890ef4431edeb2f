"""What differs between two releases, or between a draft and its base: marked in the picture, and in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from engine.comparing import ADDED, REMOVED, Changed, Sentence, compare, sentences
from engine.comparing.queries import open_items
from engine.drafts import queries as drafts
from engine.errors import NotFound
from engine.releases import queries as released
from engine.text import Text
from handlers.organisation.roles import EDITORS
from webui import pictures
from webui.i18n import language
from webui.releases import contents
from webui.releases.views import release_asked
from webui.runtime import reading
from webui.security import only

blueprint = Blueprint("compare", __name__, template_folder="templates", url_prefix="/compare")

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file that differs, ready for the page; the pictures are addresses, if there is something to mark."""

    path: str
    change: str
    title: Text
    told: list[Sentence]
    before: str
    after: str


@blueprint.get("/releases")
def releases() -> str:
    """Compare two releases."""
    old_id, new_id = release_asked(request.args.get("old")), release_asked(request.args.get("new"))
    with reading() as db:
        old, new = released.get(db, old_id), released.get(db, new_id)
        before, after = released.files(db, old_id), released.files(db, new_id)
        changes = compare(before, after)
        open_now = open_items(db, changes)
    address = partial(url_for, "compare.release_picture", old=old_id, new=new_id, lang=language())
    return _page(
        gettext("Release %(old)d and release %(new)d", old=old.number, new=new.number),
        (url_for("releases.show", release_id=new.id), gettext("Release %(number)d", number=new.number)),
        _shown(changes, before, after, open_now, address),
    )


@blueprint.get("/draft/<int:draft_id>")
@only(*EDITORS)
def draft(draft_id: int) -> str:
    """Compare a draft with its base release."""
    with reading() as db:
        one = drafts.get(db, draft_id)
        base = released.get(db, one.base_release_id)
        before, after = released.files(db, base.id), drafts.files(db, one)
        changes = compare(before, after)
        open_now = open_items(db, changes)
    address = partial(url_for, "compare.draft_picture", draft_id=draft_id, lang=language())
    return _page(
        gettext("What “%(title)s” changes in release %(number)d", title=one.title, number=base.number),
        (url_for("drafts.show", draft_id=draft_id), one.title),
        _shown(changes, before, after, open_now, address),
    )


@blueprint.get("/releases/picture/<path:path>")
def release_picture(path: str) -> Response:
    """Draw a diagram of two releases with what changed marked: as it was (``side=before``), or as it is."""
    with reading() as db:
        sides = [_one(released.files(db, release_asked(request.args.get(name))), path) for name in ("old", "new")]
    return _picture(path, sides[0], sides[1])


@blueprint.get("/draft/<int:draft_id>/picture/<path:path>")
@only(*EDITORS)
def draft_picture(draft_id: int, path: str) -> Response:
    """Draw a diagram of a draft and its base with what changed marked."""
    with reading() as db:
        one = drafts.get(db, draft_id)
        before, after = _one(released.files(db, one.base_release_id), path), _one(drafts.files(db, one), path)
    return _picture(path, before, after)


def _one(files: Files, path: str) -> Files:
    return {path: files[path]} if path in files else {}


def _picture(path: str, before: Files, after: Files) -> Response:
    is_after = request.args.get("side") != "before"
    there = after if is_after else before
    if path not in there:
        raise NotFound(picture=path)
    marks: dict[str, str] = {}
    for changed in compare(before, after):
        marks |= changed.marks(after=is_after)
    return pictures.picture(path, there[path], marks)


def _page(title: str, back: tuple[str, str], files: list[ShownFile]) -> str:
    return render_template("compare/show.html", title=title, back=back, files=files)


def _shown(
    changes: list[Changed],
    before: Files,
    after: Files,
    open_now: Mapping[tuple[str, str], int],
    address: Callable[..., str],
) -> list[ShownFile]:
    shown = []
    for each in changes:
        title = contents.title_in(after if each.path in after else before, each.path)
        is_drawn = each.path.endswith(".bpmn")
        was = is_drawn and each.change != ADDED and bool(each.marks(after=False))
        now = is_drawn and each.change != REMOVED
        shown.append(
            ShownFile(
                each.path,
                each.change,
                title,
                sentences(each, open_now),
                address(path=each.path, side="before") if was else "",
                address(path=each.path, side="after") if now else "",
            )
        )
    return shown
