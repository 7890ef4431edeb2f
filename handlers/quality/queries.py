"""Every read of quality flags."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.organisation.queries import descendants
from handlers.quality.records import QualityFlag


def flags(session: Session, record_type: str, record_id: int) -> Sequence[QualityFlag]:
    """Return all flags of a record, resolved ones included, newest first."""
    return session.scalars(
        sa.select(QualityFlag)
        .where(QualityFlag.record_type == record_type, QualityFlag.record_id == record_id)
        .order_by(QualityFlag.raised_at.desc(), QualityFlag.id.desc())
    ).all()


def open_flags_of(session: Session, record_type: str, record_ids: Collection[int]) -> dict[int, list[QualityFlag]]:
    """Return the open flags of many records by record, in one statement."""
    found: dict[int, list[QualityFlag]] = {}
    if record_ids:
        query = sa.select(QualityFlag).where(
            QualityFlag.record_type == record_type,
            QualityFlag.record_id.in_(record_ids),
            QualityFlag.resolved_at.is_(None),
        )
        for flag in session.scalars(query.order_by(QualityFlag.id)):
            found.setdefault(flag.record_id, []).append(flag)
    return found


def open_flags(session: Session, unit_id: int, *, limit: int = 100) -> Sequence[QualityFlag]:
    """Return the open flags of a unit and all below it, newest first."""
    below = descendants([unit_id]).alias()
    return session.scalars(
        sa.select(QualityFlag)
        .where(QualityFlag.resolved_at.is_(None), QualityFlag.unit_id.in_(sa.select(below.c.id)))
        .order_by(QualityFlag.raised_at.desc(), QualityFlag.id.desc())
        .limit(limit)
    ).all()
