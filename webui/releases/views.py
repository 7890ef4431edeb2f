"""Releases: how the company works, since when, and who made it so."""

from __future__ import annotations

import io
import zipfile

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.drafts import publishing
from engine.drafts import queries as drafts
from engine.errors import InvalidInput
from engine.releases import queries
from engine.releases.records import Release
from handlers.organisation.queries import names
from handlers.organisation.roles import EDITORS
from webui import pictures
from webui.i18n import language
from webui.releases import contents
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only

blueprint = Blueprint("releases", __name__, template_folder="templates", url_prefix="/releases")

Page = Response | str
PER_PAGE = 30


def may_edit() -> bool:
    """Whether the signed-in person may change processes."""
    return not current_actor().roles.isdisjoint(EDITORS)


@blueprint.get("/")
def index() -> Page:
    """Show how the company works now, and every release before."""
    below = request.args.get("below", type=int)
    with reading() as db:
        found = queries.listing(db, below=below, limit=PER_PAGE + 1)
        listed = found[:PER_PAGE]
        ids = [each.id for each in listed]
        made_of, running = drafts.of_releases(db, ids), queries.running(db, ids)
        people = names(
            db, [*(each.created_by for each in listed), *(d.author_id for d in made_of.values())], language()
        )
        current = listed[0] if listed and below is None else None
        processes = contents.described(queries.files(db, current.id))[contents.PROCESS] if current else []
    return render_template(
        "releases/index.html",
        releases=listed,
        current=current,
        processes=processes,
        made_of=made_of,
        running=running,
        people=people,
        may_edit=may_edit(),
        after=listed[-1].number if len(found) > PER_PAGE else None,
        below=below,
    )


@blueprint.get("/<int:release_id>")
def show(release_id: int) -> Page:
    """Show one release with its files."""
    with reading() as db:
        release = queries.get(db, release_id)
        current = queries.current(db)
        files = contents.described(queries.files(db, release_id))
        made_of = drafts.of_releases(db, [release_id]).get(release_id)
        running = queries.running(db, [release_id]).get(release_id, 0)
        people = names(db, [release.created_by, made_of.author_id if made_of else None], language())
        before = next(iter(queries.listing(db, below=release.number, limit=1)), None)
    return render_template(
        "releases/show.html",
        release=release,
        is_current=release.id == current.id,
        current=current,
        before=before,
        files=files,
        made_of=made_of,
        running=running,
        people=people,
        may_edit=may_edit(),
    )


@blueprint.get("/<int:release_id>/file/<path:path>")
def file(release_id: int, path: str) -> Page:
    """Show one file of a release."""
    with reading() as db:
        release, content = queries.get(db, release_id), queries.file(db, release_id, path)
    return render_template("releases/file.html", release=release, one=contents.shown(path, content))


@blueprint.get("/<int:release_id>/picture/<path:path>")
def picture(release_id: int, path: str) -> Response:
    """Draw a diagram of a release as SVG; ``download=1`` to keep it."""
    with reading() as db:
        content = queries.file(db, release_id, path)
    return pictures.picture(path, content, download=request.args.get("download") == "1")


@blueprint.get("/<int:release_id>/download/<path:path>")
def download(release_id: int, path: str) -> Response:
    """Give a file of a release exactly as it is kept."""
    with reading() as db:
        content = queries.file(db, release_id, path)
    return pictures.attachment(path, content, "application/octet-stream")


@blueprint.get("/<int:release_id>/release.zip")
def archive(release_id: int) -> Response:
    """Give the whole release as a ZIP file."""
    with reading() as db:
        release, files = queries.get(db, release_id), queries.files(db, release_id)
    return pictures.attachment(f"release-{release.number}.zip", zipped(release, dict(files)), "application/zip")


def zipped(release: Release, files: dict[str, bytes]) -> bytes:
    """Return files as a ZIP, dated as the release, so that the same release is the same ZIP."""
    out = io.BytesIO()
    at = release.created_at.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, at), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@blueprint.post("/<int:release_id>/restore")
@only(*EDITORS)
def restore(release_id: int) -> Page:
    """Open a draft that goes back to this release."""
    with transaction() as db:
        release = queries.get(db, release_id)
        title = gettext("Back to release %(number)d", number=release.number)
        made = publishing.restore(db, release, title=title, by=current_actor(), now=room().clock.now())
    flash(gettext("The draft goes back to that release. A second person reviews and publishes it."), "done")
    return redirect(url_for("drafts.show", draft_id=made.id))


def release_asked(text: str | None) -> int:
    """Return the id of a release that an address or a form names; raises ``InvalidInput``."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvalidInput(release=text)
    return int(text)
