"""Messages that a person sends by hand: what the customer or the market did, told to the case that waits for it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from engine.directory import Actor
from engine.errors import InstanceNotFound, InstanceNotRunning, MessageNotExpected, NotAllowed
from engine.instances.operations import Completed, message
from engine.instances.queries import visible_to
from engine.instances.records import RUNNING, ProcessInstance
from engine.interpreter import resume
from engine.releases import queries as releases
from engine.room import EngineRoom


def send(session: Session, name: str, business_key: str, *, by: Actor, room: EngineRoom) -> Completed:
    """Deliver the message ``name`` as ``by`` to the running case with ``business_key``.

    The diagram says of which roles a person must be (property ``sent_by`` of the event that waits): on the case's team,
    or a holder of the role who takes part in the case. A message brings no data of its own, so that nobody can slip
    facts past the forms, and starts nothing.
    Raises ``InstanceNotFound`` (unknown, or not for this person), ``InstanceNotRunning`` when the case is over,
    ``NotAllowed``, ``MessageNotExpected`` when the case does not wait for it.
    """
    cases = session.scalars(
        sa.select(ProcessInstance)
        .where(ProcessInstance.business_key == business_key, visible_to(by))
        .options(defer(ProcessInstance.state, raiseload=True))
        .order_by(ProcessInstance.id)
    ).all()
    if not cases:
        raise InstanceNotFound(business_key=business_key)
    running = [each for each in cases if each.status == RUNNING]
    if not running:
        raise InstanceNotRunning(instance=cases[-1].id, status=cases[-1].status)
    if not any(_may_send(session, each, name, by) for each in running):
        raise NotAllowed(message=name, business_key=business_key)
    program = releases.program(session, releases.current(session).id)
    if name in program.message_starts:
        raise MessageNotExpected(message=name, business_key=business_key)
    return message(session, name, business_key, {}, by=by, room=room)


def _may_send(session: Session, case: ProcessInstance, name: str, by: Actor) -> bool:
    roles = releases.program(session, case.release_id).senders.get(name, frozenset())
    return any(case.team.get(role, by.user_id if role in by.roles else None) == by.user_id for role in roles)


def sendable(session: Session, instance_id: int, *, by: Actor, room: EngineRoom) -> list[str]:
    """Return the messages for which a running case waits now and which ``by``, who sees it, may send by hand."""
    case = session.get(ProcessInstance, instance_id)
    if case is None or case.status != RUNNING:
        return []
    program = releases.program(session, case.release_id)
    possible = [name for name in program.senders if _may_send(session, case, name, by)]
    if not possible:
        return []
    state = session.scalar(sa.select(ProcessInstance.state).where(ProcessInstance.id == instance_id))
    if state is None:
        return []
    waiting = set(resume(program, state, lambda *_: None, room.clock).waiting_messages())
    return [name for name in possible if name in waiting]
