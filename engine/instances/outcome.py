"""Storing what a step did: the instance, its work items, its history, its record, what it asked of others.

Every statement of the hot path is here and in ``operations``; `docs/architecture.md` counts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import journal
from engine.business_records import keeper_of
from engine.calendar import working_minutes
from engine.directory import Actor, CaseFacts
from engine.errors import Conflict
from engine.inbox.records import Notice, WorkItem
from engine.instances.records import CANCELLED, COMPLETED, RUNNING, ProcessInstance
from engine.instances.services import Case
from engine.interpreter import Program
from engine.interpreter.step import Element, OpenTask, Passed, Step
from engine.journal import Happening
from engine.room import EngineRoom

REMINDERS = (0.8, 1.0, 1.5, 2.0)
"""Due soon, overdue, escalated once, escalated twice: as parts of the time allowed (ltc.md §2)."""

LOWEST_PRIORITY, USUAL_PRIORITY = 9, 5
HUMAN = frozenset({"userTask", "manualTask"})


def reminder_at(room: EngineRoom, opened: datetime, minutes: int, level: int) -> datetime | None:
    """Return when reminder ``level`` (0 = due soon) of an item opened at ``opened`` is due, ``None`` after the last."""
    return None if level >= len(REMINDERS) else room.calendar.add(opened, round(minutes * REMINDERS[level]))


def store(
    session: Session,
    room: EngineRoom,
    program: Program,
    case: Case,
    step: Step,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    seq: int,
    head: bytes,
    before: Sequence[Happening] = (),
    cancelled: bool = False,
) -> list[int]:
    """Write the outcome of ``step``; return the ids of the new work items.

    ``revision``, ``seq`` and ``head`` are those of the row as it was locked; ``before`` is journaled first.
    Raises ``Conflict`` when somebody else wrote in between, which the lock should have prevented.
    """
    _set_statuses(session, case, step.passed, by=by, at=at)
    happenings = [*before, *(_happening(passed) for passed in step.passed)]
    seq, head = journal.append(session, case.instance_id, seq, head, happenings, by=by.user_id, at=at)
    status = CANCELLED if cancelled else COMPLETED if step.ended else RUNNING
    changed = session.execute(
        sa.update(ProcessInstance)
        .where(ProcessInstance.id == case.instance_id, ProcessInstance.revision == revision)
        .values(
            state=step.state,
            revision=revision + 1,
            status=status,
            next_due_at=None if status != RUNNING else step.next_due_at,
            ended_at=None if status == RUNNING else at,
            journal_seq=seq,
            journal_head=head,
            label=case.label[:200],
            business_key=case.business_key,
            record_type=case.record_type,
            record_id=case.record_id,
            unit_id=case.unit_id,
            team=case.team,
        )
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(instance=case.instance_id, revision=revision)
    if step.closed or status != RUNNING:
        _close(session, case, step, at=at, all_of_them=status != RUNNING)
    opened = [] if status != RUNNING else _open(session, room, program, case, step.opened, at=at)
    _leave_notices(session, case, at=at)
    _ask_for_jobs(session, room, case, step)
    return opened


def _happening(passed: Passed) -> Happening:
    detail = dict(passed.detail or {})
    if passed.flows:
        detail["flows"] = list(passed.flows)
    return Happening(passed.element.process_id, passed.element.id, passed.event, detail or None)


def _set_statuses(session: Session, case: Case, passed: Sequence[Passed], *, by: Actor, at: datetime) -> None:
    """Give the record each status in the order the case reached it; finishing a human task reaches nothing."""
    keeper = keeper_of(case.record_type) if case.record_type else None
    if keeper is None or case.record_id is None:
        return
    last = None
    for each in passed:
        status = each.element.properties.get("status")
        reached = each.event == "entered" or (each.element.kind not in HUMAN and each.event in {"completed", "fired"})
        if status and reached and status != last:
            keeper.set_status(session, case.record_id, status, by=by, now=at)
            last = status


def _open(
    session: Session, room: EngineRoom, program: Program, case: Case, tasks: Sequence[OpenTask], *, at: datetime
) -> list[int]:
    if not tasks:
        return []
    roles = [task.element.role or "everyone" for task in tasks]
    facts = CaseFacts(case.unit_id, case.team, case.started_by)
    rows = []
    for task, role, assignment in zip(tasks, roles, room.directory.assign(session, roles, facts), strict=True):
        element = task.element
        named = _value(program, room, element, "assignee", task.data)
        minutes = _minutes(program, room, element, task.data)
        rows.append(
            {
                "instance_id": case.instance_id,
                "task_guid": task.guid,
                "process_id": element.process_id,
                "element": element.id,
                "title_en": (element.name or element.id)[:200],
                "title_zh": (element.label_zh or element.name or element.id)[:200],
                "role": role,
                "group_key": assignment.group,
                "assignee_id": int(named) if named else assignment.assignee_id,
                "case_label": case.label[:200],
                "business_key": case.business_key,
                "record_type": case.record_type,
                "record_id": case.record_id,
                "form": element.properties.get("formJsonSchemaFilename"),
                "ui_form": element.properties.get("formUiSchemaFilename"),
                "priority": _priority(_value(program, room, element, "priority", task.data)),
                "created_at": at,
                "sla_minutes": minutes,
                "due_at": None if minutes is None else room.calendar.add(at, minutes),
                "next_reminder_at": None if minutes is None else reminder_at(room, at, minutes, 0),
                "reminder_level": 0,
            }
        )
    return list(session.scalars(sa.insert(WorkItem).values(rows).returning(WorkItem.id)))


def _value(program: Program, room: EngineRoom, element: Element, name: str, data: Mapping[str, Any]) -> Any:
    text = element.properties.get(name)
    return program.value(text, data, room.clock) if text else None


def _minutes(program: Program, room: EngineRoom, element: Element, data: Mapping[str, Any]) -> int | None:
    duration = _value(program, room, element, "due", data)
    return working_minutes(str(duration)) if duration else None


def _priority(value: Any) -> int:
    return min(max(int(value), 1), LOWEST_PRIORITY) if value else USUAL_PRIORITY


def _close(session: Session, case: Case, step: Step, *, at: datetime, all_of_them: bool) -> None:
    which = sa.true() if all_of_them else WorkItem.task_guid.in_(step.closed)
    session.execute(
        sa.update(WorkItem)
        .where(WorkItem.instance_id == case.instance_id, WorkItem.completed_at.is_(None), which)
        .values(completed_at=at, outcome=CANCELLED, next_reminder_at=None, draft=sa.null())
        .execution_options(synchronize_session=False)
    )


def _leave_notices(session: Session, case: Case, *, at: datetime) -> None:
    rows = [{**asdict(notice), "instance_id": case.instance_id, "created_at": at} for notice in case.notices]
    if rows:
        session.execute(sa.insert(Notice).values(rows))


def _ask_for_jobs(session: Session, room: EngineRoom, case: Case, step: Step) -> None:
    for request in step.requested:
        room.jobs.enqueue(
            session,
            "service",
            instance_id=case.instance_id,
            element=request.element.id,
            payload={
                "guid": str(request.guid),
                "process_id": request.element.process_id,
                "handler": request.handler,
                "parameters": dict(request.parameters),
            },
        )
    sent = [(message.name, message.business_key, message.data) for message in case.messages]
    sent += [(thrown.name, case.business_key, dict(thrown.data)) for thrown in step.thrown]
    for name, key, data in sent:
        room.jobs.enqueue(
            session,
            "message",
            instance_id=case.instance_id,
            payload={"message": name, "business_key": key, "data": data},
        )
