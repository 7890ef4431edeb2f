"""The worker of this process: DBOS with our queue, the leases of what runs here, the sweep and the reconciler."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.errors import Fault
from engine.jobs import execution, handover, reconciler
from engine.jobs.execution import LEASE
from engine.jobs.handover import APPLICATION, QUEUE, VERSION, Handover
from engine.jobs.outcome import Outcome
from engine.jobs.sweep import sweep_once
from engine.room import EngineRoom

log = logging.getLogger("ltc.jobs")

POLL_SECONDS = 0.5
AT_ONCE = 8
"""Jobs at the same time in one process; they share the connection pool with the web threads."""

SWEEP_SECONDS = 1.0
LEASE_SECONDS = 10.0
RECONCILE_SECONDS = 15.0
FORGET_SECONDS = 3600.0
REMEMBER = timedelta(days=2)
STOP_SECONDS = 20

_one_per_process = threading.Lock()


class Worker:
    """Runs background work until it is stopped; one per process, as many processes as the database carries.

    Also implements ``workflow.Runner``.
    """

    def __init__(self, room: EngineRoom, factory: sessionmaker[Session], *, at_once: int = AT_ONCE) -> None:
        self._room, self._factory, self._at_once = room, factory, at_once
        self._engine: Engine = factory.kw["bind"]
        # never the same twice: DBOS would take over the work of a living process with the same name
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid4().hex[:8]}"
        self._running: set[tuple[int, int]] = set()
        self._changing = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._dbos: Handover | None = None

    def start(self) -> None:
        """Take jobs, sweep, give back what dead workers left. Raises ``Fault`` when one runs here already."""
        if not _one_per_process.acquire(blocking=False):
            raise Fault(problem="this process has a worker already")
        try:
            handover.prepare(self._engine)
            self._launch()
        except BaseException:
            _one_per_process.release()
            raise
        self._dbos = Handover(self._engine)
        self._repeat("sweep", SWEEP_SECONDS, self._sweep)
        self._repeat("leases", LEASE_SECONDS, self._extend)
        self._repeat("reconciler", RECONCILE_SECONDS, self._reconcile)
        self._repeat("forgetting", FORGET_SECONDS, self._forget)
        log.info("worker %s started", self.name)

    def _launch(self) -> None:
        from dbos import DBOS

        from engine.jobs import workflow

        DBOS(
            config={
                "name": APPLICATION,
                "system_database_engine": self._engine,
                "application_version": VERSION,
                "executor_id": self.name,
                "serializer": handover.serializer(),
                "run_migrations": False,  # `prepare` did, on a connection of its own
                "use_listen_notify": False,
                "log_level": "ERROR",
            }
        )
        workflow.run_with(self)
        try:
            DBOS.launch()
            DBOS.register_queue(
                QUEUE,
                worker_concurrency=self._at_once,
                partition_concurrency=1,
                polling_interval_sec=POLL_SECONDS,
                on_conflict="always_update",
            )
        except BaseException:
            DBOS.destroy()
            workflow.run_with(None)
            raise

    def stop(self) -> None:
        """Take no more jobs and wait twenty seconds for those that run; what is left goes to another worker."""
        from dbos import DBOS

        from engine.jobs import workflow

        self._break_off()
        DBOS.destroy(workflow_completion_timeout_sec=STOP_SECONDS if self._running else 0)
        self._break_off()
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        workflow.run_with(None)
        if self._dbos is not None:
            self._dbos.close()
        _one_per_process.release()
        log.info("worker %s stopped", self.name)

    def _break_off(self) -> None:
        """Do not wait for errands: they are tried again, here after the next start or elsewhere at once."""
        for errand in self._room.errands.values():
            errand.stop()

    def call(self, job_id: int, tries: int) -> dict[str, Any]:
        """Do the first step of a job."""
        with self._changing:
            self._running.add((job_id, tries))
        outcome = execution.call(job_id, tries, worker=self.name, room=self._room, factory=self._factory)
        return outcome.to_json()

    def finish(self, job_id: int, tries: int, outcome: dict[str, Any]) -> None:
        """Do the second step of a job."""
        try:
            execution.finish(job_id, tries, Outcome.from_json(outcome), room=self._room, factory=self._factory)
        finally:
            with self._changing:
                self._running.discard((job_id, tries))

    def _repeat(self, what: str, seconds: float, act: Callable[[], None]) -> None:
        """Do ``act`` at once and then every ``seconds``; a failure is logged and does not end it."""

        def loop() -> None:
            while True:
                try:
                    act()
                except Exception:
                    log.exception("the %s of worker %s failed; it goes on", what, self.name)
                if self._stopping.wait(seconds):
                    return

        thread = threading.Thread(target=loop, name=f"ltc-{what}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _sweep(self) -> None:
        sweep_once(self._room, self._factory)

    def _extend(self) -> None:
        with self._changing:
            running = list(self._running)
        reconciler.extend(self._factory, running, until=self._room.clock.now() + LEASE)

    def _reconcile(self) -> None:
        assert self._dbos is not None
        reconciler.reconcile(self._room, self._factory, self._dbos)

    def _forget(self) -> None:
        assert self._dbos is not None
        reconciler.forget(self._dbos, after=REMEMBER)
