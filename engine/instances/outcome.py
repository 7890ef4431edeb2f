"""Storing what a step did: the instance, its work items, its history, its record, what it asked of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import journal
from engine.directory import Actor
from engine.errors import StalePage
from engine.inbox.records import Notice
from engine.instances import feeding
from engine.instances.locking import INSTANCE
from engine.instances.records import CANCELLED, COMPLETED, RUNNING, InstanceMember
from engine.instances.services import Case
from engine.instances.work_items import Opened, open_items, relabel, withdraw, withdraw_all
from engine.interpreter import Program
from engine.interpreter.step import Element, Passed, Step
from engine.journal import Happening
from engine.prepared import Prepared, PreparedInsert
from engine.room import EngineRoom

LONGEST_LABEL = 200

_MEMBERS = cast("sa.Table", InstanceMember.__table__)
_NOTICES = cast("sa.Table", Notice.__table__)
_MOVED = ("state", "journal_seq", "journal_head")
_CHANGED = (
    "status", "next_due_at", "ended_at", "label", "business_key", "record_type", "record_id", "unit_id", "team",
)  # fmt: skip


def _update_of(columns: Iterable[str]) -> Prepared:
    return Prepared(
        sa.update(INSTANCE)
        .where(INSTANCE.c.id == sa.bindparam("instance"), INSTANCE.c.revision == sa.bindparam("locked"))
        .values(revision=sa.bindparam("locked") + 1, **{name: sa.bindparam(f"new_{name}") for name in columns})
    )


# SQLite writes an index anew for each column that is set, whether or not to what it was.
_MOVE, _CHANGE = _update_of(_MOVED), _update_of((*_MOVED, *_CHANGED))
_INSERT_NOTICES = sa.insert(_NOTICES).returning(_NOTICES.c.id)  # RETURNING makes all rows go in one statement
_INSERT_MEMBERS = PreparedInsert(_MEMBERS, ["instance_id", "user_id"])


@dataclass(frozen=True, slots=True)
class Answered:
    """The human task that the step completed, as the journal tells it."""

    process_id: str
    element: str
    work_item_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes when, with which collaborators."""

    session: Session
    room: EngineRoom
    program: Program
    by: Actor
    now: datetime


def store(
    writer: Writer,
    case: Case,
    step: Step,
    *,
    answered: Answered | None = None,
    before: Sequence[Happening] = (),
    already_reached: Sequence[Element] = (),
    cancelled: bool = False,
) -> tuple[Opened, ...]:
    """Write the outcome of ``step``; return the new work items.

    ``before`` is journaled first; ``already_reached`` are elements whose status a new record still has to take.
    Raises ``StalePage`` when somebody else wrote in between, which the lock prevents.
    """
    session, now = writer.session, writer.now
    feeding.set_statuses(session, case, [*already_reached, *feeding.reached(step.passed)], by=writer.by, now=now)
    seq, head = journal.append(
        session,
        case.instance_id,
        case.journal_seq,
        case.journal_head,
        [*before, *_happenings(step.passed, answered)],
        by=writer.by.user_id,
        at=now,
    )
    status = CANCELLED if cancelled else COMPLETED if step.ended else RUNNING
    case.label = case.label[:LONGEST_LABEL]
    _update(session, case, step, status, seq, head, now)
    if status != RUNNING:
        withdraw_all(session, case, at=now)
    elif step.closed:
        withdraw(session, case, step.closed, at=now)
    if case.looks_different and case.revision > 0 and status == RUNNING:
        relabel(session, case)
    keep_members(session, case)
    opened = open_items(session, writer.room, writer.program, case, step.opened, at=now) if status == RUNNING else ()
    _leave_notices(session, case, now)
    _ask_for_jobs(writer, case, step)
    return opened


def write_down(session: Session, row: Any, happening: Happening, *, by: Actor, at: datetime) -> None:
    """Write one line into the history of the locked case ``row``, of which all else stays as it is.

    The revision stays too: a page that is open on the case stays good.
    """
    seq, head = journal.append(
        session, row.instance_id, row.journal_seq, row.journal_head, [happening], by=by.user_id, at=at
    )
    moved = sa.update(INSTANCE).where(INSTANCE.c.id == row.instance_id)
    session.execute(moved.values(journal_seq=seq, journal_head=head))


def _update(session: Session, case: Case, step: Step, status: str, seq: int, head: bytes, now: datetime) -> None:
    running = status == RUNNING
    due = step.next_due_at if running else None
    given = {
        "instance": case.instance_id,
        "locked": case.revision,
        "new_state": step.state,
        "new_journal_seq": seq,
        "new_journal_head": head,
    }
    update = _MOVE
    if not running or case.changed or due != case.next_due_at:
        update = _CHANGE
        given |= {
            "new_status": status,
            "new_next_due_at": due,
            "new_ended_at": None if running else now,
            "new_label": case.label,
            "new_business_key": case.business_key,
            "new_record_type": case.record_type,
            "new_record_id": case.record_id,
            "new_unit_id": case.unit_id,
            "new_team": case.team,
        }
    update.later(session, given, otherwise=StalePage(instance=case.instance_id, revision=case.revision))


def _happenings(passed: Sequence[Passed], answered: Answered | None) -> list[Happening]:
    happenings = []
    for each in passed:
        detail: dict[str, Any] = dict(each.detail or {})
        if each.flows:
            detail["flows"] = list(each.flows)
        if answered is not None and _is_answered(each, answered):
            detail |= {"work_item": answered.work_item_id, journal.ANSWERS: answered.digest}
            answered = None
        happenings.append(Happening(each.element.process_id, each.element.id, each.event, detail or None))
    if answered is not None:
        detail = {"work_item": answered.work_item_id, journal.ANSWERS: answered.digest}
        happenings.insert(0, Happening(answered.process_id, answered.element, "completed", detail))
    return happenings


def _is_answered(passed: Passed, answered: Answered) -> bool:
    element = passed.element
    return passed.event == "completed" and (element.process_id, element.id) == (answered.process_id, answered.element)


def keep_members(session: Session, case: Case) -> None:
    """Let those who joined the team of ``case`` see it, and those who left it no more."""
    members = frozenset(case.team.values())
    gone, new = case.members - members, members - case.members
    if gone:
        session.execute(
            sa.delete(_MEMBERS).where(_MEMBERS.c.instance_id == case.instance_id, _MEMBERS.c.user_id.in_(gone))
        )
    if new:
        rows = [{"instance_id": case.instance_id, "user_id": user_id} for user_id in sorted(new)]
        _INSERT_MEMBERS.later(session, rows)


def _leave_notices(session: Session, case: Case, now: datetime) -> None:
    rows = [{**asdict(notice), "instance_id": case.instance_id, "created_at": now} for notice in case.notices]
    if rows:
        session.execute(_INSERT_NOTICES, rows)


def _ask_for_jobs(writer: Writer, case: Case, step: Step) -> None:
    jobs, session = writer.room.jobs, writer.session
    for request in step.requested:
        jobs.enqueue(
            session,
            "service",
            instance_id=case.instance_id,
            element=request.element.id,
            guid=str(request.guid),
            process_id=request.element.process_id,
            handler=request.handler,
            parameters=dict(request.parameters),
        )
    sent: list[tuple[str, str | None, Mapping[str, Any]]] = []
    sent += [(message.name, message.business_key, message.data) for message in case.messages]
    sent += [(thrown.name, case.business_key, thrown.data) for thrown in step.thrown]
    for name, business_key, data in sent:
        jobs.enqueue(
            session,
            "message",
            instance_id=case.instance_id,
            message=name,
            business_key=business_key,
            data=dict(data),
        )
