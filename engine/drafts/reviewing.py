"""Reviewing a draft: somebody who did not work on it comments, approves, or sends it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.drafts import notices, queries
from engine.drafts.operations import LONGEST_NOTE, lock, write_down
from engine.drafts.records import (
    APPROVED,
    IN_REVIEW,
    OPEN,
    PUBLISHED,
    SENT_BACK,
    WITHDRAWN,
    Draft,
    DraftComment,
    DraftReview,
)
from engine.drafts.refusals import DraftNotOpen, NothingChanged, NotInReview, OwnDraft
from engine.errors import InvalidInput, NotFound

LONGEST_COMMENT = 2000


def ask(session: Session, draft_id: int, *, by: Actor, now: datetime, reviewers: Collection[int] = ()) -> Draft:
    """Ask for a review: from now on nobody changes the files; ``reviewers`` who did not work on it get a notice.

    Raises ``DraftNotOpen``, ``NothingChanged``.
    """
    draft = lock(session, draft_id)
    if not any(each.is_changed for each in queries.states(session, draft).values()):
        raise NothingChanged(draft=draft_id)
    draft.status = IN_REVIEW
    write_down(session, draft, "review_asked", by=by, now=now)
    others = set(reviewers) - queries.contributors(session, draft)
    notices.tell(session, draft, "review_asked", others, by=by, now=now)
    return draft


def reopen(session: Session, draft_id: int, *, by: Actor, now: datetime) -> Draft:
    """Go on editing: a review is taken back, a withdrawn draft opened again. Raises ``DraftNotOpen`` if published."""
    draft = lock(session, draft_id, to_edit=False)
    if draft.status == PUBLISHED:
        raise DraftNotOpen(draft=draft_id, status=draft.status)
    if draft.status != OPEN:
        draft.status = OPEN
        write_down(session, draft, "reopened", by=by, now=now)
    return draft


def withdraw(session: Session, draft_id: int, *, by: Actor, now: datetime) -> Draft:
    """Give a draft up; it stays readable and can be opened again. Raises ``DraftNotOpen`` for a published one."""
    draft = lock(session, draft_id, to_edit=False)
    if draft.status == PUBLISHED:
        raise DraftNotOpen(draft=draft_id, status=draft.status)
    if draft.status != WITHDRAWN:
        draft.status = WITHDRAWN
        write_down(session, draft, "withdrawn", by=by, now=now)
    return draft


def decide(session: Session, draft_id: int, verdict: str, note: str, *, by: Actor, now: datetime) -> DraftReview:
    """Approve exactly what the draft holds now, or send it back with a note that says why.

    Raises ``NotInReview``, ``OwnDraft`` for whoever worked on it, ``InvalidInput`` for a return without a note.
    """
    note = note.strip()
    if verdict not in {APPROVED, SENT_BACK} or len(note) > LONGEST_NOTE or (verdict == SENT_BACK and not note):
        raise InvalidInput(verdict=verdict, note="a draft that is sent back needs a note")
    draft = lock(session, draft_id, to_edit=False)
    if draft.status != IN_REVIEW:
        raise NotInReview(draft=draft_id, status=draft.status)
    not_own(session, draft, by)
    review = DraftReview(
        draft_id=draft_id,
        reviewer_id=by.user_id,
        verdict=verdict,
        note=note,
        digest=queries.digest(session, draft),
        at=now,
    )
    session.add(review)
    session.flush()
    if verdict == SENT_BACK:
        draft.status = OPEN
    detail = {"review": review.id, "note": note, "digest": review.digest}
    write_down(session, draft, verdict, by=by, now=now, detail=detail)
    notices.tell(session, draft, verdict, queries.contributors(session, draft), by=by, now=now, quote=note)
    return review


def not_own(session: Session, draft: Draft, by: Actor) -> None:
    """Keep apart who works on a draft and who releases it; raises ``OwnDraft``."""
    if by.user_id is None or by.user_id in queries.contributors(session, draft):
        raise OwnDraft(draft=draft.id, by=by.user_id)


def comment(
    session: Session, draft_id: int, text: str, *, by: Actor, now: datetime, path: str = "", element: str = ""
) -> DraftComment:
    """Leave a comment on the draft, a file of it, or an element of a file; raises ``InvalidInput``, ``NotFound``."""
    text = text.strip()
    if not text or len(text) > LONGEST_COMMENT or len(element) > 120 or (element and not path):
        raise InvalidInput(comment=text[:80], longest=LONGEST_COMMENT)
    draft = lock(session, draft_id, to_edit=False)
    if path and path not in queries.states(session, draft):
        raise NotFound(draft=draft_id, file=path)
    left = DraftComment(draft_id=draft_id, path=path, element=element, text=text, author_id=by.user_id, at=now)
    session.add(left)
    write_down(session, draft, "commented", by=by, now=now, path=path, element=element)
    notices.tell(session, draft, "commented", notices.concerned(session, draft), by=by, now=now, quote=text)
    return left


def resolve(
    session: Session, draft_id: int, comment_id: int, *, is_resolved: bool, by: Actor, now: datetime
) -> DraftComment:
    """Mark a comment as dealt with, or open it again; raises ``NotFound``."""
    draft = lock(session, draft_id, to_edit=False)
    found = session.get(DraftComment, comment_id)
    if found is None or found.draft_id != draft_id:
        raise NotFound(draft=draft_id, comment=comment_id)
    if (found.resolved_at is not None) != is_resolved:
        found.resolved_at, found.resolved_by = (now, by.user_id) if is_resolved else (None, None)
        event = "comment_resolved" if is_resolved else "comment_reopened"
        write_down(session, draft, event, by=by, now=now, path=found.path, element=found.element)
        notices.tell(session, draft, event, (found.author_id,), by=by, now=now, quote=found.text)
    return found
