"""Running jobs without threads and without DBOS: for tests, scenarios and the demo, which turn the clock themselves."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import reading
from engine.errors import Fault
from engine.jobs import execution
from engine.jobs.records import WAITING, Job
from engine.jobs.sweep import sweep_once
from engine.room import EngineRoom

WORKER = "drain"
MOST = 10_000


def drain(room: EngineRoom, factory: sessionmaker[Session]) -> int:
    """Run every job that is due by the room's clock, and what they bring with them; return how many tries ran.

    The same code runs as in a worker; only the short pauses between attempts are left out. A job that fails rests
    until the clock reaches its next try. Raises ``Fault`` when there is no end to it.
    """
    done = 0
    while (found := _next(room, factory)) is not None:
        if done >= MOST:
            raise Fault(problem=f"jobs still bring new jobs after {MOST}", job=found[0])
        execution.run(*found, worker=WORKER, room=room, factory=factory, pause=_no_pause)
        done += 1
    return done


def settle(room: EngineRoom, factory: sessionmaker[Session]) -> int:
    """Sweep and drain until nothing is due by the room's clock; return how many tries ran."""
    done = drain(room, factory)
    for _ in range(MOST):
        if not sweep_once(room, factory):
            return done
        done += drain(room, factory)
    raise Fault(problem=f"timers are still due after {MOST} sweeps")


def _next(room: EngineRoom, factory: sessionmaker[Session]) -> tuple[int, int] | None:
    with reading(factory) as session:
        row = session.execute(
            sa.select(Job.id, Job.tries)
            .where(Job.status == WAITING, Job.due_at <= room.clock.now())
            .order_by(Job.due_at, Job.id)
            .limit(1)
        ).one_or_none()
        return None if row is None else (row.id, row.tries)


def _no_pause(_seconds: float) -> None:
    """Do not wait: the clock of a test does not move by itself."""
