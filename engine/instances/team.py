"""The people who answer for a case: one of them is replaced, and what waits for that person moves on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.business_records import deal_of, member_changed
from engine.directory import Actor, oversees
from engine.errors import InstanceNotFound, InstanceNotRunning, InvalidInput, NotAllowed
from engine.inbox.operations import LONGEST_REASON
from engine.inbox.records import Notice, WorkItem
from engine.inbox.storable import check_storable
from engine.instances import queries
from engine.instances.locking import INSTANCE, case_of, lock_instance
from engine.instances.outcome import keep_members, write_down
from engine.instances.records import RUNNING, ProcessInstance
from engine.instances.services import Case
from engine.journal import Happening
from engine.room import EngineRoom
from engine.text import listed

MOST_BESIDE = 200
"""How many other cases of a deal are looked at."""
MOST_NAMED = 3
"""How many other cases a notice names; of the rest it says how many they are."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Another running case of the same deal, with the roles in which the same people stand there."""

    instance_id: int
    business_key: str | None
    label: str
    roles: tuple[str, ...]


def beside(session: Session, instance_id: int, *, by: Actor, room: EngineRoom) -> list[Beside]:
    """Return the other running cases of the deal in which ``by`` may replace somebody of the team of this one.

    Those are the cases of the opportunity and of its contract, of its changes, disputes and risks. Raises
    ``InstanceNotFound``, ``InstanceNotRunning`` and ``NotAllowed`` as :func:`replace` does.
    """
    case = queries.get(session, instance_id)
    if case.status != RUNNING:
        raise InstanceNotRunning(instance=instance_id, status=case.status)
    _check_oversees(session, case.id, case.unit_id, by, room)
    if case.record_type is None or case.record_id is None:
        return []
    deal = sa.or_(
        *(
            sa.and_(ProcessInstance.record_type == kind, ProcessInstance.record_id == record_id)
            for kind, record_id in deal_of(case.record_type, session, case.record_id)
        )
    )
    columns = (
        ProcessInstance.id, ProcessInstance.business_key, ProcessInstance.label, ProcessInstance.team,
        ProcessInstance.unit_id,
    )  # fmt: skip
    running = sa.select(*columns).where(deal, ProcessInstance.status == RUNNING, ProcessInstance.id != instance_id)
    rows = session.execute(running.order_by(ProcessInstance.id).limit(MOST_BESIDE)).all()
    overseen = {unit: oversees(room.directory, session, by, unit) for unit in {each.unit_id for each in rows}}
    found = []
    for each in rows:
        roles = tuple(role for role, person in case.team.items() if each.team.get(role) == person)
        if roles and overseen[each.unit_id]:
            found.append(Beside(each.id, each.business_key, each.label, roles))
    return found


def replace(
    session: Session,
    instance_id: int,
    role: str,
    user_id: int,
    *,
    by: Actor,
    reason: str,
    room: EngineRoom,
    everywhere: bool = False,
) -> list[str]:
    """Let ``user_id`` stand in ``role`` of a running case from now on; open tasks move along.

    ``everywhere``: in the other cases of the deal as well where the same person stands in that role (:func:`beside`).
    Return what the changed cases are called, this one first. The journal of each keeps who it was and why
    (`ltc.md` 1.1); the records follow. Whoever oversees the case's unit may. Raises ``InstanceNotFound``,
    ``InstanceNotRunning``, ``NotAllowed``, ``NotFound`` for an unknown receiver, and ``InvalidInput`` for a role that
    the team does not have, for the person who stands in it, and without a reason.
    """
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise InvalidInput(field="reason", longest=LONGEST_REASON)
    check_storable({"reason": said})
    others = [each.instance_id for each in beside(session, instance_id, by=by, room=room)] if everywhere else []
    rows = {each: lock_instance(session, each, must_run=each == instance_id) for each in sorted({instance_id, *others})}
    case = case_of(rows[instance_id])
    _check_oversees(session, instance_id, case.unit_id, by, room)
    former = case.team.get(role)
    if former is None or former == user_id:
        raise InvalidInput(role=role, team=sorted(case.team))
    room.directory.actor(session, user_id)
    changed = [(rows[instance_id], case)]
    for each in others:
        other = case_of(rows[each])
        if rows[each].status == RUNNING and other.team.get(role) == former:
            changed.append((rows[each], other))
    for row, one in changed:
        _put(session, row, one, role, user_id, by=by, reason=said, now=room.clock.now())
    called = [one.business_key or one.label for _, one in changed]
    told = {"by": by.name, "case": case.label, "reason": said}
    kind = "team_changed"
    if len(called) > 1:
        kind, also = "team_changed_everywhere", listed(called[1:], most=MOST_NAMED)
        told |= {"others_en": also.en, "others_zh": also.zh}
    session.execute(
        sa.insert(Notice).values(
            user_id=user_id,
            kind=kind,
            params=told,
            instance_id=instance_id,
            created_at=room.clock.now(),
        )
    )
    return called


def _check_oversees(session: Session, instance_id: int, unit_id: int | None, by: Actor, room: EngineRoom) -> None:
    if oversees(room.directory, session, by, unit_id):
        return
    if queries.is_visible(session, instance_id, by):
        raise NotAllowed(instance=instance_id)
    raise InstanceNotFound(instance=instance_id)


def _put(
    session: Session, row: Any, case: Case, role: str, user_id: int, *, by: Actor, reason: str, now: datetime
) -> None:
    """Put ``user_id`` into ``role`` of the locked ``case``, its record, its history and its open tasks."""
    former, case.team[role] = case.team[role], user_id
    session.execute(sa.update(INSTANCE).where(INSTANCE.c.id == case.instance_id).values(team=case.team))
    keep_members(session, case)
    if case.record_type is not None and case.record_id is not None:
        member_changed(case.record_type, session, case.record_id, role, user_id)
    detail = {"role": role, "from": former, "to": user_id, "reason": reason}
    write_down(session, row, Happening(row.process_id, row.process_id, "team_changed", detail), by=by, at=now)
    session.execute(
        sa.update(WorkItem)
        .where(
            WorkItem.instance_id == case.instance_id,
            WorkItem.role == role,
            WorkItem.assignee_id == former,
            WorkItem.completed_at.is_(None),
        )
        .values(assignee_id=user_id, claimed_at=None)
        .execution_options(synchronize_session=False)
    )
