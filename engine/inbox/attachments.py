"""Files that go with answers: uploaded first, tied to the case by the submission that names their tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidAnswers, InvalidInput, NotAllowed, NotFound
from engine.inbox.records import Attachment, AttachmentContent
from engine.inbox.storable import SCALARS

LARGEST_FILE = 20 * 2**20
LONGEST_NAME = 200
_MEDIA_TYPE = re.compile(r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,49}/[a-z0-9][a-z0-9!#$&^_.+-]{0,49}$")


def attach(session: Session, content: bytes, *, filename: str, media_type: str, by: Actor, now: datetime) -> Attachment:
    """Keep an uploaded file; its ``token`` is what a form field with ``x-file`` holds.

    Raises ``InvalidInput`` for an empty or too large file or a name that is none, ``NotAllowed`` without a person.
    """
    if by.user_id is None:
        raise NotAllowed(problem="only people upload files")
    if not 0 < len(content) <= LARGEST_FILE:
        raise InvalidInput(field="file", size=len(content), largest=LARGEST_FILE)
    known_type = media_type.split(";", maxsplit=1)[0].strip().lower()
    attachment = Attachment(
        token=secrets.token_urlsafe(32),
        filename=_plain_name(filename),
        media_type=known_type if _MEDIA_TYPE.match(known_type) else "application/octet-stream",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by.user_id,
        uploaded_at=now,
    )
    session.add(attachment)
    session.flush()
    session.add(AttachmentContent(attachment_id=attachment.id, content=content))
    session.flush()
    return attachment


def _plain_name(filename: str) -> str:
    """Browsers send paths and anything else; what is kept is one printable name, its ending intact."""
    last = re.split(r"[/\\]", filename)[-1]
    name = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    if not name:
        raise InvalidInput(field="filename", value=filename[:LONGEST_NAME])
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 20 else name[:LONGEST_NAME]


def tie(session: Session, tokens: Mapping[str, str], *, instance_id: int, work_item_id: int, by: Actor) -> None:
    """Tie the files behind ``tokens`` (token → field path) to the case whose submission names them.

    Only one's own fresh uploads and files that the case already has may be named: a token is no key to the files of
    other cases. Raises ``InvalidAnswers`` with ``file`` at each field that names another.
    """
    if not tokens:
        return
    rows = session.execute(
        sa.select(Attachment.token, Attachment.instance_id, Attachment.uploaded_by).where(Attachment.token.in_(tokens))
    ).all()
    fresh = {row.token for row in rows if row.instance_id is None and row.uploaded_by == by.user_id}
    refused = tokens.keys() - fresh - {row.token for row in rows if row.instance_id == instance_id}
    if refused:
        raise InvalidAnswers({tokens[token]: ["file"] for token in sorted(refused)})
    if fresh:
        session.execute(
            sa.update(Attachment)
            .where(Attachment.token.in_(fresh), Attachment.instance_id.is_(None))
            .values(instance_id=instance_id, work_item_id=work_item_id)
            .execution_options(synchronize_session=False)
        )


def content(session: Session, token: str) -> tuple[Attachment, bytes]:
    """Return a file with its bytes; the caller has checked that its case is visible.

    Raises ``NotFound``.
    """
    row = session.execute(
        sa.select(Attachment, AttachmentContent.content)
        .join(AttachmentContent, AttachmentContent.attachment_id == Attachment.id)
        .where(Attachment.token == token)
    ).one_or_none()
    if row is None:
        raise NotFound(attachment=token)
    return row[0], row[1]


def of_instance(session: Session, instance_id: int) -> list[Attachment]:
    """Return the files of a case, oldest first, without their bytes."""
    return list(
        session.scalars(sa.select(Attachment).where(Attachment.instance_id == instance_id).order_by(Attachment.id))
    )


def tokens_in(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the tokens in ``answers`` with the path of their field: what the ``x-file`` fields of ``schema`` hold."""
    found: dict[str, str] = {}
    _collect(schema, answers, (), found)
    return found


_BRANCHES = frozenset({"then", "else", "allOf", "dependentSchemas"})


def _collect(schema: Any, value: Any, path: tuple[str, ...], found: dict[str, str]) -> None:
    if not isinstance(schema, dict | Mapping):
        return
    if schema.get("x-file"):
        tokens = value if isinstance(value, list) else [value]
        found.update({token: ".".join(path) for token in tokens if isinstance(token, str) and token})
        return
    if isinstance(value, list):
        for index, each in enumerate(value):
            _collect(schema.get("items"), each, (*path, str(index)), found)
    elif not isinstance(value, SCALARS) and isinstance(value, Mapping):
        fields = schema.get("properties", {})
        for name, inner in value.items():
            _collect(fields.get(name), inner, (*path, name), found)
    if _BRANCHES.isdisjoint(schema):
        return
    branches = [schema.get("then"), schema.get("else"), *schema.get("allOf", ())]
    for branch in (*branches, *schema.get("dependentSchemas", {}).values()):
        _collect(branch, value, path, found)
