"""The first step of a job: calling an external handler. Outside every transaction, at least once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.database import READ_ONLY
from engine.directory import SYSTEM
from engine.errors import Fault, LtcError
from engine.instances.records import RUNNING, ProcessInstance
from engine.instances.services import call
from engine.interpreter import Element, resume
from engine.jobs.outcome import Failure, Outcome
from engine.jobs.records import ERRANDS, SERVICE, Job
from engine.releases import queries as releases
from engine.room import EngineRoom
from engine.service_tasks import BusinessError, Context

PAUSES = (0.5, 2.0)
"""Seconds between the attempts of one try; minutes and more are left to the next try."""

Pause = Callable[[float], None]

CHANGEABLE = ("business_key", "label", "record_type", "record_id", "unit_id", "team")


def call_handler(job: Job, *, room: EngineRoom, factory: sessionmaker[Session], pause: Pause = time.sleep) -> Outcome:
    """Call the handler of a service job, with the job as idempotency key, or do an errand; others call nothing.

    ``BusinessError`` becomes the BPMN error of the outcome; any other exception is tried again after a short pause and
    then a failure. What the product itself refuses (wrong parameters, no such handler) is not tried again.
    """
    if job.kind in ERRANDS:
        return _run_errand(job, room, factory)
    if job.kind != SERVICE:
        return Outcome()
    for seconds in (*PAUSES, None):
        try:
            return _call(job, room, factory)
        except BusinessError as error:
            return Outcome(error_code=error.code)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a retry or an incident
            if seconds is None or isinstance(error, LtcError):
                return Outcome(failure=Failure.of(error))
            pause(seconds)
    raise AssertionError("unreachable")


def _run_errand(job: Job, room: EngineRoom, factory: sessionmaker[Session]) -> Outcome:
    errand = room.errands.get(job.kind)
    if errand is None:
        return Outcome(failure=Failure.of(Fault(kind=job.kind, problem="nobody here does such work")))
    try:
        errand(job.payload, room=room, factory=factory)
    except Exception as error:  # noqa: BLE001 - whatever it raises becomes a retry or an incident
        return Outcome(failure=Failure.of(error))
    return Outcome()


def _call(job: Job, room: EngineRoom, factory: sessionmaker[Session]) -> Outcome:
    handler, parameters = str(job.payload["handler"]), dict(job.payload["parameters"])
    with reading_when_asked(factory) as session:
        context = _context(session, job, room)
        if context is None:
            return Outcome()  # finishing finds out, and withdraws the job
        before = _changeable(context)
        result = call(handler, context, parameters)
        after = _changeable(context)
        return Outcome(
            result=result,
            changes={name: value for name, value in after.items() if value != before[name]},
            notices=[asdict(notice) for notice in context.notices],
            messages=[asdict(message) for message in context.messages],
        )


def reading_when_asked(factory: sessionmaker[Session]) -> Session:
    """Return a session that connects only when it is used, and takes no write lock: the call may take minutes."""
    engine: Engine = factory.kw["bind"]
    return factory(bind=engine.execution_options(**{READ_ONLY: True}))


def _context(session: Session, job: Job, room: EngineRoom) -> Context | None:
    """Return what the handler is given of the case, ``None`` when the case is over."""
    instance = session.get(ProcessInstance, job.instance_id)
    if instance is None or instance.status != RUNNING:
        return None
    program = releases.program(session, instance.release_id)
    data = resume(program, instance.state, _no_services, room.clock).data
    session.rollback()  # gives the connection back until the handler asks for it
    return Context(
        session=session,
        now=room.clock.now(),
        by=SYSTEM,
        instance_id=instance.id,
        element=job.element or "",
        idempotency_key=f"job-{job.id}",
        data=data,
        started_by=instance.started_by,
        business_key=instance.business_key,
        label=instance.label,
        record_type=instance.record_type,
        record_id=instance.record_id,
        unit_id=instance.unit_id,
        team=dict(instance.team),
    )


def _no_services(element: Element, handler: str, _parameters: Mapping[str, Any]) -> None:
    raise Fault(handler=handler, element=element.id, problem="a case that is only read calls nothing")


def _changeable(context: Context) -> dict[str, Any]:
    return {name: getattr(context, name) for name in CHANGEABLE} | {"team": dict(context.team)}
