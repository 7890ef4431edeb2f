"""Two people at once: what each of them gets, and what the case looks like afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import transaction
from engine.directory import Actor
from engine.errors import LtcError
from engine.inbox.operations import claim
from engine.inbox.records import Submission, WorkItem
from engine.instances.operations import cancel, complete, start
from engine.instances.records import COMPLETED, RUNNING, ProcessInstance
from engine.journal import verify
from engine.room import EngineRoom
from tests.cast import AN_RUI, OFFICE, person
from tests.diagrams import Diagram, chain, fan

ROUNDS = 5
COLLEAGUES = [person(100 + number, f"Colleague {number}", ("ar", OFFICE)) for number in range(8)]


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Run all acts at the same moment; return ``ok`` or the name of the refusal for each."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        gate.wait()
        try:
            act()
        except LtcError as refusal:
            return type(refusal).__name__
        return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def completion(factory: sessionmaker[Session], room: EngineRoom, item: int, by: Actor) -> Callable[[], None]:
    def act() -> None:
        with transaction(factory) as session:
            complete(session, item, {"by": by.user_id}, by=by, room=room)

    return act


def test_of_eight_simultaneous_completions_of_one_work_item_one_succeeds_and_seven_conflict(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(2))
    for _ in range(ROUNDS):
        with transaction(factory) as session:
            started = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)
        item = started.opened[0].id
        results = at_once([completion(factory, room, item, colleague) for colleague in COLLEAGUES])
        assert Counter(results) == {"ok": 1, "WorkItemAlreadyDone": 7}
        with transaction(factory) as session:
            instance = session.get_one(ProcessInstance, started.instance_id)
            assert (instance.status, instance.revision) == (RUNNING, 2)
            submissions = session.scalars(sa.select(Submission).where(Submission.work_item_id == item)).all()
            winner = COLLEAGUES[results.index("ok")]
            assert [(each.by, each.answers) for each in submissions] == [(winner.user_id, {"by": winner.user_id})]
            assert verify(session, instance.id).whole


def test_a_double_click_completes_once_and_the_case_goes_on(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(2))
    with transaction(factory) as session:
        started = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)
    results = at_once([completion(factory, room, started.opened[0].id, AN_RUI)] * 2)
    assert Counter(results) == {"ok": 1, "WorkItemAlreadyDone": 1}
    with transaction(factory) as session:
        waiting = session.scalars(sa.select(WorkItem).where(WorkItem.completed_at.is_(None))).one()
        assert waiting.element == "step_2"
        assert complete(session, waiting.id, {}, by=AN_RUI, room=room).ended


def test_eight_parallel_tasks_of_one_case_completed_at_once_all_succeed(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(fan(8))
    for _ in range(ROUNDS):
        with transaction(factory) as session:
            started = start(session, "fan", by=AN_RUI, room=room, unit_id=OFFICE)
        assert len(started.opened) == 8
        acts = [
            completion(factory, room, item.id, colleague)
            for item, colleague in zip(started.opened, COLLEAGUES, strict=True)
        ]
        assert at_once(acts) == ["ok"] * 8
        with transaction(factory) as session:
            last = session.scalars(
                sa.select(WorkItem).where(WorkItem.instance_id == started.instance_id, WorkItem.completed_at.is_(None))
            ).one()
            assert last.element == "together"
            assert complete(session, last.id, {}, by=AN_RUI, room=room).ended
            instance = session.get_one(ProcessInstance, started.instance_id)
            assert instance.status == COMPLETED
            assert verify(session, started.instance_id).whole


def test_of_eight_colleagues_who_claim_at_once_one_gets_the_work_item(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(1))
    with transaction(factory) as session:
        item = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE).opened[0].id

    def claiming(by: Actor) -> Callable[[], None]:
        def act() -> None:
            with transaction(factory) as session:
                claim(session, item, by=by, now=room.clock.now())

        return act

    results = at_once([claiming(colleague) for colleague in COLLEAGUES])
    assert Counter(results) == {"ok": 1, "WorkItemNotClaimable": 7}
    with transaction(factory) as session:
        assert session.get_one(WorkItem, item).assignee_id == COLLEAGUES[results.index("ok")].user_id


def test_a_step_that_withdraws_the_sibling_and_the_siblings_completion_never_deadlock(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    ending = Diagram("ending").start().gateway("fork").task("stop", "ar").task("work", "ar").end("finished")
    ending.terminate("stopped").line("begin", "fork", "stop", "stopped").line("fork", "work", "finished")
    deploy(ending.file())
    for _ in range(ROUNDS):
        with transaction(factory) as session:
            started = start(session, "ending", by=AN_RUI, room=room, unit_id=OFFICE)
        items = {item.element: item.id for item in started.opened}
        results = at_once(
            [
                completion(factory, room, items["stop"], COLLEAGUES[0]),
                completion(factory, room, items["work"], COLLEAGUES[1]),
            ]
        )
        assert results[0] == "ok"
        assert results[1] in {"ok", "WorkItemAlreadyDone"}
        with transaction(factory) as session:
            assert session.get_one(ProcessInstance, started.instance_id).status == COMPLETED
            outcome = session.get_one(WorkItem, items["work"]).outcome
            assert outcome == ("completed" if results[1] == "ok" else "cancelled")


def test_a_completion_and_a_cancellation_at_once_leave_one_clear_end(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(1))
    for _ in range(ROUNDS):
        with transaction(factory) as session:
            started = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)

        def cancelling(instance_id: int = started.instance_id) -> None:
            with transaction(factory) as session:
                cancel(session, instance_id, by=AN_RUI, reason="客户撤回", room=room)

        results = at_once([completion(factory, room, started.opened[0].id, AN_RUI), cancelling])
        assert sorted(results) in (["InstanceNotRunning", "ok"], ["WorkItemAlreadyDone", "ok"])
        with transaction(factory) as session:
            instance = session.get_one(ProcessInstance, started.instance_id)
            assert instance.status == ("completed" if results[0] == "ok" else "cancelled")
            assert verify(session, instance.id).whole
