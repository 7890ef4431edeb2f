"""The tables of drafts: an editable copy of a release, who changed what in it, and what a second person said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime

OPEN, IN_REVIEW, PUBLISHED, WITHDRAWN = "open", "in_review", "published", "withdrawn"
STATUSES = (OPEN, IN_REVIEW, PUBLISHED, WITHDRAWN)
APPROVED, SENT_BACK = "approved", "sent_back"
_GOING_ON = sa.text("ended_at IS NULL")


class Draft(Base):
    """A release in the making: the files of ``base_release_id`` with the changes of its :class:`DraftFile` rows.

    ``history_seq`` and ``history_head`` are the number and the hash of the last line of its history.
    """

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    note: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int] = mapped_column(Id)
    base_release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id"))
    status: Mapped[str] = mapped_column(sa.String(10))
    release_id: Mapped[int | None] = mapped_column(sa.ForeignKey("release.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    history_seq: Mapped[int] = mapped_column(server_default="0")
    history_head: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))

    __table_args__ = (
        sa.CheckConstraint("status IN ('open', 'in_review', 'published', 'withdrawn')", name="status"),
        sa.Index("ix_draft_listing", "status", "updated_at"),
    )


class DraftFile(Base):
    """A file as it stands in a draft; without a row it is as in the base release, at version 0.

    ``sha256`` names its content, ``None`` that it is deleted. ``version`` counts its changes and never goes back.
    """

    __tablename__ = "draft_file"

    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("file_content.sha256"))
    version: Mapped[int]
    changed_by: Mapped[int | None] = mapped_column(Id)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DraftReview(Base):
    """What a second person said of exactly the content that ``digest`` names."""

    __tablename__ = "draft_review"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(Id)
    verdict: Mapped[str] = mapped_column(sa.String(10))
    note: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.CheckConstraint("verdict IN ('approved', 'sent_back')", name="verdict"),)


class DraftComment(Base):
    """A remark on a draft, on one of its files, or on one element of a file."""

    __tablename__ = "draft_comment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id"), index=True)
    path: Mapped[str] = mapped_column(sa.String(200))
    element: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(Id)


class DraftEvent(Base):
    """The append-only history of a draft: line ``seq`` of it carries the hash of the line before.

    The contents that ``detail`` names by their hash stay for ever.
    """

    __tablename__ = "draft_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[int | None] = mapped_column(Id)
    event: Mapped[str] = mapped_column(sa.String(20))
    path: Mapped[str] = mapped_column(sa.String(200))
    element: Mapped[str] = mapped_column(sa.String(120))
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)
    seq: Mapped[int]
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))

    __table_args__ = (sa.Index("ix_draft_event_draft", "draft_id", "id"),)


class StoryPlay(Base):
    """Somebody asked for the stories of a draft, whose content ``digest`` names; one at a time for each draft.

    ``problem`` says why it ended without playing them all.
    """

    __tablename__ = "story_play"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    job_id: Mapped[int | None] = mapped_column(Id)
    asked_by: Mapped[int | None] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.Index("ix_story_play_draft", "draft_id", "id"),
        sa.Index("uq_story_play_going_on", "draft_id", unique=True, postgresql_where=_GOING_ON, sqlite_where=_GOING_ON),
    )
