"""Every change of documents: there is one, keeping them."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from handlers.documents import catalogue, queries
from handlers.documents.model import fingerprint
from handlers.documents.records import KeptDocument
from handlers.documents.subjects import sources_of

_KEPT = cast("sa.Table", KeptDocument.__table__)
_KEEP = sa.insert(_KEPT).returning(_KEPT.c.id)


def keep(session: Session, record_type: str, record_id: int, gate: str, *, by: Actor, now: datetime) -> list[int]:
    """Keep every document of the record that belongs to ``gate``, as it is now, in the caller's transaction.

    Returns the ids of what was kept. What is known is read once for all of them, and one statement writes them.
    Called where the gate is decided, so that either both stand or neither. A document of which nothing is known yet is
    left out. Raises ``NotFound`` for an unknown record.
    """
    if not any(gate in each.gates for each in catalogue.of_record(record_type)):
        return []
    session.flush()
    known = sources_of(session, record_type, record_id)
    rows = []
    for each in queries.fitting(known):
        if gate not in each.gates:
            continue
        content = queries.built(known, each).content()
        rows.append(
            {
                "record_type": record_type,
                "record_id": record_id,
                "kind": each.kind,
                "gate": gate,
                "content": content,
                "sha256": fingerprint(content),
                "kept_at": now,
                "kept_by": by.user_id,
            }
        )
    return list(session.scalars(_KEEP, rows)) if rows else []
