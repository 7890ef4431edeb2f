"""Taking hold of a case: every writer locks the instance first and then, if it acts on one, the work item.

Locking only the instance would let whoever waited act on a stale work item; locking in the other order would deadlock
with a step that closes a sibling. Statements are prepared once; what they read is always fresh.
"""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import InstanceNotFound, InstanceNotRunning, WorkItemNotFound
from engine.inbox.records import WorkItem
from engine.instances.records import RUNNING, ProcessInstance
from engine.instances.services import Case
from engine.prepared import Prepared

INSTANCE = cast("sa.Table", ProcessInstance.__table__)
ITEM = cast("sa.Table", WorkItem.__table__)

_CASE_COLUMNS = (
    INSTANCE.c.id.label("instance_id"),
    *(
        INSTANCE.c[name]
        for name in (
            "release_id", "process_id", "business_key", "label", "record_type", "record_id", "unit_id", "team",
            "status", "revision", "state", "next_due_at", "journal_seq", "journal_head", "started_by",
        )
    ),
)  # fmt: skip
_LOCK_INSTANCE = Prepared(sa.select(*_CASE_COLUMNS).where(INSTANCE.c.id == sa.bindparam("instance")).with_for_update())
_LOCK_ITEM = Prepared(
    sa.select(
        *_CASE_COLUMNS,
        *(
            ITEM.c[name].label(f"item_{name}")
            for name in (
                "process_id", "task_guid", "element", "group_key", "assignee_id", "completed_at", "completed_by",
                "form",
            )
        ),
    )
    .join_from(INSTANCE, ITEM, ITEM.c.instance_id == INSTANCE.c.id)
    .where(ITEM.c.id == sa.bindparam("item"))
    .with_for_update(of=[INSTANCE, ITEM])
)  # fmt: skip


def lock_item(session: Session, work_item_id: int) -> Any:
    """Lock a work item with its instance; return both as one row (``item_…`` for the item's columns).

    Raises ``WorkItemNotFound``.
    """
    row = _LOCK_ITEM.first(session, {"item": work_item_id})
    if row is None:
        raise WorkItemNotFound(work_item=work_item_id)
    return row


def lock_instance(session: Session, instance_id: int, *, must_run: bool = True) -> Any:
    """Lock an instance; return its row.

    Raises ``InstanceNotFound``, and ``InstanceNotRunning`` if it ``must_run`` and does not.
    """
    row = _LOCK_INSTANCE.first(session, {"instance": instance_id})
    if row is None:
        raise InstanceNotFound(instance=instance_id)
    if must_run and row.status != RUNNING:
        raise InstanceNotRunning(instance=instance_id, status=row.status)
    return row


def case_of(row: Any) -> Case:
    """Return the facts of a locked row for the step to work on."""
    return Case(
        instance_id=row.instance_id,
        process_id=row.process_id,
        label=row.label,
        started_by=row.started_by,
        revision=row.revision,
        journal_seq=row.journal_seq,
        journal_head=row.journal_head,
        business_key=row.business_key,
        record_type=row.record_type,
        record_id=row.record_id,
        unit_id=row.unit_id,
        team=dict(row.team),
        next_due_at=row.next_due_at,
    )
