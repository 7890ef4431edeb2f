"""Every change of a case. Each function is one step: it locks, runs the interpreter, stores; the caller commits.

Any exception leaves nothing behind, because nobody below the caller commits. One completion costs seven statements —
lock, submission, close the item, journal, update the instance, ask the directory, open items — and one more for each
thing that the step does besides: a record fed, a sibling withdrawn, a job, a notice. The caller's question who acts is
the eighth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import chain
from engine.business_records import take_in
from engine.directory import EVERYONE, SYSTEM, Actor, oversees
from engine.errors import (
    InstanceNotFound,
    InstanceNotRunning,
    InvalidInput,
    MessageNotExpected,
    NotAllowed,
    StalePage,
    WorkItemAlreadyDone,
    WorkItemNotFound,
)
from engine.inbox.answers import validate
from engine.inbox.attachments import tie, tokens_in
from engine.inbox.records import Submission
from engine.inbox.storable import check_storable
from engine.instances import feeding, queries
from engine.instances.locking import INSTANCE, ITEM, case_of, lock_instance, lock_item
from engine.instances.outcome import Answered, Writer, store, write_down
from engine.instances.records import RUNNING
from engine.instances.services import Case, ServiceCalls, Wishes
from engine.instances.work_items import Opened, may_act
from engine.interpreter import Program, Run, Step, begin, resume
from engine.journal import Happening
from engine.prepared import Prepared, PreparedInsert
from engine.releases import queries as releases
from engine.room import EngineRoom

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Completed:
    """What became of a case by one step: whether it is over, and the work items that the step opened."""

    instance_id: int
    label: str
    business_key: str | None
    ended: bool
    opened: tuple[Opened, ...]

    def next_for(self, actor: Actor) -> int | None:
        """Return the first new work item that ``actor`` may go on with."""
        return next((item.id for item in self.opened if item.waits_for(actor)), None)


@dataclass(frozen=True, slots=True)
class Started(Completed):
    """A new case; ``first_item`` is the work item that the first answers completed."""

    first_item: int | None = None


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
) -> Started:
    """Start a case of ``process_id`` in the current release.

    With ``answers`` its first human task, which must wait for the person who starts, is completed in the same step, so
    that an abandoned form leaves no empty case. ``started_by`` names the person behind an import.
    Raises ``ProcessNotFound``, ``NotAllowed`` when this person may not start it, ``InvalidAnswers``.
    """
    release_id = releases.current(session).id
    program = releases.program(session, release_id)
    program.process(process_id)
    _check_may_start(program, process_id, by)
    started = _begin(
        session, release_id, process_id, by=by, room=room, data=data or {}, unit_id=unit_id, label=label,
        started_by=started_by, opens_record=answers if answers is not None else data or None,
    )  # fmt: skip
    if answers is None:
        return started
    first = started.next_for(by)
    if first is None:
        raise InvalidInput(process=process_id, problem="it does not begin with a form for the person who starts it")
    then = complete(session, first, answers, by=by, room=room)
    others = tuple(item for item in started.opened if item.id != first)
    return Started(
        then.instance_id, then.label, then.business_key, then.ended, (*others, *then.opened), first_item=first
    )


def _check_may_start(program: Program, process_id: str, by: Actor) -> None:
    if by.is_system:
        return
    role = program.starts.get(process_id)
    if role is None or (role != EVERYONE and role not in by.roles):
        raise NotAllowed(process=process_id)


def _begin(
    session: Session,
    release_id: int,
    process_id: str,
    *,
    by: Actor,
    room: EngineRoom,
    data: Mapping[str, Any],
    unit_id: int | None = None,
    label: str = "",
    started_by: int | None = None,
    opens_record: Mapping[str, Any] | None = None,
    message: str | None = None,
    business_key: str | None = None,
    parent_id: int | None = None,
) -> Started:
    check_storable(data)
    program = releases.program(session, release_id)
    now = room.clock.now()
    starter = started_by if started_by is not None else by.user_id
    name = label or program.process(process_id).name or process_id
    instance_id = session.scalars(
        sa.insert(INSTANCE).returning(INSTANCE.c.id),
        {
            "release_id": release_id,
            "process_id": process_id,
            "business_key": business_key,
            "label": name,
            "unit_id": unit_id,
            "team": {},
            "status": RUNNING,
            "revision": 0,
            "state": b"",
            "journal_seq": 0,
            "journal_head": chain.GENESIS,
            "started_at": now,
            "started_by": starter,
            "parent_id": parent_id,
        },
    ).one()
    case = Case(instance_id, process_id, name, starter, 0, 0, chain.GENESIS, business_key=business_key, unit_id=unit_id)
    if opens_record is not None:
        feeding.link_or_open(session, program, case, opens_record, by=by, now=now)
    services = ServiceCalls(session, case, by=by, now=now, data=data)
    step = begin(program, process_id, dict(data), services, room.clock, message)
    opened = store(Writer(session, room, program, by, now), case, step)
    return Started(instance_id, case.label, case.business_key, step.ended, opened)


_SUBMIT = PreparedInsert(
    cast("sa.Table", Submission.__table__), ["work_item_id", "instance_id", "form", "answers", "by", "at"]
)
_FINISH_ITEM = Prepared(
    sa.update(ITEM)
    .where(ITEM.c.id == sa.bindparam("item"), ITEM.c.completed_at.is_(None))
    .values(
        completed_at=sa.bindparam("at"),
        completed_by=sa.bindparam("actor"),
        outcome="completed",
        next_reminder_at=None,
        draft=sa.null(),
    )
)


def complete(
    session: Session,
    work_item_id: int,
    answers: Mapping[str, Any],
    *,
    by: Actor,
    room: EngineRoom,
    revision: int | None = None,
) -> Completed:
    """Complete a work item with ``answers`` as ``by`` and run the case on until it waits again.

    With ``revision`` the case must be as it was when the page was loaded.
    Raises ``WorkItemNotFound`` (unknown to this person), ``WorkItemOfOthers`` (waiting for others in a case that this
    person sees), ``WorkItemAlreadyDone``, ``InstanceNotRunning``, ``StalePage``, ``InvalidAnswers``; the case is then
    as it was.
    """
    row = lock_item(session, work_item_id)
    _check_may_complete(session, row, work_item_id, by, revision)
    program = releases.program(session, row.release_id)
    now = room.clock.now()
    case = case_of(row)
    if not row.item_form:
        check_storable(answers)
    else:
        schema = program.form(row.item_form)
        validate(schema, answers)
        tie(
            session, tokens_in(schema, answers), instance_id=case.instance_id, work_item_id=work_item_id, by=by
        )  # fmt: skip
    submission = {
        "work_item_id": work_item_id,
        "instance_id": case.instance_id,
        "form": row.item_form,
        "answers": dict(answers),
        "by": by.user_id,
        "at": now,
    }
    _SUBMIT.later(session, [submission])
    asked = program.questions(row.item_process_id, row.item_form or "")
    fresh_record = feeding.absorb(session, program, case, row.item_element, answers, asked, by=by, now=now)
    step = _resume(session, program, row, case, by=by, now=now, room=room).complete(row.item_task_guid, answers)
    finish = {"item": work_item_id, "at": now, "actor": by.user_id}
    _FINISH_ITEM.later(session, finish, otherwise=WorkItemAlreadyDone(work_item=work_item_id))
    opened = store(
        Writer(session, room, program, by, now),
        case,
        step,
        answered=Answered(row.item_process_id, row.item_element, work_item_id, chain.digest(answers)),
        already_reached=[program.element(row.item_process_id, row.item_element)] if fresh_record else (),
    )
    return Completed(case.instance_id, case.label, case.business_key, step.ended, opened)


def _check_may_complete(session: Session, row: Any, work_item_id: int, by: Actor, revision: int | None) -> None:
    if row.item_completed_at is not None:
        knew = by.user_id in {row.item_assignee_id, row.item_completed_by} or row.item_group_key in by.groups
        if by.is_system or not knew:
            raise WorkItemNotFound(work_item=work_item_id)
        raise WorkItemAlreadyDone(work_item=work_item_id)
    if not may_act(row.item_assignee_id, row.item_group_key, by):
        raise queries.not_theirs(session, work_item_id, row.instance_id, by)
    if row.status != RUNNING:
        raise InstanceNotRunning(instance=row.instance_id, status=row.status)
    if revision is not None and revision != row.revision:
        raise StalePage(instance=row.instance_id, revision=row.revision, page=revision)


def _resume(
    session: Session, program: Program, row: Any, case: Case, *, by: Actor, now: datetime, room: EngineRoom
) -> Run:
    services = ServiceCalls(session, case, by=by, now=now)
    run = resume(program, row.state, services, room.clock)
    services.facts = lambda: run.data
    return run


def message(
    session: Session,
    name: str,
    business_key: str | None,
    data: Mapping[str, Any],
    *,
    by: Actor = SYSTEM,
    room: EngineRoom,
    sender_id: int | None = None,
) -> Completed:
    """Deliver a message to the running case with ``business_key`` that waits for it, the oldest first.

    If none waits, the process that starts with this message is started, as a child of the case ``sender_id``.
    What no case waits for may be taken in by the record of the case, and is told in its history then.
    Raises ``MessageNotExpected`` when none of this is so, or what the domain of the record says against the message.
    """
    check_storable(data)
    told: _Taken | None = None
    for instance_id in _with_key(session, business_key):
        taken = _Taken(session, instance_id, by=by, room=room, must_run=False)
        if taken.row.status == RUNNING and taken.run.awaits(name, data):
            return taken.store(taken.run.deliver(name, data), taken.said("message", message=name))
        told = told or taken
    release_id = releases.current(session).id
    process_id = releases.program(session, release_id).message_starts.get(name)
    if process_id is None:
        if told is not None and told.take_in(name, data):
            return Completed(told.case.instance_id, told.case.label, told.case.business_key, ended=False, opened=())
        raise MessageNotExpected(message=name, business_key=business_key)
    return _begin(
        session, release_id, process_id, by=by, room=room, data=data, opens_record=data, message=name,
        business_key=business_key, parent_id=sender_id, started_by=_starter(session, sender_id), unit_id=_unit(data),
    )  # fmt: skip


def _with_key(session: Session, business_key: str | None) -> list[int]:
    if business_key is None:
        return []
    return list(
        session.scalars(
            sa.select(INSTANCE.c.id)
            .where(INSTANCE.c.business_key == business_key, INSTANCE.c.status == RUNNING)
            .order_by(INSTANCE.c.id)
        )
    )


def _starter(session: Session, sender_id: int | None) -> int | None:
    """Return the person behind the case that sent a message: who is behind the case that it starts, too."""
    if sender_id is None:
        return None
    return session.scalar(sa.select(INSTANCE.c.started_by).where(INSTANCE.c.id == sender_id))


def _unit(data: Mapping[str, Any]) -> int | None:
    unit_id = data.get("unit_id")
    return unit_id if isinstance(unit_id, int) and not isinstance(unit_id, bool) else None


def fire_timers(session: Session, instance_id: int, *, by: Actor = SYSTEM, room: EngineRoom) -> Completed | None:
    """Let the timers of a case that are due fire.

    Returns ``None``, with nothing changed, when the case is over meanwhile or nothing is due (any more).
    """
    taken = _Taken(session, instance_id, by=by, room=room, must_run=False)
    row = taken.row
    if row.status != RUNNING or row.next_due_at is None or row.next_due_at > room.clock.now():
        return None
    return taken.store(taken.run.refresh())


def finish_service(
    session: Session,
    instance_id: int,
    guid: UUID,
    result: Mapping[str, Any] | None,
    *,
    by: Actor = SYSTEM,
    room: EngineRoom,
    wishes: Wishes | None = None,
) -> Completed:
    """Hand the result of an external handler to the case that waits for it.

    ``wishes`` is what the handler said in its context. Raises ``WorkItemAlreadyDone`` when the case no longer waits
    for it, ``InstanceNotRunning``.
    """
    taken = _Taken(session, instance_id, by=by, room=room)
    taken.case.grant(wishes)
    return taken.store(taken.run.finish_service(guid, result))


def fail_service(
    session: Session,
    instance_id: int,
    guid: UUID,
    code: str,
    *,
    by: Actor = SYSTEM,
    room: EngineRoom,
    wishes: Wishes | None = None,
) -> Completed:
    """Let an external service task end with the BPMN error ``code``.

    Raises ``ErrorNotCaught`` when the diagram does not catch it, ``WorkItemAlreadyDone``, ``InstanceNotRunning``.
    """
    taken = _Taken(session, instance_id, by=by, room=room)
    taken.case.grant(wishes)
    return taken.store(taken.run.fail_service(guid, code))


def cancel(session: Session, instance_id: int, *, by: Actor, reason: str, room: EngineRoom) -> Completed:
    """Cancel a running case with all that is open in it; ``reason`` is kept in the journal.

    Whoever started the case may, and administrators and the managers of its unit. Raises ``InstanceNotFound``,
    ``NotAllowed``, ``InstanceNotRunning``, ``InvalidInput`` without a reason.
    """
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise InvalidInput(field="reason", longest=LONGEST_REASON)
    check_storable({"reason": said})
    taken = _Taken(session, instance_id, by=by, room=room, must_run=False)
    if by.user_id != taken.row.started_by and not oversees(room.directory, session, by, taken.case.unit_id):
        if queries.is_visible(session, instance_id, by):
            raise NotAllowed(instance=instance_id)
        raise InstanceNotFound(instance=instance_id)
    if taken.row.status != RUNNING:
        raise InstanceNotRunning(instance=instance_id, status=taken.row.status)
    return taken.store(taken.run.cancel(), taken.said("cancelled", reason=said), cancelled=True)


class _Taken:
    """A case, locked and taken up by an act that belongs to no work item."""

    def __init__(
        self, session: Session, instance_id: int, *, by: Actor, room: EngineRoom, must_run: bool = True
    ) -> None:
        self.row = lock_instance(session, instance_id, must_run=must_run)
        self.case = case_of(self.row)
        program = releases.program(session, self.row.release_id)
        self._writer = Writer(session, room, program, by, room.clock.now())
        self._by = by
        self.run = _resume(session, program, self.row, self.case, by=by, now=self._writer.now, room=room)

    def said(self, event: str, **detail: Any) -> Happening:
        """Return the line of the journal for the act itself."""
        return Happening(self.row.process_id, self.row.process_id, event, detail)

    def take_in(self, name: str, data: Mapping[str, Any]) -> bool:
        """Return whether the case's record took in a message that the case does not wait for; tell it if so."""
        case, session, now = self.case, self._writer.session, self._writer.now
        if case.record_type is None or case.record_id is None:
            return False
        if not take_in(case.record_type, session, case.record_id, name, data, by=self._by, now=now):
            return False
        write_down(session, self.row, self.said("message", message=name, kept=True), by=self._by, at=now)
        return True

    def store(self, step: Step, *before: Happening, cancelled: bool = False) -> Completed:
        """Write what ``step`` did."""
        opened = store(self._writer, self.case, step, before=before, cancelled=cancelled)
        case = self.case
        return Completed(case.instance_id, case.label, case.business_key, step.ended or cancelled, opened)
