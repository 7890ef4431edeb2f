"""The append-only history of an instance. Each row carries the hash of the row before: an edited row is found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.database import Base, Json, UtcDateTime

GENESIS = b""


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
        detail = dict(happening.detail) if happening.detail else None
        head = _hash(head, instance_id, seq, at, happening.process_id, happening.element, happening.event, by, detail)
        rows.append(
            {
                "instance_id": instance_id,
                "seq": seq,
                "at": at,
                "process_id": happening.process_id,
                "element": happening.element,
                "event": happening.event,
                "by": by,
                "detail": detail,
                "hash": head,
            }
        )
    if rows:
        session.execute(sa.insert(JournalEntry).values(rows))
    return seq, head


def _hash(head: bytes, *columns: object) -> bytes:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in columns]
    return hashlib.sha256(head + orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).digest()


def first_broken_row(session: Session, instance_id: int) -> int | None:
    """Return the number of the first row that was changed or is missing, or ``None`` when the chain holds."""
    head, expected = GENESIS, 1
    rows = session.scalars(
        sa.select(JournalEntry).where(JournalEntry.instance_id == instance_id).order_by(JournalEntry.seq)
    )
    for row in rows:
        head = _hash(head, instance_id, row.seq, row.at, row.process_id, row.element, row.event, row.by, row.detail)
        if row.seq != expected or head != row.hash:
            return expected
        expected += 1
    return None
