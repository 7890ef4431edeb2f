"""How one try of a job runs: take it, call, finish. The worker and ``drain`` go through the same three functions."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import transaction
from engine.errors import InstanceNotFound, InstanceNotRunning, WorkItemAlreadyDone
from engine.jobs import incidents
from engine.jobs.applying import APPLY
from engine.jobs.calling import Pause, call_handler
from engine.jobs.outcome import Failure, Outcome
from engine.jobs.queue import DurableQueue
from engine.jobs.records import DONE, MESSAGE, OPEN, REMINDER, RUNNING, SERVICE, STORIES, TIMER, WITHDRAWN, Job
from engine.room import EngineRoom

log = logging.getLogger("ltc.jobs")

LEASE = timedelta(seconds=30)
"""How long a worker may be silent before its jobs are given to another; it says that it lives every ten seconds."""

RETRY_AFTER: Mapping[str, tuple[timedelta, ...]] = MappingProxyType(
    {
        SERVICE: (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
        MESSAGE: (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5)),
        TIMER: (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5)),
        REMINDER: (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
        STORIES: (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5)),
    }
)
"""How long a failed job rests before each further try; after the last one it is an incident."""

USELESS = (InstanceNotFound, InstanceNotRunning, WorkItemAlreadyDone)
"""The case went on without the answer of a service: it was cancelled, or an event took the step away."""


def take(session: Session, job_id: int, tries: int, *, worker: str, room: EngineRoom) -> Job | None:
    """Lease a job to ``worker``; ``None`` when this try is not the one that counts (any more)."""
    job = _locked(session, job_id, tries)
    if job is None:
        return None
    job.status, job.worker, job.lease_until = RUNNING, worker, room.clock.now() + LEASE
    session.flush()
    return job


def call(
    job_id: int,
    tries: int,
    *,
    worker: str,
    room: EngineRoom,
    factory: sessionmaker[Session],
    pause: Pause = time.sleep,
) -> Outcome:
    """Take the job and call its handler, if its kind has one. Never raises for what a handler does."""
    with transaction(factory) as session:
        job = take(session, job_id, tries, worker=worker, room=room)
    if job is None:
        return Outcome(stale=True)
    return call_handler(job, room=room, factory=factory, pause=pause)


def finish(job_id: int, tries: int, outcome: Outcome, *, room: EngineRoom, factory: sessionmaker[Session]) -> None:
    """Apply the outcome to the case and close the job in one transaction, or record the failure in another.

    A second finish of the same try finds the fence closed and does nothing.
    """
    if outcome.stale:
        return
    failure = outcome.failure
    if failure is None:
        try:
            with transaction(factory) as session:
                _apply(session, job_id, tries, outcome, room)
        except Exception as error:  # noqa: BLE001 - any defect of a continuation becomes a retry or an incident
            failure = Failure.of(error)
            if isinstance(error, USELESS):
                with transaction(factory) as session:
                    failure = None if _withdraw(session, job_id, tries, failure, room) else failure
    if failure is not None:
        with transaction(factory) as session:
            _fail(session, job_id, tries, failure, room)


def run(
    job_id: int,
    tries: int,
    *,
    worker: str,
    room: EngineRoom,
    factory: sessionmaker[Session],
    pause: Pause = time.sleep,
) -> None:
    """Run one try from beginning to end in this thread."""
    outcome = call(job_id, tries, worker=worker, room=room, factory=factory, pause=pause)
    finish(job_id, tries, outcome, room=room, factory=factory)


def _locked(session: Session, job_id: int, tries: int) -> Job | None:
    """Lock a job if ``(status, tries)`` is still what this run was started with."""
    job = session.scalar(sa.select(Job).where(Job.id == job_id).with_for_update())
    return job if job is not None and job.tries == tries and job.status in OPEN else None


def _apply(session: Session, job_id: int, tries: int, outcome: Outcome, room: EngineRoom) -> None:
    job = _locked(session, job_id, tries)
    if job is None:
        return
    APPLY[job.kind](session, job, outcome, room)
    _close(job, DONE, room)
    session.flush()


def _withdraw(session: Session, job_id: int, tries: int, failure: Failure, room: EngineRoom) -> bool:
    """Close a service job whose case has no use for the answer; ``False`` for jobs of other kinds."""
    job = _locked(session, job_id, tries)
    if job is None:
        return True
    if job.kind != SERVICE:
        return False
    _close(job, WITHDRAWN, room)
    job.last_error = failure.text
    session.flush()
    return True


def _fail(session: Session, job_id: int, tries: int, failure: Failure, room: EngineRoom) -> None:
    job = _locked(session, job_id, tries)
    if job is None:
        return
    job.failures += 1
    job.last_error = f"{failure.error_class}: {failure.text}"
    waits = RETRY_AFTER[job.kind]
    log.warning("job %s (%s) failed for the %d. time: %s", job.id, job.kind, job.failures, job.last_error)
    if job.failures <= len(waits):
        _queue(room).again(session, job, delay=waits[job.failures - 1])
    else:
        incidents.open_for(session, job, failure, room=room)


def _close(job: Job, status: str, room: EngineRoom) -> None:
    job.status, job.finished_at = status, room.clock.now()
    job.lease_until = job.worker = None


def _queue(room: EngineRoom) -> DurableQueue:
    assert isinstance(room.jobs, DurableQueue), "jobs run only where they were durably enqueued"
    return room.jobs
