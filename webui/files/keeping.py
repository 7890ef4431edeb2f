"""Keeping an upload: at once, so that no later error on the page loses it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from engine.directory import Actor
from engine.inbox import attachments
from engine.inbox.records import Attachment
from webui.files.sniffing import media_type_of


def keep(session: Session, upload: FileStorage, *, by: Actor, now: datetime) -> Attachment:
    """Keep an uploaded file; raises ``FileRefused`` for its kind, ``InvalidInput`` for its size or name."""
    content = upload.stream.read(attachments.LARGEST_FILE + 1)
    name = upload.filename or ""
    return attachments.attach(
        session, content, filename=name, media_type=media_type_of(name, content), by=by, now=now
    )  # fmt: skip
