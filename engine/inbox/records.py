"""The tables of the inbox: what waits for people, what they answered, the files and notices that go with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime
from engine.text import Text

_OPEN = sa.text("completed_at IS NULL")
_MINE = sa.text("completed_at IS NULL AND assignee_id IS NOT NULL")
_WAITING = sa.text("completed_at IS NULL AND assignee_id IS NULL")
_REMINDED = sa.text("completed_at IS NULL AND next_reminder_at IS NOT NULL")
_DONE = sa.text("completed_by IS NOT NULL")


class WorkItem(Base):
    """One human task, open or finished: a projection wide enough that no list ever loads an instance's state.

    ``subject`` tells items of one element apart; it is data, the same in both languages.
    """

    __tablename__ = "work_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"))
    task_guid: Mapped[UUID]
    process_id: Mapped[str] = mapped_column(sa.String(120))
    element: Mapped[str] = mapped_column(sa.String(120))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    title_zh: Mapped[str] = mapped_column(sa.String(200))
    subject: Mapped[str | None] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(60))
    group_key: Mapped[str] = mapped_column(sa.String(80))
    assignee_id: Mapped[int | None] = mapped_column(Id)
    case_label: Mapped[str] = mapped_column(sa.String(200))
    business_key: Mapped[str | None] = mapped_column(sa.String(60))
    record_type: Mapped[str | None] = mapped_column(sa.String(60))
    record_id: Mapped[int | None] = mapped_column(Id)
    form: Mapped[str | None] = mapped_column(sa.String(120))
    ui_form: Mapped[str | None] = mapped_column(sa.String(120))
    priority: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sla_minutes: Mapped[int | None]
    next_reminder_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminder_level: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_by: Mapped[int | None] = mapped_column(Id)
    outcome: Mapped[str | None] = mapped_column(sa.String(12))
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)

    __table_args__ = (
        sa.Index("ix_work_item_mine", "assignee_id", "due_at", postgresql_where=_MINE, sqlite_where=_MINE),
        sa.Index("ix_work_item_group", "group_key", "due_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
        sa.Index("ix_work_item_element", "process_id", "element", postgresql_where=_OPEN, sqlite_where=_OPEN),
        sa.Index("ix_work_item_reminder", "next_reminder_at", postgresql_where=_REMINDED, sqlite_where=_REMINDED),
        sa.Index("ix_work_item_done", "completed_by", "completed_at", postgresql_where=_DONE, sqlite_where=_DONE),
        sa.UniqueConstraint("instance_id", "task_guid"),
    )

    @property
    def title(self) -> Text:
        """What the item is called, with its subject where one element exists many times (milestone 2 of 5)."""
        return called(Text(self.title_en, self.title_zh), self.subject)


def called(title: Text, subject: str | None) -> Text:
    """Return what a work item with this ``title`` and ``subject`` is called."""
    if not subject:
        return title
    about = Text.of(subject)
    return Text(f"{title.en} · {about.en}", f"{title.zh} · {about.zh}")


class Submission(Base):
    """What a person answered to a work item, kept for ever as it was."""

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    work_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"), unique=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"), index=True)
    form: Mapped[str | None] = mapped_column(sa.String(120))
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    by: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attachment(Base):
    """A file that somebody uploaded. It belongs to no case until a submission uses its token."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(43), unique=True)
    filename: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    uploaded_by: Mapped[int] = mapped_column(Id)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("process_instance.id"), index=True)
    work_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("work_item.id"))

    __table_args__ = (
        sa.Index(
            "ix_attachment_unused",
            "uploaded_at",
            postgresql_where=sa.text("instance_id IS NULL"),
            sqlite_where=sa.text("instance_id IS NULL"),
        ),
    )


class AttachmentContent(Base):
    """The bytes of an attachment, apart from it so that lists never load them."""

    __tablename__ = "attachment_content"

    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Notice(Base):
    """One line for one person; ``kind`` names the sentence, ``params`` fill it in."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(60))
    params: Mapped[dict[str, str]] = mapped_column(Json)
    instance_id: Mapped[int | None] = mapped_column(Id)
    work_item_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_notice_user", "user_id", "read_at", "created_at"),)
