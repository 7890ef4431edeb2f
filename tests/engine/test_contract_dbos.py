"""What we rely on in DBOS, promise by promise: its interface changes often, and an upgrade must keep all of these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from dbos import DBOSClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import SystemClock
from engine.database import transaction
from engine.jobs import handover
from engine.jobs.handover import Handover
from engine.jobs.records import DONE, WAITING, Job
from engine.jobs.worker import Worker
from engine.room import EngineRoom
from tests.engine.background import OUTSIDE, Background, ordering, wait_until


@pytest.fixture
def background(room: EngineRoom, factory: sessionmaker[Session], database: Engine) -> Background:
    """Two cases that each wait for an order outside, in a database that knows DBOS."""
    handover.prepare(database)
    background = Background(replace(room, clock=SystemClock()), factory)
    background.release(ordering())
    for _ in range(2):
        background.start("ordering")
        background.complete("ask")
    return background


@pytest.fixture
def client(database: Engine) -> Iterator[DBOSClient]:
    client = DBOSClient(
        system_database_engine=database, serializer=handover.serializer(), application_name="ltc-flow", lazy=True
    )
    yield client
    client.destroy()


@pytest.fixture
def run_worker(background: Background) -> Iterator[None]:
    worker = Worker(background.room, background.factory)
    worker.start()
    yield
    worker.stop()


def dbos_table(database: Engine, name: str) -> str:
    return f"dbos.{name}" if database.dialect.name == "postgresql" else name


def test_what_we_enqueue_is_written_as_json_and_holds_ids_only(background: Background, database: Engine) -> None:
    assert len(background.jobs()) == 2
    with database.connect() as connection:
        table = dbos_table(database, "workflow_input")
        rows = connection.execute(sa.text(f"SELECT inputs FROM {table} ORDER BY workflow_uuid")).scalars().all()

    assert [json.loads(row) for row in rows] == [{"args": [1, 1], "kwargs": {}}, {"args": [2, 1], "kwargs": {}}]


def test_the_queue_carries_our_version_our_partition_and_our_name(background: Background, client: DBOSClient) -> None:
    assert len(background.jobs()) == 2
    first, second = client.list_workflows(sort_desc=False)

    assert (first.workflow_id, second.workflow_id) == ("job-1-1", "job-2-1")
    assert (first.name, first.queue_name, first.app_version) == ("run_job", "jobs", "jobs-1")
    assert (first.queue_partition_key, second.queue_partition_key) == ("calls-1", "calls-2")


@pytest.mark.usefixtures("run_worker")
def test_a_run_has_the_two_frozen_steps_and_nothing_else(background: Background, client: DBOSClient) -> None:
    wait_until(lambda: client.list_workflows(workflow_ids=["job-1-1"])[0].status == "SUCCESS")

    steps = client.list_workflow_steps("job-1-1")

    assert [step["function_name"] for step in steps] == ["call", "finish"]
    outcome = steps[0]["output"]
    assert outcome["result"] == {"number": "no-0"}
    assert outcome["stale"] is False
    assert background.jobs()[0].status == DONE


def test_a_job_that_an_earlier_release_enqueued_runs_after_the_upgrade(
    background: Background, client: DBOSClient
) -> None:
    """The literals are the promise: what stands in the databases of our users looks exactly like this."""
    client.delete_workflows(["job-1-1", "job-2-1"])
    for job_id in (1, 2):
        client.enqueue(
            {
                "workflow_name": "run_job",
                "queue_name": "jobs",
                "workflow_id": f"job-{job_id}-1",
                "app_version": "jobs-1",
                "queue_partition_key": f"instance-{job_id}",
            },
            job_id,
            1,
        )
    worker = Worker(background.room, background.factory)
    worker.start()
    try:
        wait_until(lambda: background.open_elements() == ["check", "check"])
    finally:
        worker.stop()

    assert sorted(OUTSIDE.calls) == ["job-1", "job-2"]
    assert [job.tries for job in background.jobs()] == [1, 1], "taken as they were, not enqueued anew"


def test_a_job_of_another_version_is_left_alone(background: Background, client: DBOSClient) -> None:
    client.delete_workflows(["job-1-1"])
    client.enqueue(
        {
            "workflow_name": "run_job",
            "queue_name": "jobs",
            "workflow_id": "job-1-1",
            "app_version": "jobs-99",
            "queue_partition_key": "instance-1",
        },
        1,
        1,
    )
    worker = Worker(background.room, background.factory)
    worker.start()
    try:
        wait_until(lambda: background.jobs()[1].status == DONE)
    finally:
        worker.stop()

    assert background.jobs()[0].status == WAITING
    assert OUTSIDE.calls == ["job-2"]


def test_a_pending_try_holds_its_partition_until_it_is_cancelled(
    background: Background, client: DBOSClient, database: Engine
) -> None:
    """Why the reconciler cancels first: what a dead worker took would block its case for ever."""
    with database.begin() as connection:
        connection.execute(
            sa.text(
                f"UPDATE {dbos_table(database, 'workflow_status')} SET status = 'PENDING', executor_id = 'dead',"
                " started_at_epoch_ms = updated_at WHERE workflow_uuid = 'job-1-1'"
            )
        )
    with transaction(background.factory) as session:
        background.room.jobs.again(session, session.get_one(Job, 1))  # type: ignore[attr-defined]
    worker = Worker(background.room, background.factory)
    worker.start()
    try:
        wait_until(lambda: background.jobs()[1].status == DONE)
        assert background.jobs()[0].status == WAITING
        dbos = Handover(database)
        dbos.cancel(dbos.known(tries_of=[(1, 1)]))
        dbos.close()
        wait_until(lambda: background.jobs()[0].status == DONE)
    finally:
        worker.stop()

    assert client.list_workflows(workflow_ids=["job-1-1"])[0].status == "CANCELLED"


@pytest.mark.usefixtures("run_worker")
def test_dbos_leaves_our_connection_pool_open(background: Background, database: Engine) -> None:
    wait_until(lambda: background.open_elements() == ["check", "check"])
    Handover(database).close()

    with database.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


@pytest.mark.usefixtures("run_worker")
def test_what_dbos_remembers_of_finished_runs_can_be_forgotten(background: Background, database: Engine) -> None:
    dbos = Handover(database)
    wait_until(lambda: {each.status for each in dbos.known()} == {"SUCCESS"})

    assert dbos.forget(SystemClock().now() - timedelta(days=2)) == 0
    assert dbos.forget(SystemClock().now() + timedelta(seconds=1)) == 2

    assert dbos.known() == []
    assert [job.status for job in background.jobs()] == [DONE, DONE], "our own rows stay"
    dbos.close()
