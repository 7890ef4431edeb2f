"""The engine room's job queue: a row of ours and a workflow of DBOS, both in the caller's own transaction."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.jobs import handover
from engine.jobs.handover import Handover
from engine.jobs.records import ERRANDS, KINDS, SERVICE, WAITING, Job

NO_DELAY = timedelta()


class DurableQueue:
    """Takes background work in the caller's transaction: rolled back with it, started once it is committed.

    It works in every process. Where the tables of DBOS are not there yet (before the first worker ever started), only
    our row is written, and the reconciler of the first worker hands it over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._handover: Handover | None = None
        self._opening = threading.Lock()

    def enqueue(
        self,
        session: Session,
        kind: str,
        *,
        instance_id: int | None = None,
        element: str | None = None,
        delay: timedelta | None = None,
        **ids: Any,
    ) -> int:
        """Remember the work; return the job's id. Raises ``ValueError`` for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of job")
        now = self._clock.now()
        job_id: int | None = session.scalar(
            sa.insert(Job)
            .values(
                kind=kind,
                instance_id=instance_id,
                element=element,
                payload=ids,
                status=WAITING,
                tries=1,
                failures=0,
                created_at=now,
                due_at=now + (delay or NO_DELAY),
            )
            .returning(Job.id)
        )
        assert job_id is not None
        self.hand_over(session, job_id, 1, kind, instance_id, delay or NO_DELAY)
        return job_id

    def again(self, session: Session, job: Job, *, delay: timedelta = NO_DELAY) -> None:
        """Put a locked job back, to be tried anew after ``delay``; what still runs of it is fenced off."""
        job.status = WAITING
        job.tries += 1
        job.due_at = self._clock.now() + delay
        job.lease_until = job.worker = job.finished_at = None
        session.flush()
        self.hand_over(session, job.id, job.tries, job.kind, job.instance_id, delay)

    def hand_over(
        self, session: Session, job_id: int, tries: int, kind: str, instance_id: int | None, delay: timedelta
    ) -> None:
        """Let DBOS run this try once the transaction is committed, unless its tables are not there yet."""
        if handover.is_prepared(session):
            self.client(session).enqueue(session, job_id, tries, partition(kind, job_id, instance_id), delay)

    def client(self, session: Session) -> Handover:
        """Return the client for the database of ``session``."""
        bind = session.get_bind()
        engine: Engine = bind.engine if isinstance(bind, Connection) else bind
        with self._opening:
            if self._handover is None or self._handover.engine is not engine:
                self._handover = Handover(engine)
            return self._handover


def partition(kind: str, job_id: int, instance_id: int | None) -> str:
    """Return the queue within which jobs run one at a time.

    The jobs of an instance take turns. Calls to the outside have a queue of their own, because a slow one must not
    hold up the timers and messages of its case. Errands of a kind take turns too: each keeps a core busy.
    """
    if kind in ERRANDS:
        return kind
    if instance_id is None:
        return f"job-{job_id}"
    return f"calls-{instance_id}" if kind == SERVICE else f"instance-{instance_id}"
