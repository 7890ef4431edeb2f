"""Gives the jobs of dead workers to living ones, and to DBOS what it never heard of.

The open core of DBOS leaves a killed worker's workflow pending for ever, and a pending workflow holds up the jobs of
its instance. Everything here goes through DBOS's public client.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import reading, transaction
from engine.jobs.execution import LEASE
from engine.jobs.handover import HandedOver, Handover
from engine.jobs.queue import DurableQueue
from engine.jobs.records import OPEN, RUNNING, WAITING, Job
from engine.room import EngineRoom

log = logging.getLogger("ltc.jobs")

BATCH = 500
GOING = frozenset({"ENQUEUED", "DELAYED"})
"""States in which DBOS will start the try by itself."""


def reconcile(room: EngineRoom, factory: sessionmaker[Session], dbos: Handover) -> int:
    """Cancel what dead workers hold and enqueue their jobs again; return how many were enqueued.

    The cancelling comes first: if this process dies in between, the next reconciler finds the job still open. What a
    worker that was only slow does afterwards meets the fence.
    """
    now = room.clock.now()
    abandoned = _abandoned(factory, dbos, now)
    dbos.cancel(abandoned)
    lost = _lost(factory, dbos, now)
    if not lost:
        return 0
    assert isinstance(room.jobs, DurableQueue), "a worker's room has durable jobs"
    with transaction(factory) as session:
        jobs = session.scalars(
            sa.select(Job)
            .where(Job.id.in_([job_id for job_id, _ in lost]), Job.status.in_(OPEN))
            .with_for_update(skip_locked=True)
        ).all()
        tries_of = dict(lost)
        again = [job for job in jobs if job.tries == tries_of[job.id] and not _is_leased(job, now)]
        for job in again:
            if job.worker is None:
                log.info("job %s (%s) was asked for while no worker ran and is taken up", job.id, job.kind)
            else:
                log.warning("job %s (%s) was lost by %s and is tried again", job.id, job.kind, job.worker)
            room.jobs.again(session, job)
    return len(again)


def _is_leased(job: Job, now: datetime) -> bool:
    return job.status == RUNNING and job.lease_until is not None and job.lease_until > now


def _abandoned(factory: sessionmaker[Session], dbos: Handover, now: datetime) -> list[HandedOver]:
    """Return the tries that DBOS believes to be running, while nobody is at them any more."""
    pending = dbos.known(status="PENDING")
    if not pending:
        return []
    with reading(factory) as session:
        jobs = {job.id: job for job in session.scalars(_by_id([each.job_id for each in pending]))}
    return [each for each in pending if _is_abandoned(each, jobs.get(each.job_id), now)]


def _is_abandoned(taken: HandedOver, job: Job | None, now: datetime) -> bool:
    # DBOS stamps with the machine's clock, so the age of a try is not a matter of the room's clock
    fresh = taken.taken_at is not None and datetime.now(UTC) - taken.taken_at < LEASE
    if job is None or job.tries != taken.tries or job.status == WAITING:
        return not fresh
    if job.status == RUNNING:
        return not _is_leased(job, now)
    return not fresh and (job.finished_at is None or job.finished_at < now - LEASE)


def _lost(factory: sessionmaker[Session], dbos: Handover, now: datetime) -> list[tuple[int, int]]:
    """Return the tries that no living worker has and that DBOS will not start by itself."""
    with reading(factory) as session:
        silent = _tries(session, Job.status == RUNNING, Job.lease_until < now)
        late = _tries(session, Job.status == WAITING, Job.due_at < now - LEASE)
        new = _tries(session, Job.status == WAITING, Job.due_at >= now - LEASE)
    known = {(each.job_id, each.tries): each for each in _known(dbos, [*late, *new])}
    unheard = [each for each in new if each not in known]
    stuck = [each for each in late if each not in known or _is_over(known[each])]
    return [*silent, *unheard, *stuck]


def _is_over(handed: HandedOver) -> bool:
    return handed.status not in GOING and handed.status != "PENDING"


def _known(dbos: Handover, tries_of: Sequence[tuple[int, int]]) -> list[HandedOver]:
    return dbos.known(tries_of=tries_of) if tries_of else []


def _tries(session: Session, *conditions: sa.ColumnElement[bool]) -> list[tuple[int, int]]:
    rows = session.execute(sa.select(Job.id, Job.tries).where(*conditions).order_by(Job.id).limit(BATCH))
    return [(row.id, row.tries) for row in rows]


def _by_id(job_ids: Sequence[int]) -> sa.Select[Job]:
    return sa.select(Job).where(Job.id.in_(set(job_ids)))


def extend(factory: sessionmaker[Session], tries_of: Sequence[tuple[int, int]], *, until: datetime) -> None:
    """Say that the worker of these running tries is alive."""
    if not tries_of:
        return
    with transaction(factory) as session:
        session.execute(
            sa.update(Job)
            .where(sa.tuple_(Job.id, Job.tries).in_(tries_of), Job.status == RUNNING)
            .values(lease_until=until)
            .execution_options(synchronize_session=False)
        )


def forget(dbos: Handover, *, after: timedelta) -> int:
    """Delete DBOS's memory of tries that ended longer than ``after`` ago; our job rows stay. Return how many."""
    return dbos.forget(datetime.now(UTC) - after)
