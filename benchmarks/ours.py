"""Completions of ours, through the same functions that a request calls: who acts, lock, check, step, store, commit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.processes import ANSWERS, LOOP, STEPS, TASKS, loop, twenty
from engine.calendar import WorkingCalendar
from engine.clock import SystemClock
from engine.database import connect, count_statements, sessions, transaction
from engine.directory import SYSTEM
from engine.instances.operations import complete, start
from engine.instances.records import ProcessInstance
from engine.interpreter import begin, resume
from engine.jobs.queue import DurableQueue
from engine.releases import queries as releases
from engine.releases.operations import deploy
from engine.room import EngineRoom
from handlers.organisation import operations as organisation
from handlers.organisation.directory import OrganisationDirectory
from webui import migrations


def _no_service(_element: object, _handler: str, _parameters: object) -> None:
    """Stand for the handlers: the process of twenty tasks calls none."""


@dataclass(slots=True)
class Case:
    """A running case and the work item it waits for."""

    instance_id: int
    item: int
    turns: int = 0


class Ours:
    """The product on one database, with one person who does everything."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = connect(url)
        migrations.upgrade(self.engine)
        self._factory = sessions(self.engine)
        clock = SystemClock()
        self._directory = OrganisationDirectory(clock)
        calendar = WorkingCalendar(ZoneInfo("Asia/Shanghai"))
        self._room = EngineRoom(clock=clock, directory=self._directory, calendar=calendar, jobs=DurableQueue(clock))
        now = clock.now()
        with transaction(self._factory) as session:
            unit = organisation.create_unit(session, "office", name_en="Office", name_zh="代表处", level="rep")
            user = organisation.create_user(session, "an.rui", name_en="An Rui", name_zh="安睿", now=now, unit=unit)
            organisation.grant(session, user, "ar", unit, now=now)
            deploy(session, twenty() | loop(), by=SYSTEM, now=now)
        self._user_id, self._unit_id = user.id, unit.id

    def start(self, process_id: str) -> Case:
        """Start a case; not measured."""
        with transaction(self._factory) as session:
            actor = self._directory.actor(session, self._user_id)
            started = start(session, process_id, by=actor, room=self._room, unit_id=self._unit_id)
        return Case(started.instance_id, started.opened[0].id)

    def step(self, case: Case) -> float:
        """Complete the work item of ``case``; return how many milliseconds it took from asking to commit."""
        began = time.perf_counter()
        with transaction(self._factory) as session:
            actor = self._directory.actor(session, self._user_id)
            done = complete(session, case.item, ANSWERS, by=actor, room=self._room)
        took = time.perf_counter() - began
        case.item = done.opened[0].id if done.opened else 0
        case.turns += 1
        return took * 1000

    def at(self, turns: int) -> Case:
        """Return a case of the loop that has ``turns`` behind it."""
        case = self.start(LOOP)
        while case.turns < turns:
            self.step(case)
        return case

    def cost(self) -> tuple[int, int]:
        """Return the most statements and commits that one of twenty completions needs."""
        case = self.start(STEPS)
        statements = commits = 0
        for _ in range(TASKS - 1):
            with count_statements(self.engine) as count:
                self.step(case)
            statements, commits = max(statements, count.statements), max(commits, count.commits)
        return statements, commits

    def state_bytes(self, case: Case) -> int:
        """Return the size of the stored state."""
        with self.engine.connect() as connection:
            size = sa.select(sa.func.length(ProcessInstance.state)).where(ProcessInstance.id == case.instance_id)
            return int(connection.scalar(size) or 0)

    def step_alone(self) -> float:
        """Complete twenty tasks on stored states, without a database; return the milliseconds of one."""
        with transaction(self._factory) as session:
            program = releases.program(session, releases.current(session).id)
        clock = self._room.clock
        step = begin(program, STEPS, {}, _no_service, clock)
        began = time.perf_counter()
        for _ in range(TASKS):
            step = resume(program, step.state, _no_service, clock).complete(step.opened[0].guid, ANSWERS)
        return (time.perf_counter() - began) * 1000 / TASKS

    def close(self) -> None:
        """Disconnect."""
        self.engine.dispose()
