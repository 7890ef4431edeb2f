"""What was tried and refused stands in the history of the case, and changes nothing else of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from engine import service_tasks
from engine.clock import FixedClock
from engine.database import transaction
from engine.directory import Actor
from engine.errors import (
    InstanceNotFound,
    InvalidAnswers,
    LtcError,
    MessageNotExpected,
    NotAllowed,
    RuleRefused,
    StalePage,
    WorkItemAlreadyDone,
    WorkItemNotFound,
)
from engine.instances.attempts import note_attempt
from engine.instances.operations import Started, complete, start
from engine.instances.records import ProcessInstance
from engine.instances.sending import send
from engine.journal import JournalEntry, verify
from engine.room import EngineRoom
from engine.service_tasks import Context, service_task
from engine.text import Text
from tests.cast import AN_RUI, EVE, OFFICE, SU_RAN
from tests.diagrams import Diagram

KEY = "OP-202611-0001"
LATE = RuleRefused(Text("The day is over.", "日期已过。"), Text("Choose a later day.", "请改一个以后的日期。"), "day")


class Nothing(BaseModel):
    pass


@pytest.fixture
def begun(
    monkeypatch: pytest.MonkeyPatch, factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> Started:
    """A case in which An Rui fills in what a rule refuses; beside it the case waits for two messages."""
    monkeypatch.setattr(service_tasks, "_catalogue", {})

    @service_task("test.name", label=Text("Name", "命名"))
    def name(ctx: Context, _: Nothing) -> None:
        ctx.business_key = KEY

    @service_task("test.refuse", label=Text("Refuse", "拒绝"))
    def refuse(ctx: Context, _: Nothing) -> None:
        if ctx.data.get("day") != "later":
            raise LATE

    diagram = (
        Diagram("bid").start().service("name", "test.name", {}).gateway("fork").task("fill_in", "ar")
        .service("check", "test.refuse", {}).end().end("won").end("told")
        .catch("wait", "bid.won").catch("inside", "bid.checked")
        .line("begin", "name", "fork", "fill_in", "check", "done").line("fork", "wait", "won")
        .line("fork", "inside", "told")
    )  # fmt: skip
    files = diagram.file()
    text = files["bid.bpmn"].decode()
    before = '<bpmn:intermediateCatchEvent id="wait" name="Wait"><bpmn:extensionElements><spiffworkflow:properties>'
    assert before in text
    allowed = before + '<spiffworkflow:property name="sent_by" value="ar" />'
    deploy(files | {"bid.bpmn": text.replace(before, allowed).encode()})
    with transaction(factory) as session:
        return start(session, "bid", by=AN_RUI, room=room, unit_id=OFFICE)


class Trying:
    """Tries an act as a page does, and looks at the case before and after."""

    def __init__(self, factory: sessionmaker[Session], room: EngineRoom, begun: Started) -> None:
        self.factory, self.room, self.begun = factory, room, begun
        self.item = begun.opened[0].id

    def refused(self, act: Callable[[Session], object], kind: type[LtcError], by: Actor, *, message: str = "") -> None:
        before = self.row()
        with pytest.raises(kind) as caught, transaction(self.factory) as session:
            act(session)
        about = {"message": message, "business_key": KEY} if message else {"work_item_id": self.item}
        note_attempt(self.factory, caught.value, by=by, at=self.room.clock.now(), **about)  # type: ignore[arg-type]
        after = self.row()
        assert (before.revision, before.state, before.status) == (after.revision, after.state, after.status)
        with transaction(self.factory) as session:
            assert verify(session, self.begun.instance_id).whole

    def row(self) -> ProcessInstance:
        with transaction(self.factory) as session:
            return session.get_one(ProcessInstance, self.begun.instance_id)

    def lines(self) -> list[JournalEntry]:
        with transaction(self.factory) as session:
            asked = sa.select(JournalEntry).where(JournalEntry.event == "refused").order_by(JournalEntry.seq)
            return list(session.scalars(asked))


@pytest.fixture
def trying(factory: sessionmaker[Session], room: EngineRoom, begun: Started) -> Trying:
    return Trying(factory, room, begun)


def test_a_refused_completion_is_told_once_with_its_reason_and_the_case_goes_on(trying: Trying) -> None:
    revision = trying.row().revision
    for _ in range(3):
        trying.refused(
            lambda s: complete(s, trying.item, {"day": "past"}, by=AN_RUI, room=trying.room, revision=revision),
            RuleRefused,
            AN_RUI,
        )
    (line,) = trying.lines()
    assert (line.process_id, line.element, line.by) == ("bid", "fill_in", AN_RUI.user_id)
    assert line.detail == {
        "error": "RuleRefused", "work_item": trying.item, "reason_en": "The day is over.",
        "reason_zh": "日期已过。", "field": "day",
    }  # fmt: skip
    with transaction(trying.factory) as session:
        done = complete(session, trying.item, {"day": "later"}, by=AN_RUI, room=trying.room, revision=revision)
    assert not done.opened
    with transaction(trying.factory) as session:
        assert verify(session, done.instance_id).whole


def test_answers_that_do_not_fit_are_told_by_field_and_never_by_what_was_written(trying: Trying) -> None:
    bad = InvalidAnswers({"day": ["required"], "\x00\ud800made up": ["unknown"], **{f"f{n}": ["x"] for n in range(30)}})

    def refuse(_: Session) -> None:
        raise bad

    trying.refused(refuse, InvalidAnswers, AN_RUI)
    (line,) = trying.lines()
    assert line.detail is not None
    assert line.detail["fields"][:2] == ["day", "f0"]
    assert len(line.detail["fields"]) == 20
    assert "reason_en" not in line.detail


def test_strangers_double_clicks_stale_pages_and_faults_leave_no_line(trying: Trying, clock: FixedClock) -> None:
    for error in (WorkItemNotFound(), WorkItemAlreadyDone(), StalePage(), LtcError()):
        assert not note_attempt(trying.factory, error, by=EVE, at=clock.now(), work_item_id=trying.item)
    assert not note_attempt(trying.factory, NotAllowed(), by=EVE, at=clock.now(), business_key="OP-none", message="x")
    assert trying.lines() == []


def test_a_message_is_taken_from_the_role_that_the_diagram_names_and_told_when_it_comes_out_of_turn(
    trying: Trying,
) -> None:
    def told(name: str, by: Actor) -> Callable[[Session], object]:
        return lambda session: send(session, name, KEY, by=by, room=trying.room)

    trying.refused(told("bid.won", EVE), InstanceNotFound, EVE, message="bid.won")
    trying.refused(told("bid.checked", AN_RUI), NotAllowed, AN_RUI, message="bid.checked")
    with transaction(trying.factory) as session:
        send(session, "bid.won", KEY, by=AN_RUI, room=trying.room)
    trying.refused(told("bid.won", AN_RUI), MessageNotExpected, AN_RUI, message="bid.won")
    assert [(line.detail or {})["message"] for line in trying.lines()] == ["bid.checked", "bid.won"]
    assert [line.by for line in trying.lines()] == [AN_RUI.user_id, AN_RUI.user_id]
    with transaction(trying.factory) as session:
        complete(session, trying.item, {"day": "later"}, by=AN_RUI, room=trying.room)
        case = session.get_one(ProcessInstance, trying.begun.instance_id)
    assert case.status == "running"
    with pytest.raises(InstanceNotFound), transaction(trying.factory) as session:
        send(session, "bid.won", KEY, by=SU_RAN, room=trying.room)
