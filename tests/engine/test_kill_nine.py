"""``kill -9`` in the middle of the work: what was acknowledged is there exactly once, and the work goes on."""

from __future__ import annotations

import http.client
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import SystemClock
from engine.database import connect, reading, sessions, transaction
from engine.directory import SYSTEM
from engine.inbox.records import Submission, WorkItem
from engine.instances import operations as instances
from engine.instances.records import RUNNING as GOING
from engine.instances.records import ProcessInstance
from engine.jobs.records import DONE, RUNNING, Job
from engine.journal import JournalEntry, verify
from engine.releases.operations import deploy, read_folder
from engine.settings import Settings
from handlers.organisation import operations as organisation
from tests.diagrams import Diagram, form
from webui import migrations
from webui.assembly import assemble

ROOT = Path(__file__).parents[2]
PASSWORD = "the-password-of-the-tests"
CASES, CLIENTS, THREADS, KILL_AFTER = 240, 10, 8, 90
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*arguments: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python process of the product; whatever happens, it ends with the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill_nine(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL


# --- completions over HTTP -------------------------------------------------------------------------------------------


class Visitor:
    """One client with a connection and a session of its own, which outlives the server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookie = ""
        self._token = ""

    def close(self) -> None:
        """Hang up; the next request connects again."""
        self._connection.close()

    def sign_in(self) -> None:
        if self._cookie:
            return
        self._request("GET", "/sign-in")
        assert self._request("POST", "/sign-in", username="an.rui", password=PASSWORD) == 302
        assert self._request("GET", "/notices/") == 200

    def complete(self, work_item_id: int, words: str) -> int:
        return self._request("POST", f"/tasks/{work_item_id}", words=words)

    def _request(self, method: str, path: str, **fields: str) -> int:
        body = urlencode({"csrf_token": self._token, **fields}) if method == "POST" else None
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            self._cookie = cookie.partition(";")[0]
        found = TOKEN.search(text)
        if found:
            self._token = found[1]
        return response.status


@dataclass
class Crowd:
    """Several clients that complete work items side by side; the answer to each is recorded as it comes."""

    visitors: list[Visitor]
    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    unanswered: dict[int, str] = field(default_factory=dict)
    enough: threading.Event = field(default_factory=threading.Event)

    def complete_all(self, items: list[int], mark: str, stop_after: int | None = None) -> list[threading.Thread]:
        work: SimpleQueue[int] = SimpleQueue()
        for item in items:
            work.put(item)
        threads = [
            threading.Thread(target=self._client, args=(visitor, work, f"{mark}-{number}", stop_after))
            for number, visitor in enumerate(self.visitors)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _client(self, visitor: Visitor, work: SimpleQueue[int], mark: str, stop_after: int | None) -> None:
        with closing(visitor):
            visitor.sign_in()
            while True:
                try:
                    item = work.get_nowait()
                except Empty:
                    return
                words = f"{mark}-{item}"
                self.unanswered[item] = words
                try:
                    status = visitor.complete(item, words)
                except (OSError, http.client.HTTPException):
                    return  # the server is dead
                del self.unanswered[item]
                if status == 302:
                    self.acknowledged[item] = words
                else:
                    self.refused[item] = status
                if stop_after is not None and len(self.acknowledged) >= stop_after:
                    self.enough.set()


def wait_for_server(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """A processes folder with one process of two notes, on an empty database."""
    diagram = Diagram("notes").start().end().task("first", "ar", form="note").task("second", "ar", form="note")
    words = {"properties": {"words": {"type": "string", "title": "Words", "x-title-zh": "内容"}}}
    files = diagram.line("begin", "first", "second", "done").file() | form("note", words)
    for path, content in files.items():
        target = tmp_path / "processes" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return {
        "DATABASE_URL": database_url,
        "LTC_DATA": str(tmp_path / "data"),
        "LTC_PROCESSES": str(tmp_path / "processes"),
    }


def seed(environment: dict[str, str]) -> list[int]:
    """Start the cases, as their AR would; return their first work items."""
    product = assemble(Settings.from_environment(environment))
    migrations.upgrade(product.engine)
    now = product.room.clock.now()
    with transaction(product.sessions) as session:
        unit = organisation.create_unit(session, "office", name_en="Office", name_zh="代表处", level="rep")
        user = organisation.create_user(
            session, "an.rui", name_en="An Rui", name_zh="安睿", now=now, password=PASSWORD, unit=unit
        )
        organisation.grant(session, user, "ar", unit, now=now)
        organisation.grant(session, user, "admin", unit, now=now)
        deploy(session, read_folder(product.settings.processes_directory), by=SYSTEM, now=now)
    items = []
    for _ in range(CASES // 40):
        with transaction(product.sessions) as session:
            actor = product.directory.actor(session, user.id)
            for _ in range(40):
                started = instances.start(session, "notes", by=actor, room=product.room, unit_id=unit.id)
                items.append(started.opened[0].id)
    product.engine.dispose()
    return items


def test_every_acknowledged_completion_survives_kill_nine_exactly_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    items = seed(environment)
    port, log = free_port(), tmp_path / "server.log"
    serve = ("-m", "webui.cli", "serve", "--port", str(port), "--threads", str(THREADS))

    before = Crowd([Visitor(port) for _ in range(CLIENTS)])
    with running(*serve, environment=environment, log=log) as server:
        wait_for_server(port, server, log)
        clients = before.complete_all(items, "before", stop_after=KILL_AFTER)
        assert before.enough.wait(120), log.read_text()
        kill_nine(server)
        for client in clients:
            client.join(60)
    assert not before.refused, before.refused
    assert KILL_AFTER <= len(before.acknowledged) < CASES
    assert before.unanswered, "nothing was in flight when the server died"

    after = Crowd(before.visitors)  # nobody signs in again
    left = [item for item in items if item not in before.acknowledged]
    with running(*serve, environment=environment, log=log) as server:
        wait_for_server(port, server, log)
        check_everything(environment, before)
        for client in after.complete_all(left, "after"):
            client.join(120)

    committed_unheard = set(after.refused)
    assert committed_unheard <= set(before.unanswered), "only what was in flight may be done already"
    assert set(after.refused.values()) <= {409}
    assert len(before.acknowledged) + len(after.acknowledged) + len(committed_unheard) == CASES
    expected = {item: before.unanswered[item] for item in committed_unheard}
    expected |= before.acknowledged | after.acknowledged
    assert submissions(environment) == expected


def submissions(environment: dict[str, str]) -> dict[int, str]:
    engine = connect(environment["DATABASE_URL"])
    with reading(sessions(engine)) as session:
        rows = session.execute(sa.select(Submission.work_item_id, Submission.answers)).all()
    engine.dispose()
    assert len(rows) == len({item for item, _ in rows}), "a completion is there twice"
    return {item: answers["words"] for item, answers in rows}


def check_everything(environment: dict[str, str], crowd: Crowd) -> None:
    """Submissions, work items, journal and cases tell the same story, and it is the one that the clients were told."""
    engine = connect(environment["DATABASE_URL"])
    with reading(sessions(engine)) as session:
        kept = {each.work_item_id: each for each in session.scalars(sa.select(Submission))}
        items = list(session.scalars(sa.select(WorkItem)))
        cases = list(session.scalars(sa.select(ProcessInstance)))
        told = session.execute(
            sa.select(JournalEntry.instance_id, sa.func.count())
            .where(JournalEntry.event == "completed", JournalEntry.element.in_(["first", "second"]))
            .group_by(JournalEntry.instance_id)
        )
        completed_in_journal = dict(told.all())
        broken = [case.id for case in cases if not verify(session, case.id).whole]
    engine.dispose()
    answers = {item: submission.answers["words"] for item, submission in kept.items()}
    assert {item: answers.get(item) for item in crowd.acknowledged} == crowd.acknowledged
    assert set(kept) <= set(crowd.acknowledged) | set(crowd.unanswered), "nobody asked for this completion"
    assert {item.id for item in items if item.completed_at is not None} == set(kept)
    assert broken == []
    assert len(cases) == CASES
    for case_id, mine in itertools.groupby(sorted(items, key=lambda item: item.instance_id), lambda i: i.instance_id):
        own = list(mine)
        finished = [item for item in own if item.completed_at is not None]
        assert len(own) - len(finished) == 1, "each case waits for exactly one task"
        assert completed_in_journal.get(case_id, 0) == len(finished)
    assert all(case.status == GOING for case in cases)


# --- a worker with a job running -------------------------------------------------------------------------------------


@pytest.fixture
def factory_of_jobs(database_url: str) -> Iterator[sessionmaker[Session]]:
    """A case that waits for a slow call, in a database that a worker process opens by itself."""
    engine = connect(database_url)
    from tests.engine import worker_process

    worker_process.seed(engine, SystemClock())
    yield sessions(engine)
    engine.dispose()


def jobs(factory: sessionmaker[Session]) -> list[Job]:
    with reading(factory) as session:
        return list(session.scalars(sa.select(Job).order_by(Job.id)))


def wait_for(condition: object, seconds: float, log: Path) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


@pytest.mark.parametrize("second_worker_alive", [True, False])
def test_the_job_of_a_killed_worker_runs_again(
    second_worker_alive: bool, factory_of_jobs: sessionmaker[Session], database_url: str, tmp_path: Path
) -> None:
    log, calls = tmp_path / "workers.log", tmp_path / "calls"
    calls.touch()
    environment = {"DATABASE_URL": database_url, "CALLS": str(calls)}

    def another() -> object:
        # a living worker must find the lease of a living one whole: 30 s, extended every 10 s
        ahead = {"CLOCK_AHEAD": "15" if second_worker_alive else "31"}
        return running("-m", "tests.engine.worker_process", environment=environment | ahead, log=log)

    def called() -> list[str]:
        return calls.read_text().split()

    with running("-m", "tests.engine.worker_process", environment=environment, log=log) as first:
        wait_for(lambda: len(called()) == 1, 60, log)  # it hangs in the call
        hanging = jobs(factory_of_jobs)[0]
        assert hanging.status == RUNNING
        if second_worker_alive:
            with another():  # type: ignore[attr-defined]
                wait_for(lambda: "started" in log.read_text().partition("started")[2], 60, log)
                kill_nine(first)
                wait_for(lambda: jobs(factory_of_jobs)[0].status == DONE, 90, log)
        else:
            kill_nine(first)
            with another():  # type: ignore[attr-defined]
                wait_for(lambda: jobs(factory_of_jobs)[0].status == DONE, 90, log)

    [job] = jobs(factory_of_jobs)
    assert job.tries == hanging.tries + 1
    assert job.failures == 0, "a killed worker is not the job's fault"
    assert called() == ["job-1", "job-1"], "called again, and recognisably for the same reason"
    with reading(factory_of_jobs) as session:
        open_items = session.scalars(sa.select(WorkItem.element).where(WorkItem.completed_at.is_(None))).all()
        assert open_items == ["check"]
        assert verify(session, 1).whole
