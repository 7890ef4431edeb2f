"""The append-only history of an instance. Each row carries the hash of the row before: an edited row is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.chain import GENESIS, Verdict, digest, link
from engine.database import Base, Json, UtcDateTime
from engine.errors import InstanceNotFound
from engine.inbox.records import Submission
from engine.instances.records import ProcessInstance
from engine.prepared import PreparedInsert

ANSWERS = "answers"
"""The detail under which a completed task keeps the digest of its submission."""


class JournalEntry(Base):
    """One thing that happened to an instance."""

    __tablename__ = "journal"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    process_id: Mapped[str] = mapped_column(sa.String(120))
    element: Mapped[str] = mapped_column(sa.String(120))
    event: Mapped[str] = mapped_column(sa.String(20))
    by: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


_journal = cast("sa.Table", JournalEntry.__table__)
_INSERT = PreparedInsert(_journal, [column.name for column in _journal.c])


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be written down: ``event`` is one of the words of ``step.Passed`` or of the inbox (``claimed``…)."""

    process_id: str
    element: str
    event: str
    detail: Mapping[str, Any] | None = None


def append(
    session: Session,
    instance_id: int,
    seq: int,
    head: bytes,
    happenings: Sequence[Happening],
    *,
    by: int | None,
    at: datetime,
) -> tuple[int, bytes]:
    """Write ``happenings`` after row ``seq`` in one statement; return the new last number and hash.

    The caller keeps both on the locked instance row, so that no second writer can continue from the same row.
    """
    rows = []
    for happening in happenings:
        seq += 1
        row = {
            "instance_id": instance_id,
            "seq": seq,
            "at": at,
            "process_id": happening.process_id,
            "element": happening.element,
            "event": happening.event,
            "by": by,
            "detail": dict(happening.detail) if happening.detail else None,
        }
        head = _hash(head, row)
        rows.append({**row, "hash": head})
    if rows:
        _INSERT.later(session, rows)
    return seq, head


def _hash(head: bytes, row: Mapping[str, Any]) -> bytes:
    columns = [row[name] for name in ("instance_id", "seq", "process_id", "element", "event", "by")]
    return link(head, [*columns, row["at"].isoformat()], row["detail"])


def verify(session: Session, instance_id: int) -> Verdict:
    """Check the history of an instance against its hashes, its end, and the answers that it vouches for.

    Finds changed, inserted, removed and cut-off rows, and changed or removed submissions. Raises ``InstanceNotFound``.
    """
    end = session.execute(
        sa.select(ProcessInstance.journal_seq, ProcessInstance.journal_head).where(ProcessInstance.id == instance_id)
    ).one_or_none()
    if end is None:
        raise InstanceNotFound(instance=instance_id)
    answers = {
        work_item_id: digest(given)
        for work_item_id, given in session.execute(
            sa.select(Submission.work_item_id, Submission.answers).where(Submission.instance_id == instance_id)
        ).all()
    }
    rows = session.execute(sa.select(_journal).where(_journal.c.instance_id == instance_id).order_by(_journal.c.seq))
    head, count = GENESIS, 0
    for row in rows.mappings():
        count += 1
        head = _hash(head, dict(row))
        if row["seq"] != count or head != row["hash"] or not _answers_hold(row["detail"], answers):
            return Verdict(count, broken_at=count)
    if (count, head) != (end.journal_seq, end.journal_head):
        return Verdict(count, broken_at=min(count, end.journal_seq) + 1)
    return Verdict(count)


def _answers_hold(detail: Mapping[str, Any] | None, answers: Mapping[int, str]) -> bool:
    if not detail or ANSWERS not in detail:
        return True
    return bool(answers.get(detail["work_item"]) == detail[ANSWERS])
