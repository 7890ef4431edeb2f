"""A worker in a process of its own, for tests that kill it: ``python -m tests.engine.worker_process``.

``DATABASE_URL`` says where, ``CALLS`` names the file in which each call of the outside world is written. The first
call hangs for ever; later ones answer at once. ``CLOCK_AHEAD`` lets the worker's clock run ahead by so many seconds, so
that a test need not sit out the whole lease of a dead one.
"""

from __future__ import annotations

import logging
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy.engine import Engine

from engine.calendar import WorkingCalendar
from engine.clock import Clock, SystemClock
from engine.database import connect, create_schema, sessions, transaction
from engine.directory import SYSTEM
from engine.instances import operations as instances
from engine.jobs.queue import DurableQueue
from engine.jobs.worker import Worker
from engine.releases.operations import deploy
from engine.room import EngineRoom
from engine.service_tasks import Context, service_task
from engine.text import Text
from tests.cast import AN_RUI, OFFICE, FixedDirectory
from tests.diagrams import Diagram


class Nothing(BaseModel):
    """No parameters."""


@service_task("test.hanging_call", label=Text("Call that hangs", "挂起的调用"), transactional=False)
def hanging_call(ctx: Context, given: Nothing) -> None:  # noqa: ARG001 - the catalogue wants both
    calls = Path(os.environ["CALLS"])
    first = calls.read_text() == ""
    with calls.open("a") as file:
        file.write(f"{ctx.idempotency_key}\n")
    if first:
        threading.Event().wait()


class ClockAhead(SystemClock):
    """The machine's clock, running ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))


def room_at(clock: Clock) -> EngineRoom:
    calendar = WorkingCalendar(ZoneInfo("Asia/Shanghai"))
    return EngineRoom(clock=clock, directory=FixedDirectory(), calendar=calendar, jobs=DurableQueue(clock))


def seed(engine: Engine, clock: Clock) -> None:
    """Make the tables, release the process and start one case, which asks for the call at once."""
    diagram = Diagram("calling").start().end().service("call", "test.hanging_call", {}).task("check", "ar")
    create_schema(engine)
    with transaction(sessions(engine)) as session:
        deploy(session, diagram.line("begin", "call", "check", "done").file(), by=SYSTEM, now=clock.now())
        instances.start(session, "calling", by=AN_RUI, room=room_at(clock), unit_id=OFFICE)


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    engine = connect(os.environ["DATABASE_URL"])
    Worker(room_at(ClockAhead()), sessions(engine)).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
