"""Starting, completing, cancelling: who may, what is refused, what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from engine import service_tasks
from engine.clock import FixedClock
from engine.database import transaction
from engine.directory import SYSTEM, Actor
from engine.errors import (
    ErrorNotCaught,
    Fault,
    InstanceNotFound,
    InstanceNotRunning,
    InvalidAnswers,
    InvalidInput,
    MessageNotExpected,
    NotAllowed,
    ProcessNotFound,
    StalePage,
    WorkItemAlreadyDone,
    WorkItemNotFound,
)
from engine.inbox.records import Notice, Submission, WorkItem
from engine.instances import queries
from engine.instances.operations import (
    Started,
    cancel,
    complete,
    fail_service,
    finish_service,
    fire_timers,
    message,
    start,
)
from engine.instances.records import CANCELLED, RUNNING, InstanceMember, ProcessInstance
from engine.instances.services import Wishes
from engine.journal import verify
from engine.room import EngineRoom
from engine.service_tasks import BusinessError, Context, service_task
from engine.text import Text
from tests.cast import AN_RUI, EVE, FU_RONG, LIN, MAX, OFFICE, SU_RAN
from tests.diagrams import Diagram, chain, form
from tests.queue import RecordingQueue

FACTS = form(
    "facts",
    {
        "properties": {
            "title": {"type": "string", "minLength": 1},
            "amount": {"type": "integer", "minimum": 0},
            "lines": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["title"],
    },
)


class Given(BaseModel):
    owner: int
    amount: int = 0


class Result(BaseModel):
    doubled: int
    seen: int


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of this file's own, gone after each test."""
    monkeypatch.setattr(service_tasks, "_catalogue", {})

    @service_task("test.assign", label=Text("Assign", "分配"))
    def assign(ctx: Context, given: Given) -> Result:
        ctx.team["lead_owner"] = given.owner
        ctx.label, ctx.business_key, ctx.unit_id = f"Case of {given.owner}", "LD-202611-0001", OFFICE
        ctx.notify(given.owner, "lead_assigned", title="ERP")
        ctx.send("opportunity.created", "LD-202611-0001", amount=given.amount)
        return Result(doubled=given.amount * 2, seen=ctx.data["amount"])

    @service_task("test.refuse", label=Text("Refuse", "拒绝"))
    def refuse(ctx: Context, given: Given) -> None:
        raise BusinessError("too_small", f"{given.amount} at {ctx.element}")

    @service_task("test.call", label=Text("Call", "调用"), transactional=False)
    def call(ctx: Context, given: Given) -> Result:
        return Result(doubled=given.amount * 2, seen=len(ctx.data))


def two_steps() -> dict[str, bytes]:
    diagram = Diagram("two").start().task("fill_in", "submitter", form="facts").task("check", "lead_manager", due="P2D")
    return diagram.end().line("begin", "fill_in", "check", "done").file() | FACTS


@pytest.fixture
def begun(factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]) -> Started:
    deploy(two_steps())
    with transaction(factory) as session:
        return start(session, "two", by=SU_RAN, room=room, unit_id=OFFICE)


def open_items(session: Session, instance_id: int) -> list[WorkItem]:
    return list(
        session.scalars(
            sa.select(WorkItem)
            .where(WorkItem.instance_id == instance_id, WorkItem.completed_at.is_(None))
            .order_by(WorkItem.id)
        )
    )


def test_whoever_starts_a_case_with_answers_has_completed_its_first_task(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(two_steps())
    with transaction(factory) as session:
        started = start(
            session, "two", by=SU_RAN, room=room, unit_id=OFFICE, answers={"title": "华北 ERP", "amount": 5}
        )
    with transaction(factory) as session:
        assert started.first_item is not None
        first = session.get_one(WorkItem, started.first_item)
        assert (first.assignee_id, first.completed_by, first.outcome) == (SU_RAN.user_id, SU_RAN.user_id, "completed")
        assert [item.element for item in open_items(session, started.instance_id)] == ["check"]
        assert session.scalars(sa.select(Submission.answers)).one() == {"title": "华北 ERP", "amount": 5}
        assert verify(session, started.instance_id).whole


def test_answers_that_do_not_fit_leave_no_case_behind(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(two_steps())
    with pytest.raises(InvalidAnswers) as refused, transaction(factory) as session:
        start(session, "two", by=SU_RAN, room=room, answers={"amount": -1, "colour": "red"})
    assert refused.value.errors == {"title": ["required"], "amount": ["minimum:0"], "colour": ["unknown"]}
    with transaction(factory) as session:
        assert session.scalar(sa.select(sa.func.count(ProcessInstance.id))) == 0


def test_a_work_item_tells_the_inbox_all_it_needs(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started
) -> None:
    with transaction(factory) as session:
        done = complete(session, begun.opened[0].id, {"title": "ERP"}, by=SU_RAN, room=room)
    with transaction(factory) as session:
        item = session.get_one(WorkItem, done.opened[0].id)
        assert (item.title_en, item.title_zh, item.role) == ("Check", "步骤 check", "lead_manager")
        assert (item.group_key, item.assignee_id, item.priority) == ("lead_manager@1", None, 5)
        assert item.sla_minutes == 960
        # Monday 09:00 in Shanghai plus two working days is the end of Tuesday's work
        assert item.due_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
        # 80 % of 16 working hours: 12 h 48 min, on Tuesday at 14:48
        assert item.next_reminder_at == datetime(2026, 11, 24, 6, 48, tzinfo=UTC)


def test_a_process_may_be_started_only_by_those_the_diagram_names(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    only_managers = Diagram("board", start="manager").start().task("decide", "manager").end()
    closed = Diagram("closed", start="").start().task("work", "ar").end()
    deploy(only_managers.line("begin", "decide", "done").file(), closed.line("begin", "work", "done").file())
    with transaction(factory) as session:
        assert start(session, "board", by=MAX, room=room).opened
        assert start(session, "closed", by=SYSTEM, room=room).opened
        with pytest.raises(NotAllowed):
            start(session, "board", by=EVE, room=room)
        with pytest.raises(NotAllowed):
            start(session, "closed", by=MAX, room=room)
        with pytest.raises(ProcessNotFound):
            start(session, "nowhere", by=MAX, room=room)


@pytest.mark.parametrize("stranger", [EVE, LIN, SYSTEM], ids=lambda actor: actor.name)
def test_somebody_elses_work_item_does_not_exist(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started, stranger: Actor
) -> None:
    with pytest.raises(WorkItemNotFound), transaction(factory) as session:
        complete(session, begun.opened[0].id, {"title": "x"}, by=stranger, room=room)
    with pytest.raises(WorkItemNotFound), transaction(factory) as session:
        complete(session, 999_999, {"title": "x"}, by=stranger, room=room)


def test_second_completion_is_refused_and_instance_goes_on(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started
) -> None:
    item = begun.opened[0].id
    with transaction(factory) as session:
        complete(session, item, {"title": "first"}, by=SU_RAN, room=room)
        before = stored(session, begun.instance_id)
    with pytest.raises(WorkItemAlreadyDone), transaction(factory) as session:
        complete(session, item, {"title": "second"}, by=SU_RAN, room=room)
    with pytest.raises(WorkItemNotFound), transaction(factory) as session:
        complete(session, item, {"title": "second"}, by=EVE, room=room)
    with transaction(factory) as session:
        assert stored(session, begun.instance_id) == before
        waiting = open_items(session, begun.instance_id)[0]
        assert complete(session, waiting.id, {}, by=LIN, room=room).ended


def test_a_page_loaded_before_the_case_moved_on_is_stale_and_changes_nothing(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started
) -> None:
    with transaction(factory) as session:
        before = stored(session, begun.instance_id)
    with pytest.raises(StalePage), transaction(factory) as session:
        complete(session, begun.opened[0].id, {"title": "x"}, by=SU_RAN, room=room, revision=0)
    with transaction(factory) as session:
        assert stored(session, begun.instance_id) == before
        complete(session, begun.opened[0].id, {"title": "x"}, by=SU_RAN, room=room, revision=1)


def stored(session: Session, instance_id: int) -> tuple[Any, ...]:
    instance = session.get_one(ProcessInstance, instance_id, populate_existing=True)
    return instance.revision, instance.state, instance.journal_seq, instance.journal_head, instance.status


def test_a_handler_changes_its_case_in_the_step_that_called_it(
    factory: sessionmaker[Session], room: EngineRoom, queue: RecordingQueue, deploy: Callable[..., int]
) -> None:
    diagram = Diagram("assign").start().task("fill_in", "submitter", form="facts")
    diagram.service("distribute", "test.assign", {"owner": "3", "amount": "amount"}).task("follow", "lead_owner").end()
    deploy(diagram.line("begin", "fill_in", "distribute", "follow", "done").file(), FACTS)
    with transaction(factory) as session:
        begun = start(session, "assign", by=SU_RAN, room=room)
        done = complete(session, begun.opened[0].id, {"title": "ERP", "amount": 21}, by=SU_RAN, room=room)
    with transaction(factory) as session:
        instance = session.get_one(ProcessInstance, begun.instance_id)
        assert (instance.label, instance.business_key, instance.unit_id) == ("Case of 3", "LD-202611-0001", OFFICE)
        assert instance.team == {"lead_owner": FU_RONG.user_id}
        item = session.get_one(WorkItem, done.opened[0].id)
        assert (item.assignee_id, item.case_label) == (FU_RONG.user_id, "Case of 3")
        assert session.scalars(sa.select(InstanceMember.user_id)).all() == [FU_RONG.user_id]
        notice = session.scalars(sa.select(Notice)).one()
        assert (notice.user_id, notice.kind, notice.params) == (3, "lead_assigned", {"title": "ERP"})
    sent = queue.of("message")
    assert [(each.instance_id, each.ids) for each in sent] == [
        (
            begun.instance_id,
            {"message": "opportunity.created", "business_key": "LD-202611-0001", "data": {"amount": 21}},
        )
    ]


def test_open_work_items_show_the_new_label_of_their_case(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    diagram = Diagram("label").start().gateway("fork").gateway("join").task("name", "ar").task("wait", "ar").end()
    diagram.service("relabel", "test.assign", {"owner": "3"}).line("begin", "fork", "name", "relabel", "join", "done")
    deploy(diagram.line("fork", "wait", "join").file())
    with transaction(factory) as session:
        started = start(session, "label", by=AN_RUI, room=room, unit_id=OFFICE, data={"amount": 1})
        items = {item.element: item.id for item in started.opened}
        complete(session, items["name"], {}, by=AN_RUI, room=room)
    with transaction(factory) as session:
        waiting = session.get_one(WorkItem, items["wait"])
        assert (waiting.case_label, waiting.business_key) == ("Case of 3", "LD-202611-0001")


def test_parameters_that_do_not_fit_are_our_fault_and_nothing_is_changed(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    diagram = Diagram("broken").start().task("fill_in", "ar").service("go", "test.assign", {"owner": "name"}).end()
    deploy(diagram.line("begin", "fill_in", "go", "done").file())
    with transaction(factory) as session:
        started = start(session, "broken", by=AN_RUI, room=room, unit_id=OFFICE)
        before = stored(session, started.instance_id)
    with pytest.raises(Fault) as fault, transaction(factory) as session:
        complete(session, started.opened[0].id, {"name": "nobody"}, by=AN_RUI, room=room)
    assert fault.value.data["handler"] == "test.assign"
    assert list(fault.value.data["parameters"]) == ["owner"]  # type: ignore[call-overload]
    with transaction(factory) as session:
        assert stored(session, started.instance_id) == before
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 0
        assert [item.element for item in open_items(session, started.instance_id)] == ["fill_in"]


def test_a_business_error_takes_the_way_that_the_diagram_draws_for_it(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    drawn = Diagram("drawn").start().service("go", "test.refuse", {"owner": "1"}).task("mend", "ar").end()
    drawn.boundary_error("small", "go", "too_small").end("mended").line("begin", "go", "done")
    undrawn = Diagram("undrawn").start().service("go", "test.refuse", {"owner": "1"}).end().line("begin", "go", "done")
    deploy(drawn.line("small", "mend", "mended").file(), undrawn.file())
    with transaction(factory) as session:
        started = start(session, "drawn", by=AN_RUI, room=room, unit_id=OFFICE)
        assert [item.element for item in started.opened] == ["mend"]
    with pytest.raises(ErrorNotCaught), transaction(factory) as session:
        start(session, "undrawn", by=AN_RUI, room=room)


def external() -> dict[str, bytes]:
    diagram = Diagram("external").start().service("call", "test.call", {"owner": "1", "amount": "amount"})
    diagram.task("after", "ar").task("mend", "ar").end().end("mended").boundary_error("failed", "call", "too_small")
    return diagram.line("begin", "call", "after", "done").line("failed", "mend", "mended").file()


def test_an_external_handler_becomes_a_job_and_its_result_moves_the_case_on(
    factory: sessionmaker[Session], room: EngineRoom, queue: RecordingQueue, deploy: Callable[..., int]
) -> None:
    deploy(external())
    with transaction(factory) as session:
        started = start(session, "external", by=AN_RUI, room=room, unit_id=OFFICE, data={"amount": 4})
    assert started.opened == ()
    job = queue.of("service")[0]
    assert (job.element, job.ids["handler"], job.ids["parameters"]) == ("call", "test.call", {"owner": 1, "amount": 4})
    wishes = Wishes(changes={"label": "Called"})
    with transaction(factory) as session:
        done = finish_service(session, started.instance_id, guid(job.ids), {"doubled": 8}, room=room, wishes=wishes)
        assert [item.element for item in done.opened] == ["after"]
        assert session.get_one(WorkItem, done.opened[0].id).case_label == "Called"
    with pytest.raises(WorkItemAlreadyDone), transaction(factory) as session:
        finish_service(session, started.instance_id, guid(job.ids), {"doubled": 8}, room=room)


def test_an_external_handler_that_refuses_takes_the_error_way(
    factory: sessionmaker[Session], room: EngineRoom, queue: RecordingQueue, deploy: Callable[..., int]
) -> None:
    deploy(external())
    with transaction(factory) as session:
        started = start(session, "external", by=AN_RUI, room=room, unit_id=OFFICE, data={"amount": 4})
        done = fail_service(session, started.instance_id, guid(queue.of("service")[0].ids), "too_small", room=room)
        assert [item.element for item in done.opened] == ["mend"]


def guid(ids: dict[str, Any]) -> UUID:
    return UUID(ids["guid"])


def test_a_message_reaches_the_case_that_waits_for_it_and_no_other(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    waiting = Diagram("waiting").start().service("name", "test.assign", {"owner": "3"}).catch("wait", "paid")
    waiting.task("after", "ar").end()
    deploy(waiting.line("begin", "name", "wait", "after", "done").file())
    with transaction(factory) as session:
        started = start(session, "waiting", by=AN_RUI, room=room, data={"amount": 1})
    with transaction(factory) as session:
        with pytest.raises(MessageNotExpected):
            message(session, "paid", "another key", {}, room=room)
        with pytest.raises(MessageNotExpected):
            message(session, "lost", "LD-202611-0001", {}, room=room)
    with transaction(factory) as session:
        done = message(session, "paid", "LD-202611-0001", {"paid": 12}, room=room)
        assert done.instance_id == started.instance_id
        assert [item.element for item in done.opened] == ["after"]
        with pytest.raises(MessageNotExpected):
            message(session, "paid", "LD-202611-0001", {}, room=room)


def test_a_message_that_no_case_waits_for_starts_the_process_that_begins_with_it(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    child = Diagram("child", start="").start(message="opportunity.created").task("work", "ar").end()
    deploy(chain(1), child.line("begin", "work", "done").file())
    with transaction(factory) as session:
        sender = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)
        data = {"unit_id": OFFICE, "amount": 7}
        done = message(session, "opportunity.created", "OP-1", data, room=room, sender_id=sender.instance_id)
    with transaction(factory) as session:
        instance = session.get_one(ProcessInstance, done.instance_id)
        assert (instance.process_id, instance.business_key) == ("child", "OP-1")
        assert (instance.parent_id, instance.started_by) == (sender.instance_id, AN_RUI.user_id)
        assert [item.group_key for item in open_items(session, done.instance_id)] == ["ar@2"]


def test_timers_fire_when_they_are_due_and_not_before(
    factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, deploy: Callable[..., int]
) -> None:
    timed = Diagram("timed").start().task("work", "ar").task("late", "ar").end().end("given_up")
    timed.boundary_timer("deadline", "work", "PT1H").line("begin", "work", "done")
    deploy(timed.line("deadline", "late", "given_up").file())
    with transaction(factory) as session:
        started = start(session, "timed", by=AN_RUI, room=room, unit_id=OFFICE)
        due = session.get_one(ProcessInstance, started.instance_id).next_due_at
        assert due == clock.now() + timedelta(hours=1)
        assert fire_timers(session, started.instance_id, room=room) is None
    clock.advance(timedelta(hours=1, seconds=1))
    with transaction(factory) as session:
        done = fire_timers(session, started.instance_id, room=room)
        assert done is not None
        assert [item.element for item in done.opened] == ["late"]
        withdrawn = session.get_one(WorkItem, started.opened[0].id, populate_existing=True)
        assert (withdrawn.outcome, withdrawn.completed_at) == ("withdrawn", clock.now())
        assert session.get_one(ProcessInstance, started.instance_id, populate_existing=True).next_due_at is None
        assert fire_timers(session, started.instance_id, room=room) is None


def test_a_cancelled_case_keeps_the_reason_and_nothing_open(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started
) -> None:
    with pytest.raises(InvalidInput), transaction(factory) as session:
        cancel(session, begun.instance_id, by=SU_RAN, reason="  ", room=room)
    with transaction(factory) as session:
        assert cancel(session, begun.instance_id, by=SU_RAN, reason="客户取消项目", room=room).ended
    with transaction(factory) as session:
        instance = session.get_one(ProcessInstance, begun.instance_id)
        assert (instance.status, instance.next_due_at) == (CANCELLED, None)
        assert instance.ended_at == room.clock.now()
        assert open_items(session, begun.instance_id) == []
        told = [event.entry for event in queries.story(session, begun.instance_id) if event.entry.event == "cancelled"]
        assert {"reason": "客户取消项目"} in [entry.detail for entry in told]
        assert verify(session, begun.instance_id).whole
    with pytest.raises(InstanceNotRunning), transaction(factory) as session:
        cancel(session, begun.instance_id, by=SU_RAN, reason="again", room=room)


def test_only_the_starter_and_managers_cancel_and_strangers_learn_nothing(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started
) -> None:
    with pytest.raises(InstanceNotFound), transaction(factory) as session:
        cancel(session, begun.instance_id, by=FU_RONG, reason="because", room=room)
    with transaction(factory) as session:
        session.add(InstanceMember(instance_id=begun.instance_id, user_id=FU_RONG.user_id or 0))
    with pytest.raises(NotAllowed), transaction(factory) as session:
        cancel(session, begun.instance_id, by=FU_RONG, reason="because", room=room)
    with transaction(factory) as session:
        assert session.get_one(ProcessInstance, begun.instance_id).status == RUNNING
        cancel(session, begun.instance_id, by=LIN, reason="duplicate", room=room)


def test_a_case_is_seen_by_those_who_have_to_do_with_it(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started
) -> None:
    def who_sees(session: Session) -> set[str]:
        people = (SU_RAN, AN_RUI, LIN, FU_RONG, MAX, EVE)
        return {actor.name for actor in people if queries.is_visible(session, begun.instance_id, actor)}

    with transaction(factory) as session:
        assert who_sees(session) == {SU_RAN.name, MAX.name}
        complete(session, begun.opened[0].id, {"title": "x"}, by=SU_RAN, room=room)
        assert who_sees(session) == {SU_RAN.name, LIN.name, MAX.name}
        session.add(InstanceMember(instance_id=begun.instance_id, user_id=FU_RONG.user_id or 0))
        session.flush()
        assert who_sees(session) == {SU_RAN.name, LIN.name, MAX.name, FU_RONG.name}
        with pytest.raises(InstanceNotFound):
            queries.get(session, begun.instance_id, EVE)
        assert queries.get(session, begun.instance_id, LIN).id == begun.instance_id


def test_the_story_of_a_case_tells_who_answered_what(
    factory: sessionmaker[Session], room: EngineRoom, begun: Started
) -> None:
    with transaction(factory) as session:
        complete(session, begun.opened[0].id, {"title": "ERP", "lines": [{"a": 1.0}]}, by=SU_RAN, room=room)
    with transaction(factory) as session:
        story = queries.story(session, begun.instance_id)
        assert [event.entry.seq for event in story] == list(range(1, len(story) + 1))
        told = [event for event in story if event.submission is not None]
        assert [(each.entry.element, each.entry.by) for each in told] == [("fill_in", SU_RAN.user_id)]
        assert told[0].submission is not None
        assert told[0].submission.answers == {"title": "ERP", "lines": [{"a": 1.0}]}
        assert told[0].entry.detail is not None
        assert told[0].entry.detail["flows"] == ["fill_in_to_check"]
