"""The history of a draft is chained as that of a case is: whoever edits it is found out."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.chain import GENESIS, Verdict, link
from engine.drafts.queries import get
from engine.drafts.records import DraftEvent, DraftReview


def hash_of(head: bytes, line: DraftEvent) -> bytes:
    """Return the hash of a line that follows one with the hash ``head``."""
    columns = [line.draft_id, line.seq, line.event, line.path, line.element, line.by, line.at.isoformat()]
    return link(head, columns, line.detail)


def verify(session: Session, draft_id: int) -> Verdict:
    """Check the history of a draft against its hashes, its end, and the verdicts that it vouches for.

    Finds changed, inserted, removed and cut-off lines, and changed or removed verdicts. Raises ``NotFound``.
    """
    draft = get(session, draft_id)
    said = sa.select(DraftReview).where(DraftReview.draft_id == draft_id)
    reviews = {each.id: each for each in session.scalars(said)}
    lines = sa.select(DraftEvent).where(DraftEvent.draft_id == draft_id).order_by(DraftEvent.id)
    head, count = GENESIS, 0
    for line in session.scalars(lines):
        count += 1
        head = hash_of(head, line)
        if line.seq != count or head != line.hash or not _review_holds(line, reviews):
            return Verdict(count, broken_at=count)
    if (count, head) != (draft.history_seq, draft.history_head or GENESIS):
        return Verdict(count, broken_at=min(count, draft.history_seq) + 1)
    return Verdict(count)


def _review_holds(line: DraftEvent, reviews: dict[int, DraftReview]) -> bool:
    """Return whether the verdict that a line tells of still says the same; older lines name none."""
    if not line.detail or "review" not in line.detail:
        return True
    review = reviews.get(line.detail["review"])
    if review is None:
        return False
    now = (review.verdict, review.reviewer_id, review.note, review.digest)
    return now == (line.event, line.by, line.detail["note"], line.detail["digest"])
