"""Files: taken in one by one as they are chosen, handed out to whoever may see their case."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InstanceNotFound, InvalidInput, NotFound
from engine.inbox import attachments
from engine.inbox.records import Attachment
from webui.cases.access import visible_case
from webui.files.keeping import keep
from webui.files.sniffing import ENDINGS, FileRefused
from webui.runtime import current_actor, reading, room, transaction, wants_fragment

blueprint = Blueprint("files", __name__, template_folder="templates", url_prefix="/files")


@blueprint.post("/")
def upload() -> Response | str | tuple[str, int]:
    """Keep the chosen files; answer with their tokens, or with the controls that hold them in a form."""
    field = request.args.get("field", "file")
    kept, refused = [], []
    for each in request.files.values():
        if not each.filename:
            continue
        try:
            with transaction() as db:
                kept.append(keep(db, each, by=current_actor(), now=room().clock.now()))
        except InvalidInput as error:
            if not wants_fragment():
                raise
            refused.append((each.filename, isinstance(error, FileRefused)))
    if wants_fragment():
        return render_template("files/kept.html", field=field, kept=kept, refused=refused, endings=ENDINGS)
    return jsonify([{"token": each.token, "filename": each.filename, "size": each.size} for each in kept])


@blueprint.get("/<token>")
def download(token: str) -> Response:
    """Hand a file out as a download: nothing that somebody uploaded is ever shown inside our own pages."""
    with reading() as db:
        attachment, content = attachments.content(db, token)
        if not may_see(db, attachment, current_actor()):
            raise NotFound(attachment=token)
    plain = attachment.filename.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    return Response(
        content,
        mimetype=attachment.media_type,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.filename)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def may_see(session: Session, attachment: Attachment, actor: Actor) -> bool:
    """Whether ``actor`` may have the file: one's own upload, or a file of a case that one may see."""
    if attachment.instance_id is None:
        return attachment.uploaded_by == actor.user_id
    try:
        visible_case(session, attachment.instance_id, actor)
    except InstanceNotFound:
        return False
    return True
