"""A real worker: DBOS, threads, leases, the sweep."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock, SystemClock
from engine.database import count_statements, transaction
from engine.errors import Fault
from engine.jobs import handover, reconciler
from engine.jobs.handover import Handover
from engine.jobs.records import DONE, RUNNING, WAITING, Job
from engine.jobs.worker import Worker
from engine.room import EngineRoom
from tests.engine.background import OUTSIDE, Background, deadline, letters, ordering, wait_until


@pytest.fixture
def background(room: EngineRoom, factory: sessionmaker[Session]) -> Background:
    """Workers live in real time."""
    return Background(replace(room, clock=SystemClock()), factory)


@pytest.fixture
def worker(background: Background) -> Iterator[Worker]:
    worker = Worker(background.room, background.factory)
    worker.start()
    yield worker
    worker.stop()


@pytest.mark.usefixtures("worker")
def test_a_committed_job_runs_by_itself(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")

    wait_until(lambda: background.open_elements() == ["check"])

    assert background.jobs()[0].status == DONE
    assert OUTSIDE.calls == ["job-1"]


def test_a_job_asked_for_before_any_worker_ever_started_is_found(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    worker = Worker(background.room, background.factory)

    worker.start()
    try:
        wait_until(lambda: background.open_elements() == ["check"])
    finally:
        worker.stop()

    assert OUTSIDE.calls == ["job-1"]


def test_a_job_asked_for_where_no_worker_runs_is_handed_to_the_queue(background: Background) -> None:
    handover.prepare(background.factory.kw["bind"])
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")

    dbos = Handover(background.factory.kw["bind"])
    [handed] = dbos.known(tries_of=[(1, 1)])
    dbos.close()

    assert (handed.job_id, handed.tries, handed.status) == (1, 1, "ENQUEUED")


def test_a_rolled_back_request_leaves_nothing_in_the_queue(background: Background) -> None:
    handover.prepare(background.factory.kw["bind"])
    with transaction(background.factory) as session:
        background.room.jobs.enqueue(session, "message", message="x", business_key=None, data={})
        session.rollback()

    dbos = Handover(background.factory.kw["bind"])
    assert dbos.known() == []
    dbos.close()


@pytest.mark.usefixtures("worker")
def test_a_job_with_a_delay_waits_for_it(background: Background) -> None:
    background.release(letters())
    with transaction(background.factory) as session:
        background.room.jobs.enqueue(
            session, "message", delay=timedelta(seconds=2), message="letter", business_key=None, data={}
        )
    asked = time.monotonic()

    wait_until(lambda: background.open_elements() == ["read"])

    assert time.monotonic() - asked > 1.9


@pytest.mark.usefixtures("worker")
def test_a_timer_fires_by_itself(background: Background) -> None:
    background.release(deadline())
    two_hours_ago = replace(background.room, clock=FixedClock(SystemClock().now() - timedelta(hours=2)))
    Background(two_hours_ago, background.factory).start("deadline")

    wait_until(lambda: background.open_elements() == ["explain"])


@pytest.mark.usefixtures("worker")
def test_jobs_of_one_case_never_run_at_the_same_time(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    background.start("ordering")
    background.complete("ask")
    with OUTSIDE.slowly(0.3):
        for number in range(4):
            background.ask_again(1 + number % 2)
        wait_until(lambda: all(job.status not in {WAITING, RUNNING} for job in background.jobs()))

    assert OUTSIDE.most_at_once_per_case == 1
    assert OUTSIDE.most_at_once >= 2, "different cases do run side by side"


@pytest.mark.usefixtures("worker")
def test_one_process_has_one_worker(background: Background) -> None:
    with pytest.raises(Fault):
        Worker(background.room, background.factory).start()


def test_a_worker_can_be_stopped_and_started_again(background: Background) -> None:
    background.release(ordering())
    for _ in range(2):
        worker = Worker(background.room, background.factory)
        worker.start()
        background.start("ordering")
        background.complete("ask")
        wait_until(lambda: background.open_elements()[-1:] == ["check"])
        background.complete("check")
        worker.stop()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("ltc-")]


def test_a_job_whose_worker_fell_silent_is_handed_over_again(background: Background) -> None:
    engine = background.factory.kw["bind"]
    handover.prepare(engine)
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    with transaction(background.factory) as session:
        session.execute(
            sa.update(Job).values(status=RUNNING, worker="dead", lease_until=SystemClock().now() - timedelta(seconds=1))
        )
    dbos = Handover(engine)

    assert reconciler.reconcile(background.room, background.factory, dbos) == 1
    assert reconciler.reconcile(background.room, background.factory, dbos) == 0

    job = background.jobs()[0]
    assert (job.status, job.tries, job.failures, job.worker) == (WAITING, 2, 0, None)
    assert [(each.tries, each.status) for each in dbos.known(tries_of=[(1, 2)])] == [(2, "ENQUEUED")]
    dbos.close()


def test_a_living_workers_job_is_left_alone(background: Background) -> None:
    engine = background.factory.kw["bind"]
    handover.prepare(engine)
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    with transaction(background.factory) as session:
        session.execute(
            sa.update(Job).values(status=RUNNING, worker="busy", lease_until=SystemClock().now() + timedelta(seconds=9))
        )
    dbos = Handover(engine)
    reconciler.extend(background.factory, [(1, 1)], until=SystemClock().now() + timedelta(seconds=30))

    assert reconciler.reconcile(background.room, background.factory, dbos) == 0

    lease = background.jobs()[0].lease_until
    assert lease is not None
    assert lease > SystemClock().now() + timedelta(seconds=20)
    dbos.close()


@pytest.mark.usefixtures("worker")
def test_idle_workers_ask_the_database_little(background: Background) -> None:
    time.sleep(2)
    with count_statements(background.factory.kw["bind"]) as count:
        time.sleep(5)

    assert count.statements / 5 < 30
