"""From a draft to a release, and from an old release back to a draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.checks import Known
from engine.directory import Actor
from engine.drafts import notices, queries
from engine.drafts.checking import must_be_sound
from engine.drafts.operations import lock, open_draft, put, write_down
from engine.drafts.records import IN_REVIEW, PUBLISHED, Draft
from engine.drafts.refusals import BaseMoved, NotApproved, NothingChanged, NotInReview
from engine.drafts.reviewing import not_own
from engine.drafts.telling import must_have_gone
from engine.releases import operations as releases
from engine.releases import queries as released
from engine.releases.records import Release


def publish(
    session: Session, draft_id: int, *, by: Actor, now: datetime, note: str = "", known: Known | None = None
) -> Release:
    """Make the draft the current release; ``note`` tells everybody what is new (the draft's title otherwise).

    Raises ``NotInReview``; ``OwnDraft`` for whoever worked on it; ``NotApproved`` unless the last verdict approves
    exactly this content; ``BaseMoved`` when another release came between; ``ReleaseRefused`` with every finding;
    ``StoriesMissing`` when a story leaves its path or was not played on exactly this.
    """
    draft = lock(session, draft_id, to_edit=False)
    if draft.status != IN_REVIEW:
        raise NotInReview(draft=draft_id, status=draft.status)
    not_own(session, draft, by)
    if not queries.is_approved(session, draft):
        raise NotApproved(draft=draft_id)
    files = queries.files(session, draft)
    releases.wait_for_other_deployments(session)
    current = released.current(session)
    if current.id != draft.base_release_id:
        raise BaseMoved(draft=draft_id, base=draft.base_release_id, current=current.number)
    must_be_sound(files, known)
    must_have_gone(session, files)
    release = releases.deploy(session, files, by=by, now=now, note=note.strip() or draft.title)
    if release.id == current.id:
        raise NothingChanged(draft=draft_id)
    draft.status, draft.release_id = PUBLISHED, release.id
    write_down(session, draft, "published", by=by, now=now, detail={"release": release.number})
    worked = queries.contributors(session, draft)
    notices.tell(session, draft, "published", worked, by=by, now=now, quote=str(release.number))
    return release


def restore(session: Session, release: Release, *, title: str, by: Actor, now: datetime, note: str = "") -> Draft:
    """Open a draft that takes the current release back to what ``release`` was; it is reviewed as any other.

    Raises ``NothingChanged`` when the current release is the same.
    """
    current = released.current(session)
    if current.digest == release.digest:
        raise NothingChanged(release=release.number)
    draft = open_draft(session, title=title, base=current, by=by, now=now, note=note)
    wanted = released.hashes(session, release.id)
    states = queries.states(session, draft)
    for path in sorted(states.keys() | wanted.keys()):
        state = states.get(path) or queries.FileState(path, None, None, 0)
        if state.sha256 != wanted.get(path):
            put(session, draft, state, wanted.get(path), "restored", by=by, now=now)
    return draft
