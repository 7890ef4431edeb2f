"""What people do with a work item short of completing it: take it, give it back, hand it on, keep a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import journal
from engine.directory import Actor, oversees
from engine.errors import InvalidInput, WorkItemAlreadyDone, WorkItemNotClaimable, WorkItemNotFound
from engine.inbox.records import Notice, WorkItem
from engine.inbox.storable import check_storable
from engine.instances.records import ProcessInstance
from engine.journal import Happening
from engine.room import EngineRoom

LONGEST_REASON = 500


def claim(session: Session, work_item_id: int, *, by: Actor, now: datetime) -> None:
    """Take an item that waits for one of the groups of ``by``; taking one's own item changes nothing.

    Raises ``WorkItemNotFound``, ``WorkItemAlreadyDone``, ``WorkItemNotClaimable`` when a colleague was faster.
    """
    item = _lock(session, work_item_id)
    if item.assignee_id == by.user_id and not by.is_system and item.completed_at is None:
        return
    if by.is_system or item.group_key not in by.groups:
        raise WorkItemNotFound(work_item=work_item_id)
    _refuse_finished(item)
    if item.assignee_id is not None:
        raise WorkItemNotClaimable(work_item=work_item_id)
    _write(session, item, "claimed", {}, by=by, now=now, assignee_id=by.user_id, claimed_at=now)


def release(session: Session, work_item_id: int, *, by: Actor, now: datetime) -> None:
    """Give an item back to its group; the draft stays with it.

    Raises ``WorkItemNotFound`` for an item that is not one's own, ``WorkItemAlreadyDone``.
    """
    item = _lock(session, work_item_id)
    if by.is_system or item.assignee_id != by.user_id:
        raise WorkItemNotFound(work_item=work_item_id)
    _refuse_finished(item)
    _write(session, item, "released", {}, by=by, now=now, assignee_id=None, claimed_at=None)


def transfer(session: Session, work_item_id: int, to_user_id: int, *, by: Actor, reason: str, room: EngineRoom) -> None:
    """Hand an open item to another person, who gets a notice; ``reason`` is kept in the journal.

    Whoever may complete the item may hand it on, and so may administrators and the managers of the case's unit.
    Raises ``WorkItemNotFound``, ``WorkItemAlreadyDone``, ``InvalidInput`` without a reason, ``NotFound`` for an unknown
    receiver.
    """
    item = _lock(session, work_item_id)
    if not may_transfer(session, item, item.unit_id, by=by, room=room):
        raise WorkItemNotFound(work_item=work_item_id)
    _refuse_finished(item)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise InvalidInput(field="reason", longest=LONGEST_REASON)
    check_storable({"reason": said})
    receiver = room.directory.actor(session, to_user_id)
    now = room.clock.now()
    detail = {"to": to_user_id, "reason": said}
    _write(session, item, "transferred", detail, by=by, now=now, assignee_id=receiver.user_id, claimed_at=None)
    session.execute(
        sa.insert(Notice).values(
            user_id=to_user_id,
            kind="work_item_transferred",
            params={"by": by.name, "case": item.case_label, "reason": said},
            instance_id=item.instance_id,
            work_item_id=item.id,
            created_at=now,
        )
    )


def may_transfer(session: Session, item: Any, unit_id: int | None, *, by: Actor, room: EngineRoom) -> bool:
    """Whether ``by`` may hand on an item of a case of ``unit_id``: whoever may do it, and who oversees the unit."""
    own = item.assignee_id == by.user_id or (item.assignee_id is None and item.group_key in by.groups)
    return not by.is_system and (own or oversees(room.directory, session, by, unit_id))


def save_draft(session: Session, work_item_id: int, draft: Mapping[str, Any], *, by: Actor) -> None:
    """Keep half-filled answers with the item; they need not fit the form yet.

    Raises ``WorkItemNotFound``, ``WorkItemAlreadyDone``, ``InvalidAnswers`` for what no database can hold.
    """
    check_storable(draft)
    item = _lock(session, work_item_id)
    if by.is_system or not (
        item.assignee_id == by.user_id or (item.assignee_id is None and item.group_key in by.groups)
    ):
        raise WorkItemNotFound(work_item=work_item_id)
    _refuse_finished(item)
    session.execute(
        sa.update(WorkItem)
        .where(WorkItem.id == work_item_id)
        .values(draft=dict(draft))
        .execution_options(synchronize_session=False)
    )


def read_notices(session: Session, *, by: Actor, now: datetime, up_to: int | None = None) -> None:
    """Mark the notices of ``by`` as read: all of them, or those up to the id ``up_to``."""
    which = Notice.id <= up_to if up_to is not None else sa.true()
    session.execute(
        sa.update(Notice)
        .where(Notice.user_id == by.user_id, Notice.read_at.is_(None), which)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


# The instance first, as everywhere: whoever locked in another order could deadlock with a completion.
_LOCK = (
    sa.select(
        WorkItem.id,
        WorkItem.instance_id,
        WorkItem.process_id,
        WorkItem.element,
        WorkItem.group_key,
        WorkItem.assignee_id,
        WorkItem.completed_at,
        WorkItem.case_label,
        ProcessInstance.unit_id,
        ProcessInstance.journal_seq,
        ProcessInstance.journal_head,
    )
    .join_from(ProcessInstance, WorkItem, WorkItem.instance_id == ProcessInstance.id)
    .where(WorkItem.id == sa.bindparam("id"))
    .with_for_update(of=[ProcessInstance, WorkItem])
)


def _lock(session: Session, work_item_id: int) -> Any:
    item = session.execute(_LOCK, {"id": work_item_id}).one_or_none()
    if item is None:
        raise WorkItemNotFound(work_item=work_item_id)
    return item


def _refuse_finished(item: Any) -> None:
    if item.completed_at is not None:
        raise WorkItemAlreadyDone(work_item=item.id)


def _write(
    session: Session,
    item: Any,
    event: str,
    detail: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    **values: Any,
) -> None:
    """Change the item and say so in the journal of its case."""
    session.execute(
        sa.update(WorkItem).where(WorkItem.id == item.id).values(**values).execution_options(synchronize_session=False)
    )
    told = {"work_item": item.id, **detail}
    seq, head = journal.append(
        session,
        item.instance_id,
        item.journal_seq,
        item.journal_head,
        [Happening(item.process_id, item.element, event, told)],
        by=by.user_id,
        at=now,
    )
    session.execute(
        sa.update(ProcessInstance)
        .where(ProcessInstance.id == item.instance_id)
        .values(journal_seq=seq, journal_head=head)
        .execution_options(synchronize_session=False)
    )
