"""The difference a step makes to the inbox: new work items with their people and due dates, and those taken away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.calendar import working_minutes
from engine.directory import EVERYONE, Actor, Assignment, CaseFacts
from engine.errors import Fault
from engine.instances.locking import ITEM
from engine.instances.services import Case
from engine.interpreter import Program
from engine.interpreter.step import Element, OpenTask
from engine.prepared import Prepared, PreparedInsert
from engine.room import EngineRoom

REMINDERS = (0.8, 1.0, 1.5, 2.0)
"""Due soon, overdue, escalated once, escalated twice: as parts of the time allowed (`ltc.md` 2, common events)."""

HIGHEST_PRIORITY, USUAL_PRIORITY, LOWEST_PRIORITY = 1, 5, 9
LONGEST_TITLE = 200
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")


@dataclass(frozen=True, slots=True)
class Opened:
    """A work item that a step opened."""

    id: int
    element: str
    group: str
    assignee_id: int | None

    def waits_for(self, actor: Actor) -> bool:
        """Whether ``actor`` may complete it."""
        return may_act(self.assignee_id, self.group, actor)


def may_act(assignee_id: int | None, group: str, actor: Actor) -> bool:
    """Whether ``actor`` may complete an open item: its assignee, or anyone of the group while it has none."""
    if actor.is_system:
        return False
    return assignee_id == actor.user_id if assignee_id is not None else group in actor.groups


def reminder_at(room: EngineRoom, opened: datetime, minutes: int, level: int) -> datetime | None:
    """Return when reminder ``level`` (0 = due soon) of an item opened at ``opened`` is due, ``None`` after the last.

    ``minutes`` is the working time allowed.
    """
    return None if level >= len(REMINDERS) else room.calendar.add(opened, round(minutes * REMINDERS[level]))


_INSERT = PreparedInsert(
    ITEM,
    [
        "instance_id", "task_guid", "process_id", "element", "title_en", "title_zh", "subject", "role", "group_key",
        "assignee_id", "case_label", "business_key", "record_type", "record_id", "form", "ui_form", "priority",
        "created_at", "due_at", "sla_minutes", "next_reminder_at", "reminder_level",
    ],
    returning=["id", "task_guid"],
)  # fmt: skip
_CLOSE_SOME = (
    sa.update(ITEM)
    .where(
        ITEM.c.instance_id == sa.bindparam("instance"),
        ITEM.c.task_guid.in_(sa.bindparam("guids", expanding=True)),
        ITEM.c.completed_at.is_(None),
    )
    .values(completed_at=sa.bindparam("at"), outcome="withdrawn", next_reminder_at=None, draft=sa.null())
)
_CLOSE_ALL = Prepared(
    sa.update(ITEM)
    .where(ITEM.c.instance_id == sa.bindparam("instance"), ITEM.c.completed_at.is_(None))
    .values(completed_at=sa.bindparam("at"), outcome="cancelled", next_reminder_at=None, draft=sa.null())
)
_SHOWN = ("case_label", "business_key", "record_type", "record_id")
_RELABEL = Prepared(
    sa.update(ITEM)
    .where(ITEM.c.instance_id == sa.bindparam("instance"), ITEM.c.completed_at.is_(None))
    .values({name: sa.bindparam(f"new_{name}") for name in _SHOWN})
)


def open_items(
    session: Session, room: EngineRoom, program: Program, case: Case, tasks: Sequence[OpenTask], *, at: datetime
) -> tuple[Opened, ...]:
    """Write a work item for each task that waits: one question to the directory, one statement."""
    if not tasks:
        return ()
    roles = [task.element.role or EVERYONE for task in tasks]
    facts = CaseFacts(case.unit_id, case.team, case.started_by)
    levels = [_level(room, program, task) for task in tasks]
    assignments = room.directory.assign(session, roles, facts, levels)
    rows = {
        task.guid: _row(room, program, case, task, role, assignment, at)
        for task, role, assignment in zip(tasks, roles, assignments, strict=True)
    }
    ids = {guid: number for number, guid in _INSERT.rows(session, list(rows.values()))}
    return tuple(Opened(ids[guid], row["element"], row["group_key"], row["assignee_id"]) for guid, row in rows.items())


def _level(room: EngineRoom, program: Program, task: OpenTask) -> str | None:
    """Return the level whose body does this task, if the diagram names one (property ``at_level``)."""
    text = task.element.properties.get("at_level")
    level = program.value(text, task.data, room.clock) if text else None
    if level is not None and not isinstance(level, str):
        raise Fault(element=task.element.id, property="at_level", value=level, problem="not the name of a level")
    return level or None


def _row(
    room: EngineRoom,
    program: Program,
    case: Case,
    task: OpenTask,
    role: str,
    assignment: Assignment,
    at: datetime,
) -> dict[str, Any]:
    element = task.element

    def value(name: str) -> Any:
        text = element.properties.get(name)
        return program.value(text, task.data, room.clock) if text else None

    named = _whole_number(value("assignee"), element, "assignee")
    priority = _whole_number(value("priority"), element, "priority") or USUAL_PRIORITY
    due_at, minutes = _due(room, value("due"), element, at)
    return {
        "instance_id": case.instance_id,
        "task_guid": task.guid,
        "process_id": element.process_id,
        "element": element.id,
        "title_en": (element.name or element.id)[:LONGEST_TITLE],
        "title_zh": (element.label_zh or element.name or element.id)[:LONGEST_TITLE],
        "subject": _line(value("subject")),
        "role": role,
        "group_key": assignment.group,
        "assignee_id": named or assignment.assignee_id,
        **_shown(case),
        "form": element.properties.get("formJsonSchemaFilename"),
        "ui_form": element.properties.get("formUiSchemaFilename"),
        "priority": min(max(priority, HIGHEST_PRIORITY), LOWEST_PRIORITY),
        "created_at": at,
        "due_at": due_at,
        "sla_minutes": minutes,
        "next_reminder_at": None if minutes is None else reminder_at(room, at, minutes, 0),
        "reminder_level": 0,
    }


def _shown(case: Case) -> dict[str, Any]:
    return {
        "case_label": case.label[:LONGEST_TITLE],
        "business_key": case.business_key,
        "record_type": case.record_type,
        "record_id": case.record_id,
    }


def _line(value: Any) -> str | None:
    """Return what tells items of one element apart (milestone 2 of 5), as text; whatever was calculated will do."""
    return None if value is None or value == "" else str(value)[:LONGEST_TITLE]


def _whole_number(value: Any, element: Element, name: str) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Fault(element=element.id, property=name, value=value, problem="not a whole number")
    return value


def _due(room: EngineRoom, due: Any, element: Element, at: datetime) -> tuple[datetime | None, int | None]:
    """Return when the item is due, and the working minutes until then.

    ``due`` is a duration in working time, or a date: then the item is due when that day's work ends.
    """
    if due is None or due == "":
        return None, None
    if not isinstance(due, str):
        raise Fault(element=element.id, property="due", value=due, problem="neither a duration nor a date")
    if _DAY.match(due):
        end = room.calendar.end_of(date.fromisoformat(due))
        return end, room.calendar.minutes_between(at, end)
    minutes = working_minutes(due)
    return room.calendar.add(at, minutes), minutes


def withdraw(session: Session, case: Case, guids: Sequence[UUID], *, at: datetime) -> None:
    """Take away the open items that an event of the diagram overtook."""
    session.execute(_CLOSE_SOME, {"instance": case.instance_id, "guids": list(guids), "at": at})


def withdraw_all(session: Session, case: Case, *, at: datetime) -> None:
    """Take away whatever is still open of a case that is over."""
    _CLOSE_ALL.run(session, {"instance": case.instance_id, "at": at})


def relabel(session: Session, case: Case) -> None:
    """Show the case's new label, key and record on its open items."""
    shown = {f"new_{name}": value for name, value in _shown(case).items()}
    _RELABEL.run(session, {"instance": case.instance_id, **shown})
