"""What the pages refuse in the life of a contract: with reason and cure, the case as it was, the attempt on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from engine.database import reading, transaction
from engine.errors import InvalidAnswers, RuleRefused, WorkItemOfOthers
from engine.inbox.records import Notice, WorkItem
from engine.instances import queries as cases
from engine.instances.records import ProcessInstance
from engine.journal import verify
from engine.scenarios import Played, play_step
from engine.scenarios.stories import Step
from engine.settings import Settings
from engine.text import Text
from handlers import days
from handlers.contract import refusals
from handlers.contract.records import Contract
from handlers.deciding.operations import HAND_IT_ON, PROPOSER_DECIDES
from handlers.organisation import operations as organisation
from handlers.organisation import passwords
from handlers.organisation import queries as people
from tests.stories import FILES, STORIES, USUAL, ZONE
from tests.web.conftest import PASSWORD, Browser
from webui.app import create_app
from webui.notices.sentences import sentence
from webui.runtime import Runtime
from webui.scenarios import DemoWorld, demo_world

SMALL = "scenarios/contract_closed_after_work.yaml"
CHANGE = (
    {"message": "change.requested"},
    {"do": "change_request", "as": "cheng"},
    {"do": "change_assess_cost", "as": "fang", "answers": {"amount_effect": 1_000_000}},
    {"do": "change_assess_cash", "as": "fang"},
    {"do": "change_assess_legal", "as": "kongxin"},
    {"do": "change_assess_time", "as": "dairui"},
)


class Desks:
    """The demo company in which one contract is walked, with the pages of those who try what they should not."""

    def __init__(self, world: DemoWorld) -> None:
        settings = Settings.from_environment({"LTC_DATA": "var"})
        app = create_app(settings, product=Runtime(settings, world.engine, world.factory, world.room, world.directory))
        self.world = world
        story = next(each for each in STORIES if each.file == SMALL)
        world.clock.set(story.at)
        self.told, self.left = Played(story), list(story.steps)
        self.browsers = {name: Browser(app) for name in PEOPLE}
        for name, browser in self.browsers.items():
            assert browser.sign_in(name).status_code == 302

    def walk_to(self, element: str) -> None:
        """Walk on as told until ``element`` is to be done."""
        while self.left[0].do != element:
            assert play_step(self.left.pop(0), self.world, USUAL, self.told) == []

    def walk(self, *steps: dict[str, Any], case: str) -> None:
        """Walk steps that the story does not tell, in a case of their own."""
        for step in steps:
            assert play_step(Step.model_validate({**step, "case": case}), self.world, USUAL, self.told) == []

    def refused(
        self, element: str, by: str, form: dict[str, Any], kind: type[Exception], *said: str, case: str = "main"
    ) -> None:
        """Post ``form`` to the task; it is refused with these words, and nothing but one line of history is new."""
        instance_id = self.told.instances[case]
        with reading(self.world.factory) as session:
            before = session.get_one(ProcessInstance, instance_id)
            revision, state = before.revision, before.state
            item = session.scalars(
                sa.select(WorkItem).where(WorkItem.element == element, WorkItem.completed_at.is_(None))
            ).one()
            known = len(cases.story(session, instance_id))
            person = self.world.person(session, by)
        answer = self.browsers[by].post(f"/tasks/{item.id}", form)
        assert answer.status_code == getattr(kind, "http_status", None)
        for words in said:
            assert words in answer.text, (words, re.findall(r"(?s)id=.errors.*?</div>", answer.text))
        with reading(self.world.factory) as session:
            after = session.get_one(ProcessInstance, instance_id)
            assert (after.revision, after.state) == (revision, state)
            assert session.get_one(WorkItem, item.id).completed_at is None
            [line] = cases.story(session, instance_id)[known:]
            assert (line.entry.event, line.entry.element, line.entry.by) == ("refused", element, person.user_id)
            assert (line.entry.detail or {})["error"] == kind.__name__
            assert verify(session, instance_id).whole


PEOPLE = ("anrui", "furong", "fang", "cheng", "max")


@pytest.fixture(scope="module")
def desks() -> Iterator[Desks]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        with demo_world(FILES, ZONE, dict.fromkeys(PEOPLE, PASSWORD)) as world:
            yield Desks(world)


def _decides_too(desks: Desks, username: str) -> None:
    """Let somebody be of the decision team as well: whoever proposes may still not decide."""
    with transaction(desks.world.factory) as session:
        user, unit = people.user_named(session, username), people.unit_with_code(session, "shanghai")
        assert user is not None
        assert unit is not None
        organisation.grant(session, user, "decision_team", unit, now=desks.world.clock.now())


def _words(refused: RuleRefused) -> tuple[str, str]:
    return refused.reason.zh, refused.cure.zh


def _the_manager_replaces_the_sr_in_all_cases_of_the_deal(desks: Desks) -> None:
    """One transaction puts another person in the contract and in its risk; a second one puts the first back."""
    desks.walk({"message": "risk.raised"}, {"do": "risk_register", "as": "cheng"}, case="r1")
    main, risk = (desks.told.instances[name] for name in ("main", "r1"))
    with reading(desks.world.factory) as session:
        suran, anrui = (desks.world.person(session, name).user_id for name in ("suran", "anrui"))
    assert desks.browsers["anrui"].get(f"/cases/{main}/team").status_code == 403
    page = desks.browsers["max"].get(f"/cases/{main}/team").text
    assert "/R1</span>" in page
    assert "/C1</span>" not in page, "the change is over"
    for to in (anrui, suran):
        change = {"role": "sr", "to": str(to), "reason": "项目调整", "everywhere": "on"}
        assert desks.browsers["max"].post(f"/cases/{main}/team", change).status_code == 302
        assert "/R1" in desks.browsers["max"].get(f"/cases/{main}").text, "it tells which cases were changed"
        with reading(desks.world.factory) as session:
            assert [session.get_one(ProcessInstance, each).team["sr"] for each in (main, risk)] == [to, to]
            assert session.get_one(Contract, 1).sr_id == to
            assert all(verify(session, each).whole for each in (main, risk))
            assert [each.entry.event for each in cases.story(session, risk)][-1] == "team_changed"
            told = session.scalars(sa.select(Notice).where(Notice.user_id == to).order_by(Notice.id.desc())).first()
            assert told is not None
            assert "本单其他流程（CT-202603-0001/R1）" in sentence(told.kind, told.params, "zh_CN")
            assert "other cases CT-202603-0001/R1: 项目调整" in sentence(told.kind, told.params, "en")


OTHERS = Text("This task waits for somebody else.", "该任务由其他人办理")


def test_what_may_not_be_is_refused_at_the_desk_and_the_contract_goes_on(desks: Desks) -> None:
    today = desks.world.clock.now().astimezone(ZONE).date()
    with reading(desks.world.factory) as session:
        chosen = {
            f"{role}_id": str(desks.world.person(session, name).user_id)
            for role, name in (
                ("fr", "furong"),
                ("contract_mgr", "cheng"),
                ("delivery_pm", "dairui"),
                ("finance", "fang"),
            )
        }
    desks.walk_to("plan_handover")
    past = today.replace(day=1)
    plan = {**chosen, "handover_form": "video", "handover_on": past.isoformat(), "start_early": "false"}
    desks.refused("plan_handover", "anrui", plan, RuleRefused, *_words(days.is_past("handover_on", past)))

    desks.walk_to("meet_obligation")
    _decides_too(desks, "cheng")
    desks.walk(*CHANGE, case="c1")
    approve = {"change_verdict": "approve", "reason": "价格覆盖成本"}
    own = (PROPOSER_DECIDES.zh, HAND_IT_ON.zh)
    desks.refused("change_decide", "cheng", approve, RuleRefused, *own, case="c1")
    desks.refused("change_decide", "fang", approve, WorkItemOfOthers, OTHERS.zh, "请联系对方办理", case="c1")
    desks.walk({"do": "change_decide", "as": "dong", "answers": {"change_verdict": "refuse"}}, case="c1")

    desks.walk_to("accept_milestone")
    accepted = {"acceptance": "accepted", "accepted_on": today.isoformat()}
    desks.refused("accept_milestone", "furong", accepted, InvalidAnswers, 'href="#f-certificate"')

    desks.walk_to("collect_payment")
    day = desks.world.clock.now().astimezone(ZONE).date().isoformat()
    much = {"received_on": day, "amount": "60.01", "reference": "BANK-9"}
    more = refusals.more_than_open("FP-201", 60_010_000, 60_000_000)
    desks.refused("collect_payment", "fang", much, RuleRefused, *_words(more), 'href="#f-amount"')

    _the_manager_replaces_the_sr_in_all_cases_of_the_deal(desks)

    desks.walk_to("decide_closing")
    close = {"closing": "close"}
    desks.refused("decide_closing", "cheng", close, RuleRefused, *own)
    desks.refused("decide_closing", "fang", close, WorkItemOfOthers, OTHERS.zh)
    page = desks.browsers["anrui"].get("/contracts/1").text
    assert page.count(PROPOSER_DECIDES.zh) == 1, "the history of the contract tells of the attempt at its own gate"
    assert "合同登记" in page, "the sheets of key terms stand beside what is registered"
    for step in desks.left:
        assert play_step(step, desks.world, USUAL, desks.told) == []
    page = desks.browsers["anrui"].get("/contracts/1").text
    assert "已生效变更" in page, "what came of it is compared with what was planned"
