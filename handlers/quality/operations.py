"""Raising and resolving quality flags; nothing deletes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidInput
from handlers.quality.records import KINDS, QualityFlag

SEVERITIES = ("high", "medium", "low")
"""The gravest first."""


def raise_flag(
    session: Session,
    kind: str,
    record_type: str,
    record_id: int,
    *,
    unit_id: int | None,
    severity: str = "medium",
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> tuple[QualityFlag, bool]:
    """Raise a flag on a record; return it and whether it is news: an open one of the same cause is not doubled.

    Asked again, an open flag can only become graver, with the detail of the moment; that is news too.
    Raises ``InvalidInput`` for an unknown kind or severity.
    """
    if kind not in KINDS or severity not in SEVERITIES:
        raise InvalidInput(kind=kind, severity=severity)
    known = session.scalar(_open(kind, record_type, record_id, subject).limit(1))
    if known is not None:
        if SEVERITIES.index(severity) >= SEVERITIES.index(known.severity):
            return known, False
        known.severity, known.detail = severity, dict(detail or {})
        session.flush()
        return known, True
    made = QualityFlag(
        record_type=record_type,
        record_id=record_id,
        unit_id=unit_id,
        kind=kind,
        subject=subject,
        severity=severity,
        detail=dict(detail or {}),
        raised_at=now,
        raised_by=by.user_id,
    )
    session.add(made)
    session.flush()
    return made, True


def resolve(
    session: Session,
    kind: str,
    record_type: str,
    record_id: int,
    *,
    subject: str = "",
    resolution: str | None = None,
    data: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Resolve the open flags of a cause; they stay as history. Return how many there were.

    ``resolution`` is one of ``records.RESOLUTIONS``, with ``data`` for what is filled in there, or a sentence.
    """
    flags = session.scalars(_open(kind, record_type, record_id, subject)).all()
    for flag in flags:
        flag.resolved_at, flag.resolved_by = now, by.user_id
        flag.resolution, flag.resolution_data = resolution, dict(data or {})
    session.flush()
    return len(flags)


def _open(kind: str, record_type: str, record_id: int, subject: str) -> sa.Select[QualityFlag]:
    return sa.select(QualityFlag).where(
        QualityFlag.record_type == record_type,
        QualityFlag.record_id == record_id,
        QualityFlag.kind == kind,
        QualityFlag.subject == subject,
        QualityFlag.resolved_at.is_(None),
    )
