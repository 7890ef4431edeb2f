"""Every change of a case. Each function is one step: it locks, runs the interpreter, stores; the caller commits.

Any exception leaves nothing behind, because nobody below the caller commits. One completion costs at most eight
statements: lock, update the instance, close the item, ask the directory, open items, journal, submission — and one
more for each thing that the step does besides (a record fed, a sibling cancelled, a job, a notice).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.business_records import keeper_of
from engine.directory import Actor
from engine.errors import (
    InstanceNotFound,
    InstanceNotRunning,
    MessageNotExpected,
    NotAllowed,
    WorkItemAlreadyDone,
    WorkItemNotFound,
)
from engine.inbox.answers import check_answers
from engine.inbox.records import Submission, WorkItem
from engine.instances.outcome import store
from engine.instances.records import RUNNING, ProcessInstance
from engine.instances.services import Case, ServiceCalls
from engine.interpreter import Program, Run, begin, resume
from engine.journal import GENESIS, Happening
from engine.releases import queries as releases
from engine.room import EngineRoom


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step: the case, and the work items it opened."""

    instance_id: int
    opened: list[int]


def start(
    session: Session,
    process_id: str,
    *,
    by: Actor,
    room: EngineRoom,
    answers: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    unit_id: int | None = None,
    label: str = "",
    started_by: int | None = None,
    message: str | None = None,
) -> Done:
    """Start a case of ``process_id`` in the current release.

    With ``answers`` its first human task, if it waits for the person who starts, is completed in the same step, so
    that an abandoned form leaves no empty case. ``started_by`` names the person behind an import or a message.
    Raises ``ProcessNotFound``, ``InvalidAnswers``, ``NotAllowed`` when the person may not start this process.
    """
    release = releases.current(session)
    program = releases.program(session, release.id)
    info = program.process(process_id)
    _check_may_start(program, process_id, by)
    now = room.clock.now()
    starter = started_by if started_by is not None else by.user_id
    instance = ProcessInstance(
        release_id=release.id,
        process_id=process_id,
        label=label or info.name,
        unit_id=unit_id,
        team={},
        status=RUNNING,
        revision=0,
        state=b"",
        journal_seq=0,
        journal_head=GENESIS,
        started_at=now,
        started_by=starter,
    )
    session.add(instance)
    session.flush()
    case = Case(instance.id, process_id, label or info.name, starter, unit_id=unit_id)
    kind = info.properties.get("record")
    keeper = keeper_of(kind) if kind else None
    if keeper is not None:
        case.record_type = kind
        given = answers if answers is not None else (data or {})
        case.record_id, case.label = keeper.open(session, given, unit_id=unit_id, by=by, now=now)
    services = ServiceCalls(session, case, by=by, now=now, revision=0)
    step = begin(program, process_id, dict(data or {}), services, room.clock, message)
    opened = store(session, room, program, case, step, by=by, at=now, revision=0, seq=0, head=GENESIS)
    if answers is None:
        return Done(instance.id, opened)
    session.expire(instance)
    if len(opened) != 1:
        raise InstanceNotRunning(instance=instance.id, problem="the process does not begin with one form")
    return complete(session, opened[0], answers, by=by, room=room)


def _check_may_start(program: Program, process_id: str, by: Actor) -> None:
    if by.is_system:
        return
    role = program.starts.get(process_id)
    if role is None or (role != "everyone" and role not in by.roles):
        raise NotAllowed(process=process_id)


def complete(session: Session, work_item_id: int, answers: Mapping[str, Any], *, by: Actor, room: EngineRoom) -> Done:
    """Complete a work item with ``answers`` as ``by`` and run the case on until it waits again.

    Raises ``WorkItemNotFound`` (unknown, or waiting for others), ``WorkItemAlreadyDone``, ``InvalidAnswers``; the case
    is then as it was.
    """
    row = session.execute(_LOCK_ITEM, {"id": work_item_id}).one_or_none()
    if row is None or not _may_act(row, by):
        raise WorkItemNotFound(work_item=work_item_id)
    if row.completed_at is not None or row.status != RUNNING:
        raise WorkItemAlreadyDone(work_item=work_item_id)
    program = releases.program(session, row.release_id)
    if row.form:
        check_answers(program, row.form, answers)
    now = room.clock.now()
    case = _case(row)
    if case.record_type and case.record_id is not None:
        keeper = keeper_of(case.record_type)
        if keeper is not None:
            case.label = keeper.absorb(session, case.record_id, row.element, answers, by=by, now=now) or case.label
    services = ServiceCalls(session, case, by=by, now=now, revision=row.revision)
    step = resume(program, row.state, services, room.clock).complete(row.task_guid, answers)
    session.execute(
        sa.update(WorkItem)
        .where(WorkItem.id == work_item_id, WorkItem.completed_at.is_(None))
        .values(
            completed_at=now,
            completed_by=by.user_id,
            assignee_id=row.assignee_id or by.user_id,
            outcome="completed",
            next_reminder_at=None,
            draft=sa.null(),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.insert(Submission).values(
            work_item_id=work_item_id,
            instance_id=case.instance_id,
            form=row.form,
            answers=dict(answers),
            by=by.user_id,
            at=now,
        )
    )
    opened = store(
        session, room, program, case, step,
        by=by, at=now, revision=row.revision, seq=row.journal_seq, head=row.journal_head,
    )  # fmt: skip
    return Done(case.instance_id, opened)


def _may_act(row: Any, by: Actor) -> bool:
    if row.assignee_id is not None:
        return bool(row.assignee_id == by.user_id)
    return row.group_key in by.groups


def deliver(
    session: Session, message: str, business_key: str | None, data: Mapping[str, Any], *, by: Actor, room: EngineRoom
) -> Done:
    """Deliver a message to the running case with ``business_key`` that waits for it; otherwise start a process by it.

    Raises ``MessageNotExpected`` when neither is there.
    """
    candidates = []
    if business_key is not None:
        candidates = list(
            session.scalars(
                sa.select(ProcessInstance.id)
                .where(ProcessInstance.business_key == business_key, ProcessInstance.status == RUNNING)
                .order_by(ProcessInstance.id)
            )
        )
    for instance_id in candidates:
        locked = _Locked(session, instance_id, by=by, room=room)
        if message in locked.run.waiting_messages():
            return locked.store(locked.run.deliver(message, data), Happening("", message, "message"))
    program = releases.program(session, releases.current(session).id)
    process_id = program.message_starts.get(message)
    if process_id is None:
        raise MessageNotExpected(message=message, business_key=business_key)
    return start(session, process_id, by=by, room=room, data=data, message=message)


def fire_timers(session: Session, instance_id: int, *, by: Actor, room: EngineRoom) -> Done:
    """Let the timers of a case that are due fire; a case that has ended meanwhile is left alone."""
    locked = _Locked(session, instance_id, by=by, room=room, must_run=False)
    if locked.row.status != RUNNING:
        return Done(instance_id, [])
    return locked.store(locked.run.refresh())


def finish_service(
    session: Session, instance_id: int, guid: UUID, result: Mapping[str, Any] | None, *, by: Actor, room: EngineRoom
) -> Done:
    """Hand the result of an external handler to the case that waits for it."""
    locked = _Locked(session, instance_id, by=by, room=room)
    return locked.store(locked.run.finish_service(guid, result))


def fail_service(session: Session, instance_id: int, guid: UUID, code: str, *, by: Actor, room: EngineRoom) -> Done:
    """Let an external service task end with the BPMN error ``code``."""
    locked = _Locked(session, instance_id, by=by, room=room)
    return locked.store(locked.run.fail_service(guid, code))


def cancel(session: Session, instance_id: int, *, by: Actor, reason: str, room: EngineRoom) -> Done:
    """Cancel a running case with all that is open in it; ``reason`` is kept in the journal."""
    locked = _Locked(session, instance_id, by=by, room=room)
    said = Happening(locked.row.process_id, locked.row.process_id, "cancelled", {"reason": reason})
    return locked.store(locked.run.cancel(), said, cancelled=True)


class _Locked:
    """A running case, locked and taken up."""

    def __init__(
        self, session: Session, instance_id: int, *, by: Actor, room: EngineRoom, must_run: bool = True
    ) -> None:
        row = session.execute(_LOCK_INSTANCE, {"id": instance_id}).one_or_none()
        if row is None:
            raise InstanceNotFound(instance=instance_id)
        if must_run and row.status != RUNNING:
            raise InstanceNotRunning(instance=instance_id, status=row.status)
        self.row, self._session, self._by, self._room = row, session, by, room
        self._now = room.clock.now()
        self._case = _case(row)
        self._program = releases.program(session, row.release_id)
        services = ServiceCalls(session, self._case, by=by, now=self._now, revision=row.revision)
        self.run: Run = resume(self._program, row.state, services, room.clock)

    def store(self, step: Any, *before: Happening, cancelled: bool = False) -> Done:
        """Write what ``step`` did."""
        row = self.row
        opened = store(
            self._session, self._room, self._program, self._case, step,
            by=self._by, at=self._now, revision=row.revision, seq=row.journal_seq, head=row.journal_head,
            before=before, cancelled=cancelled,
        )  # fmt: skip
        return Done(self._case.instance_id, opened)


def _case(row: Any) -> Case:
    return Case(
        instance_id=row.instance_id,
        process_id=row.process_id,
        label=row.label,
        started_by=row.started_by,
        business_key=row.business_key,
        record_type=row.record_type,
        record_id=row.record_id,
        unit_id=row.unit_id,
        team=dict(row.team),
    )


_INSTANCE_COLUMNS = (
    ProcessInstance.id.label("instance_id"),
    ProcessInstance.release_id,
    ProcessInstance.process_id,
    ProcessInstance.business_key,
    ProcessInstance.label,
    ProcessInstance.record_type,
    ProcessInstance.record_id,
    ProcessInstance.unit_id,
    ProcessInstance.team,
    ProcessInstance.status,
    ProcessInstance.revision,
    ProcessInstance.state,
    ProcessInstance.journal_seq,
    ProcessInstance.journal_head,
    ProcessInstance.started_by,
)
_LOCK_INSTANCE = (
    sa.select(*_INSTANCE_COLUMNS).where(ProcessInstance.id == sa.bindparam("id")).with_for_update(of=ProcessInstance)
)
# Both rows at once, the instance first: locking only one of them would let a waiter act on a stale item.
_LOCK_ITEM = (
    sa.select(
        *_INSTANCE_COLUMNS,
        WorkItem.task_guid,
        WorkItem.element,
        WorkItem.group_key,
        WorkItem.assignee_id,
        WorkItem.completed_at,
        WorkItem.form,
    )
    .join_from(ProcessInstance, WorkItem, WorkItem.instance_id == ProcessInstance.id)
    .where(WorkItem.id == sa.bindparam("id"))
    .with_for_update(of=[ProcessInstance, WorkItem])
)
