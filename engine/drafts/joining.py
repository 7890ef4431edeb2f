"""Bringing a draft up to date with what was published since it was opened, and two people's work on one file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.drafts import queries
from engine.drafts.operations import lock, put, write_down
from engine.drafts.records import Draft
from engine.drafts.refusals import ChoicesMissing
from engine.merging import Choices, Conflict, Joined, join, join_file
from engine.releases import contents
from engine.releases import queries as releases


def preview(session: Session, draft: Draft, choices: Choices | None = None) -> Joined:
    """Return the draft joined with the current release; *mine* is the draft, *theirs* the release."""
    base = releases.files(session, draft.base_release_id)
    theirs = releases.files(session, releases.current(session).id)
    return join(base, queries.files(session, draft), theirs, choices)


def bring_up_to_date(session: Session, draft_id: int, choices: Choices, *, by: Actor, now: datetime) -> Joined:
    """Make the current release the base of an open draft, keeping the changes of both.

    Raises ``ChoicesMissing`` while both changed the same thing and ``choices`` does not say which holds;
    ``DraftNotOpen``.
    """
    draft = lock(session, draft_id)
    current = releases.current(session)
    joined = preview(session, draft, choices)
    if joined.conflicts:
        raise ChoicesMissing(joined)
    before = queries.states(session, draft)
    contents.store(session, joined.files.values())
    for path in sorted(before.keys() | joined.files.keys()):
        state = before.get(path) or queries.FileState(path, None, None, 0)
        sha = contents.sha256(joined.files[path]) if path in joined.files else None
        if sha != state.sha256:
            put(session, draft, state, sha, "merged" if path in joined.both else "updated", by=by, now=now)
    draft.base_release_id = current.id
    write_down(session, draft, "brought_up_to_date", by=by, now=now, detail={"base": current.number})
    return joined


def join_saved(
    session: Session, draft: Draft, path: str, content: bytes, *, version: int, choices: Choices | None = None
) -> tuple[bytes | None, int, list[Conflict]]:
    """Join what somebody made of ``version`` of a file with how the draft holds it now; nothing is saved.

    Returns the joined file, the version it can be saved at, and what is still to be chosen. Raises ``NotFound``.
    """
    read, state = queries.version_of(session, draft, path, version), queries.state(session, draft, path)
    known = contents.load(session, [each for each in (read, state.sha256) if each is not None])
    joined, conflicts = join_file(
        path, known[read] if read else None, content, known[state.sha256] if state.sha256 else None, choices
    )
    return joined, state.version, conflicts
