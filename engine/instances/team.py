"""The people who answer for a case: one of them is replaced, and what waits for that person moves on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.business_records import member_changed
from engine.directory import Actor, oversees
from engine.errors import InstanceNotFound, InvalidInput, NotAllowed
from engine.inbox.operations import LONGEST_REASON
from engine.inbox.records import Notice, WorkItem
from engine.inbox.storable import check_storable
from engine.instances import queries
from engine.instances.locking import INSTANCE, case_of, lock_instance
from engine.instances.outcome import keep_members, write_down
from engine.journal import Happening
from engine.room import EngineRoom


def replace(
    session: Session, instance_id: int, role: str, user_id: int, *, by: Actor, reason: str, room: EngineRoom
) -> None:
    """Let ``user_id`` stand in ``role`` of a running case from now on; open tasks move along.

    The journal keeps who it was and why (`ltc.md` 1.1); the record follows. Whoever oversees the case's unit may.
    Raises ``InstanceNotFound``, ``InstanceNotRunning``, ``NotAllowed``, ``NotFound`` for an unknown receiver, and
    ``InvalidInput`` for a role that the team does not have, for the person who stands in it, and without a reason.
    """
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise InvalidInput(field="reason", longest=LONGEST_REASON)
    check_storable({"reason": said})
    row = lock_instance(session, instance_id)
    case = case_of(row)
    if not oversees(room.directory, session, by, case.unit_id):
        if queries.is_visible(session, instance_id, by):
            raise NotAllowed(instance=instance_id)
        raise InstanceNotFound(instance=instance_id)
    former = case.team.get(role)
    if former is None or former == user_id:
        raise InvalidInput(role=role, team=sorted(case.team))
    receiver, now = room.directory.actor(session, user_id), room.clock.now()
    case.team[role] = user_id
    session.execute(sa.update(INSTANCE).where(INSTANCE.c.id == instance_id).values(team=case.team))
    keep_members(session, case)
    if case.record_type is not None and case.record_id is not None:
        member_changed(case.record_type, session, case.record_id, role, user_id)
    detail = {"role": role, "from": former, "to": user_id, "reason": said}
    write_down(session, row, Happening(row.process_id, row.process_id, "team_changed", detail), by=by, at=now)
    session.execute(
        sa.update(WorkItem)
        .where(
            WorkItem.instance_id == instance_id,
            WorkItem.role == role,
            WorkItem.assignee_id == former,
            WorkItem.completed_at.is_(None),
        )
        .values(assignee_id=receiver.user_id, claimed_at=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.insert(Notice).values(
            user_id=user_id,
            kind="team_changed",
            params={"by": by.name, "case": case.label, "reason": said},
            instance_id=instance_id,
            created_at=now,
        )
    )
