"""What people do with a draft on its pages: change files, comment, review, publish, give up."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.drafts import checking, operations, publishing, queries, reviewing, telling
from engine.drafts import content as contents_of_drafts
from engine.drafts.refusals import DraftFileChanged, DraftFileRefused, StoriesMissing, UnfitPath
from engine.errors import InvalidInput, ReleaseRefused
from handlers.known import known_to
from handlers.organisation import queries as people
from handlers.organisation.roles import EDITORS
from webui.drafts.one import file_page
from webui.drafts.pages import blueprint
from webui.i18n import say
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only

Page = Response | str | tuple[str, int]


@blueprint.post("/<int:draft_id>/upload")
@only(*EDITORS)
def upload(draft_id: int) -> Page:
    """Take files in, each under its own name, or the one file of a page (``path``) under that."""
    asked, kept = request.form.get("path", ""), []
    sent = [each for each in request.files.getlist("files") if each.filename]
    if not sent:
        flash(gettext("Choose a file first."), "problem")
    try:
        with transaction() as db:
            for each in sent:
                path = asked or _place_of(each.filename or "")
                state = queries.state(db, queries.get(db, draft_id), path)
                operations.save_file(
                    db, draft_id, path, each.read(), version=state.version, by=current_actor(), now=room().clock.now()
                )
                kept.append(path)
    except DraftFileRefused as refused:
        return _told(refused, _back(draft_id, asked))
    except UnfitPath as refused:
        name = str(refused.data.get("path", ""))
        flash(gettext("%(name)s has no place among the processes.", name=name), "problem")
        return redirect(_back(draft_id, asked))
    if kept:
        flash(gettext("Taken in: %(names)s", names=", ".join(kept)), "done")
    return redirect(_back(draft_id, asked))


def _place_of(filename: str) -> str:
    """Return the path for a file that somebody uploads: by its ending."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    folder = {"dmn": "decisions/", "json": "forms/", "yaml": "scenarios/"}.get(name.rpartition(".")[2], "")
    contents_of_drafts.kind_of(folder + name)
    return folder + name


@blueprint.post("/<int:draft_id>/file/<path:path>")
@only(*EDITORS)
def save_text(draft_id: int, path: str) -> Page:
    """Save a file that was edited as text; what is refused stays on the page, beside theirs if there is one."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        with transaction() as db:
            operations.save_file(
                db, draft_id, path, text.encode("utf-8", "replace"), version=_version(), by=current_actor(),
                now=room().clock.now(),
            )  # fmt: skip
    except DraftFileChanged:
        told = gettext("Somebody else saved this file first. Theirs is shown above; put your changes into it.")
        return file_page(draft_id, path, mine=text, problem=told), 409
    except DraftFileRefused as refused:
        return file_page(draft_id, path, mine=text, problem=say(refused.findings[0].reason)), 422
    flash(gettext("Saved."), "done")
    return redirect(url_for(".file", draft_id=draft_id, path=path))


@blueprint.post("/<int:draft_id>/take-back/<path:path>")
@only(*EDITORS)
def take_back(draft_id: int, path: str) -> Page:
    """Make a file what it is in the base release."""
    with transaction() as db:
        operations.take_back(db, draft_id, path, version=_version(), by=current_actor(), now=room().clock.now())
    flash(gettext("The file is again as in the release. Your version stays in the history."), "done")
    return redirect(url_for(".show", draft_id=draft_id))


@blueprint.post("/<int:draft_id>/delete/<path:path>")
@only(*EDITORS)
def delete(draft_id: int, path: str) -> Page:
    """Delete a file from the draft."""
    with transaction() as db:
        operations.delete_file(db, draft_id, path, version=_version(), by=current_actor(), now=room().clock.now())
    flash(gettext("The file is deleted from the draft. It can be taken back."), "done")
    return redirect(url_for(".show", draft_id=draft_id))


@blueprint.post("/<int:draft_id>/comments")
@only(*EDITORS)
def comment(draft_id: int) -> Page:
    """Leave a comment on the draft, on a file, or on an element of a file."""
    path, element = request.form.get("path", ""), request.form.get("element", "").strip()
    with transaction() as db:
        reviewing.comment(
            db, draft_id, request.form.get("text", ""), path=path, element=element, by=current_actor(),
            now=room().clock.now(),
        )  # fmt: skip
    return redirect(_back(draft_id, path))


@blueprint.post("/<int:draft_id>/comments/<int:comment_id>")
@only(*EDITORS)
def resolve(draft_id: int, comment_id: int) -> Page:
    """Mark a comment as dealt with, or open it again."""
    with transaction() as db:
        reviewing.resolve(
            db, draft_id, comment_id, is_resolved=request.form.get("resolved") == "yes", by=current_actor(),
            now=room().clock.now(),
        )  # fmt: skip
    return redirect(_back(draft_id, request.form.get("path", "")))


@blueprint.post("/<int:draft_id>/move")
@only(*EDITORS)
def move(draft_id: int) -> Page:
    """Ask for a review; go on editing; give the draft up."""
    does: dict[str, tuple[Callable[..., object], str]] = {
        "ask": (reviewing.ask, gettext("A second person can review the draft now.")),
        "reopen": (reviewing.reopen, gettext("The draft can be edited again.")),
        "withdraw": (reviewing.withdraw, gettext("The draft is withdrawn. It can be opened again at any time.")),
    }
    act = request.form.get("act", "")
    if act not in does:
        raise InvalidInput(act=act, known=list(does))
    doing, told = does[act]
    now = room().clock.now()
    with transaction() as db:
        more = {"reviewers": people.holders_of(db, EDITORS, now=now)} if act == "ask" else {}
        doing(db, draft_id, by=current_actor(), now=now, **more)
        if act == "ask":
            telling.ask(db, draft_id, by=current_actor(), now=now, jobs=room().jobs)
    flash(told, "done")
    return redirect(url_for(".show", draft_id=draft_id))


@blueprint.post("/<int:draft_id>/review")
@only(*EDITORS)
def review(draft_id: int) -> Page:
    """Approve the draft, or send it back."""
    verdict, note = request.form.get("verdict", ""), request.form.get("note", "")
    if verdict == "sent_back" and not note.strip():
        flash(gettext("Say what has to change before you send it back."), "problem")
        return redirect(url_for(".show", draft_id=draft_id))
    with transaction() as db:
        reviewing.decide(db, draft_id, verdict, note, by=current_actor(), now=room().clock.now())
    flash(gettext("Approved.") if verdict == "approved" else gettext("Sent back to its author."), "done")
    return redirect(url_for(".show", draft_id=draft_id))


@blueprint.post("/<int:draft_id>/publish")
@only(*EDITORS)
def publish(draft_id: int) -> Page:
    """Make the draft the current release."""
    with reading() as db:  # the checks take seconds: asked before, so that the publishing itself holds nobody up
        files, company = queries.files(db, queries.get(db, draft_id)), known_to(db, now=room().clock.now())
    checking.findings(files, company)
    try:
        with transaction() as db:
            release = publishing.publish(
                db, draft_id, by=current_actor(), now=room().clock.now(), note=request.form.get("note", ""),
                known=company,
            )  # fmt: skip
    except ReleaseRefused:
        flash(gettext("Not published: the problems on the list have to be mended first."), "problem")
        return redirect(url_for(".show", draft_id=draft_id))
    except StoriesMissing as refused:
        told = (
            gettext("Not published: a story leaves its path.")
            if refused.failing
            else gettext("Not published: its stories have to be played first.")
        )
        flash(told, "problem")
        return redirect(url_for(".show", draft_id=draft_id, _anchor="stories"))
    flash(
        gettext("Release %(number)d is current. New cases follow it; running ones stay.", number=release.number), "done"
    )
    return redirect(url_for("releases.show", release_id=release.id))


def _version() -> int:
    version = request.form.get("version", type=int)
    if version is None:
        raise InvalidInput(version="the version that was read is needed")
    return version


def _back(draft_id: int, path: str) -> str:
    if path:
        return url_for(".file", draft_id=draft_id, path=path)
    return url_for(".show", draft_id=draft_id)


def _told(refused: DraftFileRefused, back: str) -> Response:
    for each in refused.findings:
        flash(f"{each.file}: {say(each.reason)} {say(each.cure)}", "problem")
    return redirect(back)
