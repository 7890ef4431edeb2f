"""Notices about drafts: who worked on one, or talks about it, hears what others do with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.drafts import queries
from engine.drafts.records import Draft, DraftComment
from engine.inbox.records import Notice

DRAFT = "draft_id"
"""The parameter that names the draft, so that the notice leads to it."""
LONGEST_QUOTE = 200


def tell(
    session: Session, draft: Draft, what: str, to: Collection[int | None], *, by: Actor, now: datetime, quote: str = ""
) -> None:
    """Leave the notice ``draft.<what>`` to everybody in ``to`` but ``by``; ``quote`` is what was said, cut if long."""
    said = quote if len(quote) <= LONGEST_QUOTE else f"{quote[: LONGEST_QUOTE - 1]}…"
    params = {"by": by.name, "draft": draft.title, DRAFT: str(draft.id), "quote": said}
    receivers = sorted({each for each in to if each is not None} - {by.user_id})
    if receivers:
        session.execute(
            sa.insert(Notice),
            [{"user_id": each, "kind": f"draft.{what}", "params": params, "created_at": now} for each in receivers],
        )


def concerned(session: Session, draft: Draft) -> set[int]:
    """Return everybody who worked on a draft or commented on it."""
    wrote = sa.select(DraftComment.author_id).where(DraftComment.draft_id == draft.id).distinct()
    return queries.contributors(session, draft) | set(session.scalars(wrote))
