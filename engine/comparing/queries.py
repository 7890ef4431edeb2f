"""How many people's work a change touches."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.comparing.differences import Changed
from engine.inbox.records import WorkItem

_AT_ONCE = 400


def open_items(session: Session, changes: Iterable[Changed]) -> dict[tuple[str, str], int]:
    """Return how many work items are open at the elements that changed or are gone, by process and element."""
    touched = sorted(
        {
            (each.old.process, each.old.id)
            for changed in changes
            for each in changed.differences
            if each.old is not None and each.old.kind in {"userTask", "manualTask"}
        }
    )
    found: dict[tuple[str, str], int] = {}
    for at in range(0, len(touched), _AT_ONCE):
        rows = session.execute(
            sa.select(WorkItem.process_id, WorkItem.element, sa.func.count())
            .where(
                WorkItem.completed_at.is_(None),
                sa.tuple_(WorkItem.process_id, WorkItem.element).in_(touched[at : at + _AT_ONCE]),
            )
            .group_by(WorkItem.process_id, WorkItem.element)
        )
        found |= {(process, element): count for process, element, count in rows.all()}
    return found
