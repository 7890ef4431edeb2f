"""Incidents: jobs that failed after their last try and wait for a person."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import Conflict, NotFound
from engine.jobs.outcome import Failure
from engine.jobs.queue import DurableQueue
from engine.jobs.records import DISMISSED, INCIDENT, Incident, Job
from engine.room import EngineRoom

RETRIED = "retried"


class IncidentNotFound(NotFound):
    """There is no such incident."""


class IncidentAlreadyResolved(Conflict):
    """This incident was resolved by somebody else."""


def open_incidents(session: Session, *, instance_id: int | None = None, limit: int = 200) -> Sequence[Incident]:
    """Return what waits for a person, oldest first; with ``instance_id`` only of that case."""
    query = sa.select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.opened_at, Incident.id)
    if instance_id is not None:
        query = query.where(Incident.instance_id == instance_id)
    return session.scalars(query.limit(limit)).all()


def get(session: Session, incident_id: int) -> Incident:
    """Return an incident, open or resolved; raises ``IncidentNotFound``."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise IncidentNotFound(incident=incident_id)
    return incident


def open_for(session: Session, job: Job, failure: Failure, *, room: EngineRoom) -> Incident:
    """Turn a locked job that failed for the last time into an incident."""
    now = room.clock.now()
    job.status, job.finished_at = INCIDENT, now
    job.lease_until = job.worker = None
    incident = Incident(
        job_id=job.id,
        instance_id=job.instance_id,
        kind=job.kind,
        element=job.element,
        error_class=failure.error_class,
        error_text=failure.text,
        trace=failure.trace,
        opened_at=now,
    )
    session.add(incident)
    session.flush()
    return incident


def retry(session: Session, incident_id: int, *, by: Actor, room: EngineRoom) -> Job:
    """Try the job of an incident again now that its cause is mended; it has all its automatic retries again.

    Raises ``IncidentNotFound``, ``IncidentAlreadyResolved``.
    """
    incident, job = _lock(session, incident_id)
    _resolve(incident, RETRIED, by, room)
    job.failures = 0
    assert isinstance(room.jobs, DurableQueue), "only durable jobs become incidents"
    room.jobs.again(session, job)
    return job


def dismiss(session: Session, incident_id: int, *, by: Actor, note: str, room: EngineRoom) -> Job:
    """Give the job of an incident up, because it is not wanted any more; ``note`` says why.

    A timer that is still due is found again by the sweep. Raises ``IncidentNotFound``, ``IncidentAlreadyResolved``.
    """
    incident, job = _lock(session, incident_id)
    _resolve(incident, DISMISSED, by, room)
    incident.note = note
    job.status, job.finished_at = DISMISSED, room.clock.now()
    session.flush()
    return job


def _lock(session: Session, incident_id: int) -> tuple[Incident, Job]:
    incident = session.scalar(sa.select(Incident).where(Incident.id == incident_id).with_for_update())
    if incident is None:
        raise IncidentNotFound(incident=incident_id)
    if incident.resolved_at is not None:
        raise IncidentAlreadyResolved(incident=incident_id)
    job = session.scalars(sa.select(Job).where(Job.id == incident.job_id).with_for_update()).one()
    return incident, job


def _resolve(incident: Incident, resolution: str, by: Actor, room: EngineRoom) -> None:
    incident.resolved_at, incident.resolved_by, incident.resolution = room.clock.now(), by.user_id, resolution
