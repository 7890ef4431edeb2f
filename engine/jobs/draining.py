"""Running jobs without threads and without DBOS: for tests, scenarios and the demo, which turn the clock themselves."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import UtcDateTime, reading
from engine.errors import Fault
from engine.jobs import execution
from engine.jobs.records import WAITING, Job
from engine.jobs.sweep import next_due, sweep_once
from engine.room import EngineRoom

WORKER = "drain"
MOST = 10_000

_NEXT = (
    sa.select(Job.id, Job.tries)
    .where(Job.status == WAITING, Job.due_at <= sa.bindparam("now", type_=UtcDateTime()))
    .order_by(Job.due_at, Job.id)
    .limit(1)
)


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
    with reading(factory) as session:
        due = next_due(session)
    if due is None or due > room.clock.now():
        return 0
    done = drain(room, factory)
    for _ in range(MOST):
        if not sweep_once(room, factory):
            return done
        done += drain(room, factory)
    raise Fault(problem=f"timers are still due after {MOST} sweeps")


def _next(room: EngineRoom, factory: sessionmaker[Session]) -> tuple[int, int] | None:
    with reading(factory) as session:
        row = session.execute(_NEXT, {"now": room.clock.now()}).one_or_none()
        return None if row is None else (row.id, row.tries)


def _no_pause(_seconds: float) -> None:
    """Do not wait: the clock of a test does not move by itself."""
