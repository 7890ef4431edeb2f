"""What the rules of bidding, negotiating and signing refuse, tried in one case: it stays as it was and then goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import USUAL_ZONE, reading, transaction
from engine.errors import MessageNotExpected, NotAllowed, RuleRefused
from engine.inbox.records import Notice, WorkItem
from engine.instances import operations
from engine.instances.records import ProcessInstance
from engine.instances.sending import send
from engine.interpreter import resume
from engine.jobs.draining import settle
from engine.releases import queries as releases
from engine.releases.operations import read_folder
from engine.scenarios import play, playing, read
from engine.scenarios.playing import _answers
from engine.scenarios.stories import Scenario, Step
from engine.settings import Settings
from engine.text import Text
from handlers.authority.records import Authority
from handlers.contract.records import Contract, Milestone
from handlers.customer import queries as customers
from handlers.deciding import queries as decided
from handlers.deciding.records import ActionItem, GateDecision
from handlers.documents import queries as papers
from handlers.documents.model import Money, Table
from handlers.documents.subjects import sources_of
from handlers.opportunity.records import Opportunity
from handlers.organisation import operations as organisation
from handlers.organisation import queries as people
from webui.scenarios import DemoWorld, demo_world

PROCESSES = Path(__file__).parents[2] / "processes"
FILES = read_folder(PROCESSES)
WON = "scenarios/solution_won_with_authority.yaml"


class Walk:
    """A told scenario, walked step by step with stops at which something is tried that must be refused."""

    def __init__(self, world: DemoWorld) -> None:
        self.world = world
        scenarios, self.usual = read({path: each for path, each in FILES.items() if path.startswith("scenarios/")})
        self.told = next(each for each in scenarios if each.file == WON)
        self.steps: Sequence[Step] = self.told.steps
        self.played = play(self._part([]), world, self.usual)

    def _part(self, steps: Sequence[Step]) -> Scenario:
        now = self.told.at if not hasattr(self, "played") else self.world.clock.now()
        return self.told.model_copy(update={"steps": list(steps), "at": now})

    def up_to(self, element: str) -> None:
        """Walk on until ``element`` is to be done."""
        at = next(index for index, step in enumerate(self.steps) if step.do == element)
        known = self.played.instances
        for step in self.steps[:at]:
            self.played = _continued(self, step, known)
            assert self.played.failures == []
            known = self.played.instances
        self.steps = self.steps[at:]

    def refused(self, element: str, answers: dict[str, Any], field: str | None, by: str | None = None) -> RuleRefused:
        """Try to complete ``element`` with the usual answers and ``answers``; it must be refused at ``field``."""
        with reading(self.world.factory) as session:
            before = session.get_one(ProcessInstance, self.case)
            revision, state = before.revision, before.state
            item = session.scalars(
                sa.select(WorkItem).where(WorkItem.element == element, WorkItem.completed_at.is_(None))
            ).one()
        with pytest.raises(RuleRefused) as caught:
            self._complete(item, answers, by)
        with reading(self.world.factory) as session:
            after = session.get_one(ProcessInstance, self.case)
            assert (after.revision, after.state) == (revision, state)
        assert caught.value.field == field, caught.value.reason.en
        assert caught.value.cure.en
        assert caught.value.cure.zh
        return caught.value

    def _complete(self, item: WorkItem, answers: dict[str, Any], by: str | None) -> None:
        with transaction(self.world.factory) as session:
            actor = self.world.person(session, by) if by else self.world.anybody_for(session, item)
            step = Step(do=item.element, answers=answers)
            given = _answers(step, item.element, session, self.world, self.usual, self.played, actor)
            operations.complete(session, item.id, given, by=actor, room=self.world.room)

    @property
    def case(self) -> int:
        return self.played.instances["main"]


def _continued(walk: Walk, step: Step, known: dict[str, int]) -> Any:

    played = playing.Played(walk.told, dict(known))
    played.left += [playing.Left(0, each) for each in playing.play_step(step, walk.world, walk.usual, played)]
    return played


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    with demo_world(FILES, Settings.from_environment({"LTC_DATA": "var"}).zone) as world:
        yield Walk(world)


def test_bad_input_on_the_way_to_the_contract_is_refused_with_its_cure_and_the_case_goes_on(walk: Walk) -> None:
    walk.up_to("take_tender")
    walk.refused("take_tender", {"tender_deadline": "day:-1"}, "tender_deadline")
    walk.refused("take_tender", {"questions_until": "day:61"}, "questions_until")
    walk.refused("take_tender", {"opening_on": "day:59"}, "opening_on")

    walk.up_to("review_proposal")
    walk.refused("review_proposal", {"parts_complete": False}, "proposal_verdict")

    walk.up_to("decide_bid")
    override = walk.refused("decide_bid", {"bid_verdict": "conditional", "conditions": [_condition()]}, "reason")
    assert "advice" in override.reason.en
    with transaction(walk.world.factory) as session:
        an_rui = people.user_named(session, "anrui")
        shanghai = people.unit_with_code(session, "shanghai")
        assert an_rui is not None
        assert shanghai is not None
        organisation.grant(session, an_rui, "decision_team", shanghai, now=walk.world.clock.now())
    walk.refused("decide_bid", {}, None, by="anrui")

    walk.up_to("submit_proposal")
    for field, wrong in (("version_sent", 2), ("submitted_on", "day:1"), ("bond_paid", "open")):
        walk.refused("submit_proposal", {field: wrong}, field)
    _too_early(walk)
    _warned_of_the_deadline(walk)

    walk.up_to("record_result")
    walk.refused("record_result", {"told_on": "day:1"}, "told_on")
    walk.up_to("give_get")
    free = [{**row, "trade_for": ""} for row in walk.usual["give_get"]["give_get"]]
    walk.refused("give_get", {"give_get": [{k: v for k, v in row.items() if v != ""} for row in free]}, "give_get")
    only_given = [{**walk.usual["give_get"]["give_get"][0], "item": name} for name in ("质保", "培训")]
    walk.refused("give_get", {"give_get": only_given}, "give_get")
    walk.up_to("prepare")
    team = walk.usual["prepare"]["team_roles"]
    walk.refused("prepare", {"team_roles": [*team, {"user_id": "person:suran", "part": "lead"}]}, "team_roles")
    assert "delivery, legal" in walk.refused("prepare", {"team_roles": [*team[:2], team[3]]}, "team_roles").reason.en
    walk.up_to("round")
    walk.refused("round", {"round_on": "day:2"}, "round_on")
    give, get = walk.usual["round"]["standing"]
    assert "预付款" in walk.refused("round", {"standing": [give]}, "standing").reason.en
    walk.refused("round", {"standing": [give, {**get, "floor_holds": False}]}, "standing")
    _led_by(walk, "round", "cheng")
    walk.up_to("request_extension")
    walk.refused("request_extension", {"ext_liability": "unlimited"}, None)
    walk.up_to("decide_extension")
    walk.refused("decide_extension", {"ext_granted_until": "day:-1"}, "ext_granted_until", by="guojing")

    walk.up_to("draft_contract")
    uneven = [{**row, "percent": 30} for row in walk.usual["draft_contract"]["milestones"]]
    assert "120" in walk.refused("draft_contract", {"milestones": uneven}, "milestones").reason.en
    walk.up_to("sign_contract")
    walk.refused("sign_contract", {"signed_on": "day:3"}, "signed_on")
    _signs_under_conditions(walk)
    walk.up_to("write_report")
    _what_came_of_it(walk)


def _signs_under_conditions(walk: Walk) -> None:
    """The task of signing knows the decision whose conditions its form shows, also after all the decisions before."""
    [shown] = [
        each["data"]
        for each in json.loads(FILES["forms/opportunity_sign_contract.ui.json"])["ui:shows"]
        if each["type"] == "conditions"
    ]
    with reading(walk.world.factory) as session:
        case = session.get_one(ProcessInstance, walk.case)
        run = resume(releases.program(session, case.release_id), case.state, lambda *_: None, walk.world.clock)
        assert [each.text for each in decided.conditions(session, run.data[shown])] == ["首付款到账再排产"]


def _led_by(walk: Walk, element: str, username: str) -> None:
    """The task lies with whoever leads the negotiation."""
    with reading(walk.world.factory) as session:
        waiting = sa.select(WorkItem.assignee_id).where(WorkItem.element == element, WorkItem.completed_at.is_(None))
        lead = people.user_named(session, username)
        assert lead is not None
        assert session.scalar(waiting) == lead.id


def _warned_of_the_deadline(walk: Walk) -> None:
    """Ten working days before the deadline the whole team is warned; the watch is no case of the opportunity."""
    with reading(walk.world.factory) as session:
        watch = session.scalars(sa.select(ProcessInstance).where(ProcessInstance.process_id == "tender_watch")).one()
        deal = session.scalars(sa.select(Opportunity)).one()
        assert watch.record_id is None
        assert watch.next_due_at is not None
        assert deal.tender_deadline is not None
        day, calendar = watch.next_due_at.astimezone(USUAL_ZONE).date(), walk.world.room.calendar
        left = (deal.tender_deadline - day).days
        assert sum(calendar.is_working_day(day + timedelta(days=each)) for each in range(left)) == 10
    walk.world.clock.set(watch.next_due_at)
    settle(walk.world.room, walk.world.factory)
    with reading(walk.world.factory) as session:
        warned = session.scalars(sa.select(Notice.user_id).where(Notice.kind == "opportunity.deadline_near")).all()
        assert sorted(warned) == sorted({deal.ar_id, deal.sr_id, deal.fr_id})


def _condition() -> dict[str, Any]:
    return {"text": "先拿到接口文档", "owner_id": "person:suran", "due_on": "day:10"}


def _too_early(walk: Walk) -> None:
    """A message that comes out of turn, or from somebody who may not send it, is refused."""
    with reading(walk.world.factory) as session:
        number = session.get_one(ProcessInstance, walk.case).business_key or ""
    for username, refusal in (("anrui", MessageNotExpected), ("furong", NotAllowed)):
        with pytest.raises(refusal), transaction(walk.world.factory) as session:
            send(session, "bid.won", number, by=walk.world.person(session, username), room=walk.world.room)


def _what_came_of_it(walk: Walk) -> None:
    """The records say what happened: decisions, authority, credit, decision-makers, contract."""
    with reading(walk.world.factory) as session:
        deal = session.scalars(sa.select(Opportunity)).one()
        gates = session.scalars(sa.select(GateDecision).order_by(GateDecision.id)).all()
        assert [(each.gate, each.verdict, each.body) for each in gates] == [
            ("ATI", "approve", "rep"),
            ("ATB", "go", "rep"),
            ("ATX", "granted", "region"),
            ("ATC", "conditional", "rep"),
        ]
        grant = session.scalars(sa.select(Authority).where(Authority.opportunity_id == deal.id)).one()
        assert (grant.level, grant.max_discount_percent, grant.min_margin_percent) == ("region", 13, 20)
        assert grant.decision_id == gates[2].id
        assert deal.customer_id is not None
        credit = customers.credit(session, deal.customer_id)
        assert credit is not None
        assert credit.rating == "B"
        map_ = {each.name: each.attitude for each in customers.decision_makers(session, deal.customer_id)}
        assert map_ == {"周建国": 1, "李敏": 0}
        contract = session.scalars(sa.select(Contract)).one()
        _deviations_are_named(walk, session, deal, contract)
        assert (contract.id, contract.amount, contract.opportunity_id) == (deal.contract_id, 255_000_000, deal.id)
        amounts = session.scalars(sa.select(Milestone.amount).order_by(Milestone.no)).all()
        assert sum(amounts) == contract.amount
        assert len(amounts) == 4
        actions = session.scalars(sa.select(ActionItem.text)).all()
        assert "首付款到账再排产" in actions
        assert session.scalar(sa.select(sa.func.count()).where(Notice.kind == "opportunity.signed")) == 1


def _deviations_are_named(walk: Walk, session: Session, deal: Opportunity, contract: Contract) -> None:
    """Whoever signs, takes over or changes the contract reads which terms depart from what was reviewed."""
    lines = ["价格：268 万元 → 255 万元", "毛利率：28 % → 24 %", "质保期：12 个月 → 18 个月"]
    for process_id in ("opportunity", "contract"):
        case = session.scalars(sa.select(ProcessInstance).where(ProcessInstance.process_id == process_id)).one()
        run = resume(releases.program(session, case.release_id), case.state, lambda *_: None, walk.world.clock)
        assert Text.of(run.data["deviations_told"]).zh.split("\n") == lines
    assert contract.deviations == len(lines)
    for kind, record in (("signing_report", deal), ("contract_handover_package", contract)):
        record_type = "opportunity" if record is deal else "contract"
        paper = papers.built(sources_of(session, record_type, record.id), papers.kind(record_type, kind))
        rows = next(part.rows for part in paper.parts if isinstance(part, Table) and "Deviations" in str(part.title))
        assert rows[0][2:4] == (Money(fen=268_000_000), Money(fen=255_000_000))
        assert rows[2][0] == Text("Warranty", "质保期")
