"""Every change of a draft. Each one locks the draft, checks that it may be changed, and writes down who did what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.chain import GENESIS
from engine.directory import Actor
from engine.drafts import content as contents_of_drafts
from engine.drafts import history, queries
from engine.drafts.records import OPEN, Draft, DraftEvent, DraftFile
from engine.drafts.refusals import DraftFileChanged, DraftNotOpen
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.releases import contents
from engine.releases.records import Release

LONGEST_TITLE, LONGEST_NOTE = 120, 4000


def open_draft(session: Session, *, title: str, base: Release, by: Actor, now: datetime, note: str = "") -> Draft:
    """Open a draft of ``base`` with ``by`` as its author; raises ``InvalidInput`` without a title."""
    title, note = title.strip(), note.strip()
    if not title or len(title) > LONGEST_TITLE or len(note) > LONGEST_NOTE:
        raise InvalidInput(title=title[:LONGEST_TITLE], longest=LONGEST_TITLE)
    draft = Draft(
        title=title, note=note, author_id=_person(by), base_release_id=base.id, status=OPEN, created_at=now,
        updated_at=now,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    write_down(session, draft, "opened", by=by, now=now, detail={"base": base.number})
    return draft


def lock(session: Session, draft_id: int, *, to_edit: bool = True) -> Draft:
    """Return the draft, locked until the transaction ends: changes of one draft take turns.

    Raises ``NotFound``; with ``to_edit`` also ``DraftNotOpen``.
    """
    draft = session.scalar(
        sa.select(Draft).where(Draft.id == draft_id).with_for_update().execution_options(populate_existing=True)
    )
    if draft is None:
        raise NotFound(draft=draft_id)
    if to_edit and draft.status != OPEN:
        raise DraftNotOpen(draft=draft_id, status=draft.status)
    return draft


def save_file(
    session: Session, draft_id: int, path: str, content: bytes, *, version: int, by: Actor, now: datetime
) -> int:
    """Save a file of an open draft that was read at ``version``; return its new version.

    The same content again changes nothing. Raises ``DraftFileChanged`` with theirs when somebody saved it meanwhile,
    ``DraftNotOpen``, ``UnfitPath``, ``DraftFileRefused``.
    """
    contents_of_drafts.check(path, content)
    draft = lock(session, draft_id)
    state = queries.state(session, draft, path)
    sha = contents.sha256(content)
    if state.sha256 == sha:
        return state.version
    _must_be(session, draft, state, version)
    contents.store(session, [content])
    return put(session, draft, state, sha, "saved", by=by, now=now)


def delete_file(session: Session, draft_id: int, path: str, *, version: int, by: Actor, now: datetime) -> int:
    """Delete a file of an open draft that was read at ``version``; return its new version.

    Raises ``DraftFileChanged``, ``DraftNotOpen``, ``NotFound``.
    """
    draft = lock(session, draft_id)
    state = queries.state(session, draft, path)
    if state.sha256 is None:
        raise NotFound(draft=draft_id, file=path)
    _must_be(session, draft, state, version)
    return put(session, draft, state, None, "deleted", by=by, now=now)


def take_back(session: Session, draft_id: int, path: str, *, version: int, by: Actor, now: datetime) -> int:
    """Make a file of an open draft again what it is in the base release (nothing, if it is new there).

    Raises ``DraftFileChanged``, ``DraftNotOpen``, ``NotFound``.
    """
    draft = lock(session, draft_id)
    state = queries.state(session, draft, path)
    if state.sha256 is None and state.base_sha256 is None:
        raise NotFound(draft=draft_id, file=path)
    _must_be(session, draft, state, version)
    if not state.is_changed:
        return state.version
    return put(session, draft, state, state.base_sha256, "taken_back", by=by, now=now)


def put(
    session: Session, draft: Draft, state: queries.FileState, sha: str | None, event: str, *, by: Actor, now: datetime
) -> int:
    """Give a file of a locked draft the stored content ``sha`` (``None``: delete it); return its new version."""
    row = session.get(DraftFile, (draft.id, state.path))
    if row is None:
        row = DraftFile(draft_id=draft.id, path=state.path, version=0)
        session.add(row)
    row.sha256, row.version, row.changed_by, row.changed_at = sha, row.version + 1, by.user_id, now
    detail = {"version": row.version, "sha256": sha, "before": state.sha256}
    write_down(session, draft, event, by=by, now=now, path=state.path, detail=detail)
    return row.version


def write_down(
    session: Session,
    draft: Draft,
    event: str,
    *,
    by: Actor,
    now: datetime,
    path: str = "",
    element: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the history of a draft, which the caller has locked: the line follows its last one."""
    draft.updated_at = now
    line = DraftEvent(
        draft_id=draft.id, at=now, by=by.user_id, event=event, path=path, element=element,
        detail=dict(detail) if detail else None, seq=draft.history_seq + 1,
    )  # fmt: skip
    line.hash = history.hash_of(draft.history_head or GENESIS, line)
    draft.history_seq, draft.history_head = line.seq, line.hash
    session.add(line)
    session.flush()


def _must_be(session: Session, draft: Draft, state: queries.FileState, version: int) -> None:
    if state.version == version:
        return
    row = session.get(DraftFile, (draft.id, state.path))
    theirs = None if state.sha256 is None else contents.load(session, [state.sha256])[state.sha256]
    raise DraftFileChanged(state.path, state.version, theirs, None if row is None else row.changed_by)


def _person(by: Actor) -> int:
    if by.user_id is None:
        raise NotAllowed(by=by.name, problem="a draft needs an author")
    return by.user_id
