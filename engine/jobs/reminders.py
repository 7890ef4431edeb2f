"""Reminders of work items: due soon, overdue, and the two escalations. They are not drawn on any diagram.

80 % of the time allowed: due soon. 100 %: overdue. 150 %: the unit's sales manager hears of it. 200 %: the level above
(`ltc.md` 2, common events). All in working time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.inbox.records import Notice, WorkItem
from engine.instances.records import ProcessInstance
from engine.instances.work_items import REMINDERS, reminder_at
from engine.room import EngineRoom

DUE_SOON, OVERDUE, FIRST_ESCALATION = 0, 1, 2
NOTICES = ("work_item_due_soon", "work_item_overdue", "work_item_escalated", "work_item_escalated")


def levels_due(item: WorkItem, *, now: datetime, room: EngineRoom) -> tuple[list[int], int]:
    """Return the reminders of ``item`` to send now, and the level that comes after them.

    After a long silence of the system nobody needs to hear *due soon* of what is overdue already.
    """
    level = item.reminder_level
    due = []
    while level < len(REMINDERS):
        at = reminder_at(room, item.created_at, item.sla_minutes or 0, level)
        if at is None or at > now:
            break
        due.append(level)
        level += 1
    if OVERDUE in due and DUE_SOON in due:
        due.remove(DUE_SOON)
    return due, level


def next_at(item: WorkItem, level: int, *, room: EngineRoom) -> datetime | None:
    """Return when reminder ``level`` of ``item`` is due, ``None`` after the last."""
    return reminder_at(room, item.created_at, item.sla_minutes or 0, level)


def remind(session: Session, work_item_id: int, levels: Sequence[int], *, room: EngineRoom) -> int:
    """Leave the notices of ``levels`` with whom they concern; return how many.

    Nothing happens when the work item was finished in the meantime.
    """
    found = session.execute(
        sa.select(WorkItem, ProcessInstance.unit_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .where(WorkItem.id == work_item_id, WorkItem.completed_at.is_(None))
    ).one_or_none()
    if found is None:
        return 0
    item, unit_id = found
    rows = [
        _notice(item, level, user_id, at=room.clock.now())
        for level in levels
        for user_id in _receivers(session, item, unit_id, level, room)
    ]
    if rows:
        session.execute(sa.insert(Notice).values(rows))
    return len(rows)


def _receivers(session: Session, item: WorkItem, unit_id: int | None, level: int, room: EngineRoom) -> list[int]:
    if level >= FIRST_ESCALATION:
        return room.directory.superiors(session, unit_id, level - FIRST_ESCALATION + 1)
    if item.assignee_id is not None:
        return [item.assignee_id]
    return room.directory.members(session, item.group_key)


def _notice(item: WorkItem, level: int, user_id: int, *, at: datetime) -> dict[str, object]:
    assert item.due_at is not None
    return {
        "user_id": user_id,
        "kind": NOTICES[level],
        "params": {
            "case": item.case_label,
            "title_en": item.title.en,
            "title_zh": item.title.zh,
            "due_at": item.due_at.isoformat(),
        },
        "instance_id": item.instance_id,
        "work_item_id": item.id,
        "created_at": at,
    }
