"""Cases with background work for the tests: a room whose jobs are durable, and handlers that fail on request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from engine.database import reading, transaction
from engine.directory import SYSTEM, Actor
from engine.inbox.records import Notice, WorkItem
from engine.instances import operations as instances
from engine.instances.records import ProcessInstance
from engine.jobs.queue import DurableQueue
from engine.jobs.records import Incident, Job
from engine.releases.operations import deploy
from engine.room import EngineRoom
from engine.service_tasks import BusinessError, Context, service_task
from engine.text import Text
from tests.cast import AN_RUI, OFFICE
from tests.diagrams import Diagram


@dataclass
class Outside:
    """The world outside that external handlers call: it remembers each call and can be out of order."""

    calls: list[str] = field(default_factory=list)
    broken: bool = False
    refuses: bool = False
    seconds: float = 0.0
    most_at_once: int = 0
    most_at_once_per_case: int = 0
    _now: list[int] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        self.calls.clear()
        self.broken = self.refuses = False
        self.seconds, self.most_at_once, self.most_at_once_per_case = 0.0, 0, 0

    @contextmanager
    def slowly(self, seconds: float) -> Iterator[None]:
        """Let each call take ``seconds`` and count how many run side by side."""
        self.seconds = seconds
        yield
        self.seconds = 0.0

    def visit(self, instance_id: int) -> None:
        with self._counting:
            self._now.append(instance_id)
            self.most_at_once = max(self.most_at_once, len(self._now))
            self.most_at_once_per_case = max(self.most_at_once_per_case, self._now.count(instance_id))
        time.sleep(self.seconds)
        with self._counting:
            self._now.remove(instance_id)


OUTSIDE = Outside()


class Order(BaseModel):
    item: str = "paper"


class Confirmed(BaseModel):
    number: str


@service_task("test.order", label=Text("Order outside", "对外下单"), transactional=False)
def order(ctx: Context, given: Order) -> Confirmed:
    OUTSIDE.calls.append(ctx.idempotency_key)
    OUTSIDE.visit(ctx.instance_id)
    if OUTSIDE.broken:
        raise ConnectionError("the supplier does not answer")
    if OUTSIDE.refuses:
        raise BusinessError("SOLD_OUT")
    ctx.label = f"{ctx.label} {given.item}"
    ctx.notify(ctx.started_by, "ordered", item=given.item)
    return Confirmed(number=f"no-{ctx.data.get('amount', 0)}")


@service_task("test.book", label=Text("Book", "入账"))
def book(ctx: Context, given: Order) -> None:
    """Transactional: fails inside the engine's step."""
    if OUTSIDE.broken:
        raise ZeroDivisionError("the books do not balance")
    ctx.notify(ctx.started_by, "booked", item=given.item)


def ordering() -> dict[str, bytes]:
    """Process ``ordering``: ask, order outside, check; SOLD_OUT leads to another task."""
    diagram = Diagram("ordering").start().end().end("gave_up")
    diagram.task("ask", "ar").service("order", "test.order", {"item": "'ink'"}).task("check", "ar")
    diagram.boundary_error("sold_out", "order", "SOLD_OUT").task("choose_another", "ar")
    diagram.line("begin", "ask", "order", "check", "done").line("sold_out", "choose_another", "gave_up")
    return diagram.file()


def hurried() -> dict[str, bytes]:
    """Process ``hurried``: an order outside that a timer overtakes after an hour."""
    diagram = Diagram("hurried").start().end().end("late_end")
    diagram.service("order", "test.order", {"item": "'ink'"}).task("check", "ar").task("hurry", "ar")
    diagram.boundary_timer("too_late", "order", '"PT1H"')
    diagram.line("begin", "order", "check", "done").line("too_late", "hurry", "late_end")
    return diagram.file()


def deadline() -> dict[str, bytes]:
    """Process ``deadline``: a task; after an hour it is booked, and somebody is asked why."""
    diagram = Diagram("deadline").start().end().end("late_end")
    diagram.task("answer", "ar").task("explain", "ar").service("book", "test.book", {})
    diagram.boundary_timer("too_late", "answer", '"PT1H"')
    diagram.line("begin", "answer", "done").line("too_late", "book", "explain", "late_end")
    return diagram.file()


def letters() -> dict[str, bytes]:
    """Process ``sender`` throws a message that starts a case of ``receiver``."""
    sender = Diagram("sender").start().end().task("write", "ar").throw("post", "letter")
    receiver = Diagram("receiver", start="").start(message="letter").end().task("read", "ar")
    return sender.line("begin", "write", "post", "done").file() | receiver.line("begin", "read", "done").file()


def lonely() -> dict[str, bytes]:
    """Process ``lonely`` throws a message that no diagram waits for."""
    diagram = Diagram("lonely").start().end().task("write", "ar").throw("post", "bottle")
    return diagram.line("begin", "write", "post", "done").file()


def beach() -> dict[str, bytes]:
    """Process ``beach`` waits for the message of ``lonely``."""
    return Diagram("beach").start().end().catch("find", "bottle").line("begin", "find", "done").file()


def dated(due: str = '"P1D"') -> dict[str, bytes]:
    """Process ``dated``: one task with a due time."""
    diagram = Diagram("dated").start().end().task("answer", "ar", due=due)
    return diagram.line("begin", "answer", "done").file()


class Background:
    """One database with durable jobs."""

    def __init__(self, room: EngineRoom, factory: sessionmaker[Session]) -> None:
        OUTSIDE.reset()
        self.factory = factory
        self.room = replace(room, jobs=DurableQueue(room.clock))

    def release(self, *files: Mapping[str, bytes]) -> None:
        with transaction(self.factory) as session:
            together = {path: content for each in files for path, content in each.items()}
            deploy(session, together, by=SYSTEM, now=self.room.clock.now())

    def start(self, process_id: str, by: Actor = AN_RUI, **data: Any) -> int:
        with transaction(self.factory) as session:
            return instances.start(session, process_id, by=by, room=self.room, data=data, unit_id=OFFICE).instance_id

    def complete(self, element: str, by: Actor = AN_RUI, **answers: Any) -> None:
        with transaction(self.factory) as session:
            item = session.scalars(
                sa.select(WorkItem.id)
                .where(WorkItem.element == element, WorkItem.completed_at.is_(None))
                .order_by(WorkItem.id)
                .limit(1)
            ).one()
            instances.complete(session, item, answers, by=by, room=self.room)

    def ask_again(self, instance_id: int) -> None:
        """Enqueue the first service job of a case once more."""
        [first, *_] = [job for job in self.jobs() if job.instance_id == instance_id and job.kind == "service"]
        with transaction(self.factory) as session:
            self.room.jobs.enqueue(session, "service", instance_id=instance_id, element=first.element, **first.payload)

    def open_elements(self) -> list[str]:
        with reading(self.factory) as session:
            query = sa.select(WorkItem.element).where(WorkItem.completed_at.is_(None))
            return sorted(session.scalars(query))

    def jobs(self) -> list[Job]:
        with reading(self.factory) as session:
            return list(session.scalars(sa.select(Job).order_by(Job.id)))

    def incidents(self) -> list[Incident]:
        with reading(self.factory) as session:
            return list(session.scalars(sa.select(Incident).order_by(Incident.id)))

    def notices(self) -> list[Notice]:
        with reading(self.factory) as session:
            return list(session.scalars(sa.select(Notice).order_by(Notice.id)))

    def instance(self, instance_id: int) -> ProcessInstance:
        with reading(self.factory) as session:
            return session.get_one(ProcessInstance, instance_id)


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for what another thread or process does; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
