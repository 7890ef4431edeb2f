"""The sweep: finds the timers and reminders that are due. Once a second, one for the whole cluster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import UtcDateTime, reading, transaction
from engine.inbox.records import WorkItem
from engine.instances.records import RUNNING, ProcessInstance
from engine.jobs import reminders
from engine.jobs.records import REMINDER, TIMER, UNSETTLED, WAITING, Job
from engine.room import EngineRoom

BATCH = 100
LOCK = 0x4C54435357
"""The PostgreSQL advisory lock of the one that sweeps (the letters LTCSW)."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many jobs a sweep asked for."""

    timers: int = 0
    reminders: int = 0

    def __bool__(self) -> bool:
        """Whether anything was due."""
        return bool(self.timers or self.reminders)


def sweep_once(room: EngineRoom, factory: sessionmaker[Session]) -> Swept:
    """Ask for one job for each case with a timer due and each work item with a reminder due.

    What a completion holds locked just now is left for the next second. Looking costs one indexed statement, and
    nothing is written when nothing is due.
    """
    now = room.clock.now()
    with reading(factory) as session:
        if not session.scalar(_IS_ANYTHING_DUE, {"now": now}):
            return Swept()
    swept = batch = _batch(room, factory, now)
    while BATCH in {batch.timers, batch.reminders}:
        batch = _batch(room, factory, now)
        swept = Swept(swept.timers + batch.timers, swept.reminders + batch.reminders)
    return swept


def next_due(session: Session) -> datetime | None:
    """Return when something falls due by itself next: a timer, a reminder or a job; ``None`` when nothing will."""
    due: datetime | None = session.scalar(_NEXT_DUE)
    return due


def _batch(room: EngineRoom, factory: sessionmaker[Session], now: datetime) -> Swept:
    with transaction(factory) as session:
        if session.get_bind().dialect.name == "postgresql" and not session.scalar(
            sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))
        ):
            return Swept()  # somebody else is at it
        return Swept(_ask_for_timers(session, room, now), _ask_for_reminders(session, room, now))


def _due_instances(now: sa.BindParameter[datetime]) -> sa.Select[int]:
    """Select the cases to wake: those whose last wake-up has not come to its end, well or badly, are left out."""
    under_way = sa.exists().where(Job.instance_id == ProcessInstance.id, Job.kind == TIMER, Job.status.in_(UNSETTLED))
    return (
        sa.select(ProcessInstance.id)
        .where(ProcessInstance.next_due_at <= now, ProcessInstance.status == RUNNING, ~under_way)
        .order_by(ProcessInstance.next_due_at)
        .limit(BATCH)
    )


def _due_items(now: sa.BindParameter[datetime]) -> sa.Select[WorkItem]:
    return (
        sa.select(WorkItem)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .where(WorkItem.next_reminder_at <= now, WorkItem.completed_at.is_(None))
        .order_by(WorkItem.next_reminder_at)
        .limit(BATCH)
    )


# Asked every second: composing these statements costs more than asking them, so that is done once.
_NOW = sa.bindparam("now", type_=UtcDateTime())
_IS_ANYTHING_DUE = sa.select(sa.or_(_due_instances(_NOW).exists(), _due_items(_NOW).exists()))
_LOCK_INSTANCES = _due_instances(_NOW).with_for_update(of=ProcessInstance, skip_locked=True)
_LOCK_ITEMS = _due_items(_NOW).with_for_update(of=[ProcessInstance, WorkItem], skip_locked=True)
_DUE = sa.union_all(
    sa.select(sa.func.min(ProcessInstance.next_due_at).label("at")).where(ProcessInstance.status == RUNNING),
    sa.select(sa.func.min(WorkItem.next_reminder_at)).where(WorkItem.completed_at.is_(None)),
    sa.select(sa.func.min(Job.due_at)).where(Job.status == WAITING),
).subquery()
_NEXT_DUE = sa.select(sa.func.min(_DUE.c.at))


def _ask_for_timers(session: Session, room: EngineRoom, now: datetime) -> int:
    due = session.scalars(_LOCK_INSTANCES, {"now": now}).all()
    for instance_id in due:
        room.jobs.enqueue(session, TIMER, instance_id=instance_id)
    return len(due)


def _ask_for_reminders(session: Session, room: EngineRoom, now: datetime) -> int:
    """Advance each item and ask for its notices in the same transaction: no reminder twice, none lost."""
    items = session.scalars(_LOCK_ITEMS, {"now": now}).all()
    for item in items:
        levels, item.reminder_level = reminders.levels_due(item, now=now, room=room)
        item.next_reminder_at = reminders.next_at(item, item.reminder_level, room=room)
        if levels:
            room.jobs.enqueue(
                session,
                REMINDER,
                instance_id=item.instance_id,
                element=item.element,
                work_item_id=item.id,
                levels=levels,
            )
    session.flush()
    return len(items)
