"""A diagram feeds a business record: opened by the first answers, fed by each form, given the diagram's status."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from engine import business_records, service_tasks
from engine.database import transaction
from engine.directory import Actor
from engine.inbox.records import WorkItem
from engine.instances.operations import complete, message, start
from engine.instances.records import ProcessInstance
from engine.room import EngineRoom
from engine.service_tasks import Context, service_task
from engine.text import Text
from tests.cast import AN_RUI, OFFICE, SU_RAN
from tests.diagrams import Diagram


@dataclass
class Ledger:
    """Keeps records called ``deal`` by writing down what it is asked to do."""

    kind: str = "deal"
    told: list[tuple[Any, ...]] = field(default_factory=list)
    emptied: list[tuple[str, set[str]]] = field(default_factory=list)

    def open(
        self, session: Session, answers: Mapping[str, Any], *, unit_id: int | None, by: Actor, now: datetime
    ) -> tuple[int, str]:
        self.told.append(("open", dict(answers), unit_id, by.user_id))
        return 41, str(answers.get("title", "untitled"))

    def absorb(
        self,
        session: Session,
        record_id: int,
        element: str,
        answers: Mapping[str, Any],
        emptied: AbstractSet[str],
        *,
        by: Actor,
        now: datetime,
    ) -> str | None:
        self.told.append(("absorb", record_id, element, dict(answers)))
        self.emptied.append((element, set(emptied)))
        return str(answers["title"]) if "title" in answers else None

    def set_status(self, session: Session, record_id: int, status: str, *, by: Actor, now: datetime) -> None:
        self.told.append(("status", record_id, status))


class Nothing(BaseModel):
    pass


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    keeper = Ledger()
    monkeypatch.setattr(business_records, "_keepers", {"deal": keeper})
    monkeypatch.setattr(service_tasks, "_catalogue", {})

    @service_task("deal.look", label=Text("Look", "查看"))
    def look(ctx: Context, given: Nothing) -> None:
        keeper.told.append(("look", ctx.record_type, ctx.record_id, ctx.element, given.model_dump()))

    return keeper


def deal() -> dict[str, bytes]:
    diagram = Diagram("deal", record="deal").start().task("capture", "submitter", status="DRAFT")
    diagram.service("look", "deal.look", {}, status="SUBMITTED").gateway("good", "exclusive", default="good_to_lost")
    diagram.task("verify", "ar", status="VERIFYING").end("lost", status="DISCARDED").end("won", status="VALID")
    diagram.line("begin", "capture", "look", "good", "lost").line("verify", "won")
    return diagram.flow("good", "verify", "good == True").file()


def test_the_first_answers_open_the_record_before_the_automatic_steps_look_at_it(
    factory: sessionmaker[Session], room: EngineRoom, ledger: Ledger, deploy: Callable[..., int]
) -> None:
    deploy(deal())
    answers = {"title": "华北 ERP", "good": True}
    with transaction(factory) as session:
        started = start(session, "deal", by=SU_RAN, room=room, unit_id=OFFICE, answers=answers)
    assert ledger.told == [
        ("open", answers, OFFICE, SU_RAN.user_id),
        ("status", 41, "DRAFT"),
        ("absorb", 41, "capture", answers),
        ("look", "deal", 41, "look", {}),
        ("status", 41, "SUBMITTED"),
        ("status", 41, "VERIFYING"),
    ]
    with transaction(factory) as session:
        instance = session.get_one(ProcessInstance, started.instance_id)
        assert (instance.record_type, instance.record_id, instance.label) == ("deal", 41, "华北 ERP")
        item = session.get_one(WorkItem, started.opened[0].id)
        assert (item.record_type, item.record_id, item.case_label) == ("deal", 41, "华北 ERP")


def test_a_case_started_without_answers_has_no_record_until_somebody_answers(
    factory: sessionmaker[Session], room: EngineRoom, ledger: Ledger, deploy: Callable[..., int]
) -> None:
    deploy(deal())
    with transaction(factory) as session:
        started = start(session, "deal", by=SU_RAN, room=room)
        assert ledger.told == []
    with transaction(factory) as session:
        done = complete(session, started.opened[0].id, {"good": False}, by=SU_RAN, room=room)
        assert done.ended
    assert ledger.told == [
        ("open", {"good": False}, None, SU_RAN.user_id),
        ("absorb", 41, "capture", {"good": False}),
        ("look", "deal", 41, "look", {}),
        ("status", 41, "DRAFT"),
        ("status", 41, "SUBMITTED"),
        ("status", 41, "DISCARDED"),
    ]


def test_each_later_form_feeds_the_record_and_may_rename_the_case(
    factory: sessionmaker[Session], room: EngineRoom, ledger: Ledger, deploy: Callable[..., int]
) -> None:
    deploy(deal())
    with transaction(factory) as session:
        started = start(session, "deal", by=AN_RUI, room=room, unit_id=OFFICE, answers={"title": "A", "good": True})
        ledger.told.clear()
        done = complete(session, started.opened[0].id, {"title": "B"}, by=AN_RUI, room=room)
    assert (done.label, done.ended) == ("B", True)
    assert ledger.told == [("absorb", 41, "verify", {"title": "B"}), ("status", 41, "VALID")]


def test_the_record_is_told_what_was_asked_and_left_empty_but_not_what_a_closed_question_left_to_others(
    factory: sessionmaker[Session], room: EngineRoom, ledger: Ledger, deploy: Callable[..., int]
) -> None:
    asked = {"title": {"type": "string"}, "bid": {"enum": ["yes", "no"]}, "tables": {"type": "array"}}
    opened = {"properties": {"deadline": {"type": "string"}, "sum": {"type": "integer"}}}
    form = {
        "type": "object",
        "properties": asked,
        "if": {"properties": {"bid": {"const": "yes"}}, "required": ["bid"]},
        "then": opened,
    }
    other = {"type": "object", "properties": {"deadline": {"type": "string"}}}
    diagram = Diagram("asked", record="deal").start().task("ask", "submitter", form="asked")
    diagram.task("postpone", "submitter", form="other").task("again", "submitter", form="asked").end("over")
    forms = {
        f"forms/{name}.schema.json": json.dumps(each).encode() for name, each in (("asked", form), ("other", other))
    }
    forms |= {f"forms/{name}.ui.json": b"{}" for name in ("asked", "other")}
    deploy(diagram.line("begin", "ask", "postpone", "again", "over").file() | forms)
    with transaction(factory) as session:
        started = start(session, "asked", by=SU_RAN, room=room, answers={"title": "A", "bid": "yes", "sum": 5})
        done = complete(session, started.opened[0].id, {"deadline": "2026-12-01"}, by=SU_RAN, room=room)
        complete(session, done.opened[0].id, {"title": "A", "bid": "no"}, by=SU_RAN, room=room)
    assert ledger.emptied == [("ask", {"tables", "deadline"}), ("postpone", set()), ("again", {"tables", "sum"})]


def test_a_message_that_names_a_record_starts_a_case_of_that_record(
    factory: sessionmaker[Session], room: EngineRoom, ledger: Ledger, deploy: Callable[..., int]
) -> None:
    diagram = Diagram("deal", record="deal", start="").start(message="deal.created").task("work", "ar").end()
    deploy(diagram.line("begin", "work", "done").file())
    with transaction(factory) as session:
        known = message(session, "deal.created", "D-1", {"record_id": 99}, room=room)
        assert session.get_one(ProcessInstance, known.instance_id).record_id == 99
        assert ledger.told == []
        message(session, "deal.created", "D-2", {"title": "new"}, room=room)
        assert ledger.told == [("open", {"title": "new"}, None, None)]
