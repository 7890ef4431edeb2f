"""Leads from the first note to the opportunity: the keeper, every automatic step, lists, import; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

import handlers
from engine.business_records import keeper_of
from engine.clock import FixedClock
from engine.database import count_statements, reading, transaction
from engine.directory import SYSTEM, Actor, group_key
from engine.errors import Fault, InvalidAnswers, NotAllowed, NotFound
from engine.instances.services import call
from engine.service_tasks import BusinessError, Context, catalogue
from handlers.customer import queries as customers
from handlers.lead import operations, queries
from handlers.lead.importing import RowReport, UnreadableFile, import_leads
from handlers.lead.notices import NOTICES
from handlers.lead.records import Lead, LeadCredit, LeadMeeting
from handlers.lead.similarity import similarity
from handlers.lead.statuses import STATUSES
from handlers.numbering import next_number
from handlers.opportunity.records import Opportunity
from tests.company import Company, acting, found

handlers.load()

WAN = 1_000_000
FORM = Path(__file__).parents[2] / "processes" / "forms" / "lead_submit.schema.json"


def answers(company: Company, **changes: Any) -> dict[str, Any]:
    """A complete lead as its submitter fills it in."""
    return {
        "title": "Stock planning for the new plant",
        "customer": "华东精密制造有限公司",
        "industry": "manufacturing",
        "unit_id": company.steel.id,
        "channel": "customer_visit",
        "problem": "They stop the line twice a week because parts are missing",
        "product_areas": ["software"],
        "expected_amount": 120 * WAN,
        "expected_decision_on": "2027-03-01",
        "maturity": "warm",
        **changes,
    }


@dataclass(slots=True)
class Desk:
    """Does with leads what the engine does: opens, feeds and numbers them, calls automatic steps."""

    factory: sessionmaker[Session]
    clock: FixedClock
    company: Company

    def by(self, user: Any, *groups: str) -> Actor:
        return acting(user, *groups)

    def open(self, *, by: Actor | None = None, status: str = "SUBMITTED", **changes: Any) -> int:
        keeper = keeper_of("lead")
        assert keeper is not None
        who = by or self.by(self.company.eve)
        given = answers(self.company, **changes)
        with transaction(self.factory) as session:
            lead_id, _ = keeper.open(session, given, unit_id=None, by=who, now=self.clock.now())
            keeper.absorb(session, lead_id, "fill_in_lead", given, by=who, now=self.clock.now())
            keeper.set_status(session, lead_id, status, by=who, now=self.clock.now())
        return lead_id

    def answer(self, lead_id: int, element: str, *, by: Actor | None = None, **given: Any) -> str | None:
        keeper = keeper_of("lead")
        assert keeper is not None
        with transaction(self.factory) as session:
            who = by or self.by(self.company.lin)
            return keeper.absorb(session, lead_id, element, given, by=who, now=self.clock.now())

    def status(self, lead_id: int, status: str) -> None:
        keeper = keeper_of("lead")
        assert keeper is not None
        with transaction(self.factory) as session:
            keeper.set_status(session, lead_id, status, by=SYSTEM, now=self.clock.now())

    def run(
        self, lead_id: int | None, handler: str, *, team: dict[str, int] | None = None, **given: Any
    ) -> tuple[dict[str, Any], Context]:
        with transaction(self.factory) as session:
            context = Context(
                session=session, now=self.clock.now(), by=SYSTEM, instance_id=1, element="step", idempotency_key="k",
                data={}, record_type="lead", record_id=lead_id, team=dict(team or {}),
            )  # fmt: skip
            result = call(handler, context, given)
        return result or {}, context

    def lead(self, lead_id: int) -> Lead:
        with reading(self.factory) as session:
            return queries.get(session, lead_id)

    def nurtured(self) -> int:
        """A lead that Su Ran answers for, with An Rui."""
        lead_id = self.open()
        self.answer(
            lead_id, "distribute_lead", owner_id=self.company.su_ran.id, co_owner_id=self.company.an_rui.id
        )  # fmt: skip
        self.run(lead_id, "lead.assign")
        self.status(lead_id, "NURTURING")
        return lead_id


@pytest.fixture
def company(factory: sessionmaker[Session], clock: FixedClock) -> Company:
    with transaction(factory) as session:
        return found(session, clock.now())


@pytest.fixture
def desk(factory: sessionmaker[Session], clock: FixedClock, company: Company) -> Desk:
    return Desk(factory, clock, company)


# --- the record ------------------------------------------------------------------------------------------------------


def test_known_fields_reach_columns_and_new_ones_of_a_process_owner_are_kept_under_their_element(desk: Desk) -> None:
    lead_id = desk.open(carbon_footprint=12, wishes=["fast"])
    lead = desk.lead(lead_id)
    assert (lead.title, lead.customer_name) == ("Stock planning for the new plant", "华东精密制造有限公司")
    assert (lead.expected_amount, lead.expected_decision_on) == (120 * WAN, date(2027, 3, 1))
    assert (lead.product_areas, lead.submitter_id) == (["software"], desk.company.eve.id)
    assert lead.facts == {"fill_in_lead": {"carbon_footprint": 12, "wishes": ["fast"]}}
    assert (
        desk.answer(lead_id, "complete_lead", answer="Called him", title="Planning")
        == "华东精密制造有限公司 · Planning"
    )
    lead = desk.lead(lead_id)
    assert lead.title == "Planning"
    assert lead.facts["complete_lead"] == {"answer": "Called him"}
    assert lead.facts["fill_in_lead"]["carbon_footprint"] == 12


def test_an_answer_that_does_not_fit_its_column_is_refused_by_name(desk: Desk) -> None:
    lead_id = desk.open()
    for name, wrong in (
        ("expected_amount", "much"),
        ("expected_decision_on", "soon"),
        ("secrecy", "no"),
        ("win_chance", True),
    ):
        with pytest.raises(InvalidAnswers) as refused:
            desk.answer(lead_id, "verify_lead", **{name: wrong})
        assert list(refused.value.errors) == [name]


def test_statuses_come_from_the_diagram_and_leave_their_first_moment(desk: Desk, clock: FixedClock) -> None:
    lead_id = desk.open()
    first = clock.now()
    clock.advance(timedelta(days=1))
    for status in ("RETURNED", "SUBMITTED", "VALID"):
        desk.status(lead_id, status)
    lead = desk.lead(lead_id)
    assert (lead.status, lead.submitted_at, lead.verified_at) == ("VALID", first, clock.now())
    assert lead.ended_at is None
    desk.status(lead_id, "INVALID")
    assert desk.lead(lead_id).ended_at == clock.now()
    with pytest.raises(operations.UnknownStatus):
        desk.status(lead_id, "FLYING")
    for status in STATUSES:
        desk.status(lead_id, status)


def test_the_six_steps_leave_their_mark_and_facts(desk: Desk) -> None:
    lead_id = desk.nurtured()
    owner = desk.by(desk.company.su_ran)
    desk.answer(lead_id, "identify_pains", by=owner, pains=[{"post": "CFO", "pain": "cash", "reason": "stock"}])
    assert desk.lead(lead_id).nurturing_step == 1
    kdm = {"name": "Li", "post": "CFO", "role": "economic", "attitude": 1}
    desk.answer(lead_id, "interest_kdm", by=owner, kdms=[kdm], met_on="2026-11-20", follow_up="plant tour")
    desk.answer(lead_id, "acknowledge_pain", by=owner, pain_acknowledged=True, words="It hurts")
    desk.answer(lead_id, "create_vision", by=owner, vision="No more stops", vision_agreed=True)
    lead = desk.lead(lead_id)
    assert (lead.nurturing_step, lead.kdm_met, lead.pain_acknowledged, lead.vision_agreed) == (5, True, True, True)
    assert lead.facts["interest_kdm"]["kdms"] == [kdm]
    desk.answer(lead_id, "identify_pains", by=owner, pains=[])
    assert desk.lead(lead_id).nurturing_step == 5, "revisiting a step loses nothing"


def test_a_customer_is_made_when_the_lead_manager_found_it_real_and_recognised_by_any_legal_form(desk: Desk) -> None:
    lead_id = desk.open()
    assert desk.lead(lead_id).customer_id is None
    desk.answer(lead_id, "verify_lead", verdict="valid", customer_real=True, need_real=True)
    customer_id = desk.lead(lead_id).customer_id
    assert customer_id is not None
    again = desk.lead(desk.open(customer="华东精密制造 股份有限公司"))
    assert (again.customer_id, again.customer_name) == (customer_id, "华东精密制造有限公司")
    assert desk.lead(desk.open(customer="华南精密制造有限公司")).customer_id is None
    with reading(desk.factory) as session:
        assert [each.id for each in customers.search(session, "精密")] == [customer_id]


# --- collecting and verifying ----------------------------------------------------------------------------------------


def test_the_check_puts_the_case_at_the_leads_unit_and_says_what_is_missing(desk: Desk) -> None:
    result, context = desk.run(desk.open(), "lead.check")
    assert result == {
        "complete": True, "missing": "", "org_level": "account", "maturity": "warm", "secrecy": False, "has_team": True,
    }  # fmt: skip
    assert context.unit_id == desk.company.steel.id
    assert context.label == "华东精密制造有限公司 · Stock planning for the new plant"
    bare = desk.open(title="", unit_id=None, product_areas=[], industry=None)
    result, context = desk.run(bare, "lead.check")
    assert (result["complete"], result["missing"], result["has_team"]) == (False, "title, product_areas", False)
    assert context.unit_id == desk.company.shanghai.id, "the submitter's home unit"


def test_a_case_without_a_lead_is_a_fault_and_not_somebody_elses_lead(desk: Desk) -> None:
    for nothing in (None, 999_999):
        with pytest.raises(Fault):
            desk.run(nothing, "lead.check")


def test_numbers_count_up_within_the_month_of_shanghai(desk: Desk, clock: FixedClock) -> None:
    first, second = desk.open(), desk.open()
    result, context = desk.run(first, "lead.number")
    assert result == {"number": "LD-202611-0001"}
    assert context.business_key == "LD-202611-0001"
    assert desk.run(first, "lead.number")[0] == {"number": "LD-202611-0001"}, "a lead keeps its number"
    assert desk.run(second, "lead.number")[0] == {"number": "LD-202611-0002"}
    clock.set(datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
    assert desk.run(desk.open(), "lead.number")[0] == {"number": "LD-202612-0001"}


class GivenUpError(Exception):
    pass


@pytest.mark.usefixtures("company")
def test_numbers_have_no_gaps_though_many_ask_at_once_and_some_give_up(
    factory: sessionmaker[Session], clock: FixedClock
) -> None:
    def ask(turn: int) -> str | None:
        with suppress(GivenUpError), transaction(factory) as session:
            given = next_number(session, "LD", now=clock.now())
            return given if turn % 3 else give_up()
        return None

    def give_up() -> str:
        raise GivenUpError

    with ThreadPoolExecutor(8) as pool:
        given = sorted(number for number in pool.map(ask, range(30)) if number)
    assert given == [f"LD-202611-{each:04d}" for each in range(1, 21)]


@pytest.mark.parametrize(
    ("title", "problem", "suspected"),
    [
        ("Stock planning for the new plant", "They run out of parts", True),
        ("New plant: planning of stock", "They stop the line twice a week because parts are missing", True),
        ("Video surveillance of the car park", "Bicycles are stolen", False),
    ],
)
def test_the_same_need_of_the_same_customer_is_suspected_to_be_a_duplicate(
    desk: Desk, title: str, problem: str, suspected: bool
) -> None:
    first = desk.open()
    result, _ = desk.run(desk.open(title=title, problem=problem), "lead.find_duplicates")
    assert result["duplicate_suspected"] is suspected
    assert result["duplicate_of"] == (first if suspected else None)


def test_other_customers_old_leads_and_leads_that_came_to_nothing_are_no_duplicates(
    desk: Desk, clock: FixedClock
) -> None:
    desk.open(customer="华南精密制造有限公司")
    desk.open(status="DISCARDED")
    old = desk.open()
    clock.advance(timedelta(days=179))
    lead_id = desk.open()
    assert desk.run(lead_id, "lead.find_duplicates")[0]["duplicate_of"] == old
    clock.advance(timedelta(days=2))
    assert desk.run(desk.open(), "lead.find_duplicates")[0]["duplicate_of"] == lead_id
    assert desk.run(desk.open(), "lead.find_duplicates", days=1)[0]["duplicate_suspected"] is True
    assert desk.run(lead_id, "lead.find_duplicates", days=1)[0]["duplicate_suspected"] is False


def test_chinese_needs_are_compared_by_their_characters() -> None:
    same = similarity("新工厂库存计划系统", "缺料停线", "新厂区库存计划系统", "经常缺料，产线停线")
    other = similarity("新工厂库存计划系统", "缺料停线", "园区视频监控改造", "自行车被盗")
    assert same >= queries.ALIKE_PERCENT / 100
    assert other <= 0.05
    assert similarity("", None, "", None) == 0.0


def test_the_score_grows_with_what_is_known_and_reaches_a_hundred(desk: Desk) -> None:
    lead_id = desk.open()
    draft = desk.run(lead_id, "lead.score")[0]
    assert draft == {"score": 16, "maturity": "warm"}  # 15 x 0.6 + 10 x 0.7
    desk.answer(
        lead_id, "verify_lead", strategic_fit="high", need_real=True, maturity="hot", win_chance=5, budget_known="yes",
        decision_maker_known="yes", estimated_amount=600 * WAN,
    )  # fmt: skip
    assert desk.run(lead_id, "lead.score")[0] == {"score": 100, "maturity": "hot"}
    desk.answer(lead_id, "verify_lead", strategic_fit="medium", win_chance=3)
    assert desk.run(lead_id, "lead.score")[0]["score"] == 82  # minus 10, minus 7.5
    only_fit = {"need": 0, "maturity": 0, "win": 0, "budget": 0, "kdm": 0, "amount": 0}
    assert desk.run(lead_id, "lead.score", **only_fit)[0]["score"] == 50
    assert desk.run(lead_id, "lead.score", fit=0, **only_fit)[0]["score"] == 0
    assert desk.lead(lead_id).score == 0


def test_parameters_of_the_wrong_type_are_a_fault_that_names_them(desk: Desk) -> None:
    with pytest.raises(Fault) as fault:
        desk.run(desk.open(), "lead.score", fit="a lot")
    assert list(fault.value.data["parameters"]) == ["fit"]  # type: ignore[call-overload]


def test_the_grade_reaches_the_lead_and_a_lead_managers_override_wins(desk: Desk) -> None:
    lead_id = desk.open()
    assert desk.run(lead_id, "lead.grade", grade="B", priority=2, beat_days=14)[0] == {"grade": "B"}
    overridden = desk.run(lead_id, "lead.grade", grade="B", priority=2, beat_days=14, grade_override="A")[0]
    lead = desk.lead(lead_id)
    assert (overridden["grade"], lead.grade, lead.priority, lead.beat_days) == ("A", "A", 2, 14)


# --- distributing ----------------------------------------------------------------------------------------------------


def test_the_member_of_the_team_with_fewest_leads_is_proposed(desk: Desk) -> None:
    lead_id = desk.open()
    assert desk.run(lead_id, "lead.propose_owner")[0] == {
        "proposed_owner_id": desk.company.su_ran.id,
        "proposed_co_owner_id": desk.company.an_rui.id,
        "has_team": True,
    }
    desk.nurtured()
    assert desk.run(lead_id, "lead.propose_owner")[0]["proposed_owner_id"] == desk.company.su_lin.id


def test_nobody_is_proposed_for_a_confidential_lead_or_one_without_a_team(desk: Desk) -> None:
    lead_id = desk.open()
    for routing in ("named_owner", "lead_manager"):
        assert desk.run(lead_id, "lead.propose_owner", routing=routing)[0]["proposed_owner_id"] is None
    elsewhere = desk.open(unit_id=desk.company.west.id)
    assert desk.run(elsewhere, "lead.propose_owner")[0] == {
        "proposed_owner_id": None, "proposed_co_owner_id": None, "has_team": False,
    }  # fmt: skip


def test_an_owner_and_an_ar_join_the_case_and_the_first_contact_gets_a_deadline(desk: Desk, clock: FixedClock) -> None:
    lead_id = desk.open(maturity="hot")
    desk.answer(lead_id, "distribute_lead", owner_id=desk.company.su_ran.id, co_owner_id=desk.company.an_rui.id)
    result, context = desk.run(lead_id, "lead.assign", first_contact_within="PT4H")
    assert context.team == {"lead_owner": desk.company.su_ran.id, "ar": desk.company.an_rui.id}
    assert [(each.user_id, each.kind) for each in context.notices] == [(desk.company.su_ran.id, "lead.assigned")]
    # 09:00 on Monday and four working hours: lunch is from 12 to 13
    assert datetime.fromisoformat(result["first_contact_by"]) == clock.now() + timedelta(hours=5)
    assert desk.lead(lead_id).first_contact_by == clock.now() + timedelta(hours=5)


def test_a_lead_is_not_distributed_to_nobody_or_to_somebody_who_left(desk: Desk, clock: FixedClock) -> None:
    lead_id = desk.open()
    with pytest.raises(BusinessError) as error:
        desk.run(lead_id, "lead.assign")
    assert error.value.code == "no_owner"
    with transaction(desk.factory) as session:
        from handlers.organisation import operations as organisation

        gone = organisation.create_user(session, "gone", name_en="Gone", name_zh="离职", now=clock.now())
        organisation.deactivate(session, gone, now=clock.now())
    with pytest.raises(NotFound):
        desk.run(lead_id, "lead.assign", owner_id=gone.id)


def test_who_refused_leaves_the_case_and_is_not_proposed_again(desk: Desk) -> None:
    lead_id = desk.nurtured()
    team = {"lead_owner": desk.company.su_ran.id, "ar": desk.company.an_rui.id}
    desk.answer(
        lead_id, "accept_lead", by=desk.by(desk.company.su_ran), acceptance="refuse", refusal_reason="On leave"
    )  # fmt: skip
    result, context = desk.run(lead_id, "lead.count_refusal", team=team, refusals=1)
    assert result == {"refusals": 2}
    assert context.team == {}
    assert desk.lead(lead_id).owner_id is None
    assert desk.run(lead_id, "lead.propose_owner")[0]["proposed_owner_id"] == desk.company.su_lin.id


def test_a_merged_lead_leaves_its_trace_in_the_one_that_goes_on(desk: Desk) -> None:
    into, lead_id = desk.nurtured(), desk.open()
    desk.answer(lead_id, "verify_lead", verdict="merge", verdict_reason="Same need", merge_into=into)
    result, context = desk.run(lead_id, "lead.merge")
    assert result == {"merged_into": into}
    assert [each.kind for each in context.notices] == ["lead.merged"]
    lead = desk.lead(lead_id)
    assert (lead.status, lead.merged_into_id) == ("MERGED", into)
    with reading(desk.factory) as session:
        page = queries.page_of(session, into, SYSTEM)
    assert [each.id for each in page.merged] == [lead_id]
    assert [each.kind for each in page.activities] == ["merged"]


@pytest.mark.parametrize("what", ["itself", "a finished lead", "nothing"])
def test_a_lead_is_not_merged_into(desk: Desk, what: str) -> None:
    lead_id = desk.open()
    into = {"itself": lead_id, "a finished lead": desk.open(status="CLOSED"), "nothing": None}[what]
    with pytest.raises(BusinessError) as error:
        desk.run(lead_id, "lead.merge", into=into)
    assert error.value.code == "cannot_merge"
    assert desk.lead(lead_id).status == "SUBMITTED"


def test_the_submitter_hears_what_becomes_of_the_lead_in_words_both_languages_have(desk: Desk) -> None:
    lead_id = desk.open()
    desk.run(lead_id, "lead.number")
    kinds = [desk.run(lead_id, "lead.acknowledge")[1].notices[0].kind]
    for event in ("verified", "invalid", "returned", "merged", "distributed", "accepted", "refused", "closed"):
        (notice,) = desk.run(lead_id, "lead.announce", event=event)[1].notices
        assert (notice.user_id, notice.params["number"]) == (desk.company.eve.id, "LD-202611-0001")
        kinds.append(notice.kind)
    for kind in kinds:
        assert NOTICES[kind].en.format(number="N", lead="L", reason="R")
        assert NOTICES[kind].zh.format(number="N", lead="L", reason="R")
    with pytest.raises(Fault):
        desk.run(lead_id, "lead.announce", event="eaten")


# --- nurturing, closing, converting ----------------------------------------------------------------------------------


def test_silence_is_reported_once_per_level_until_something_happens(desk: Desk, clock: FixedClock) -> None:
    lead_id = desk.nurtured()
    told = []
    levels = {}
    for day in range(1, 62):
        clock.advance(timedelta(days=1))
        result, context = desk.run(lead_id, "lead.stale_check")
        levels[day] = result["level"]
        assert result["idle_days"] == day
        told += [(day, each.user_id, each.kind) for each in context.notices]
    assert [levels[day] for day in (29, 30, 44, 45, 59, 60)] == [
        "none",
        "warn",
        "warn",
        "manager",
        "manager",
        "reclaim",
    ]
    owner, manager = desk.company.su_ran.id, desk.company.lin.id
    assert told == [
        (30, owner, "lead.stale"),
        (45, owner, "lead.stale"), (45, manager, "lead.stale_manager"),
        (60, owner, "lead.stale"), (60, manager, "lead.stale_manager"),
    ]  # fmt: skip
    with transaction(desk.factory) as session:
        lead = queries.get(session, lead_id)
        activity = {"kind": "call", "happened_on": "2027-01-20", "summary": "Talked about the plant", "mood": "good"}
        operations.add_activity(session, lead, activity, by=desk.by(desk.company.su_ran), now=clock.now())
    assert desk.run(lead_id, "lead.stale_check")[0] == {"idle_days": 0, "level": "none"}
    assert desk.lead(lead_id).first_contacted_at == clock.now()
    with reading(desk.factory) as session:
        (logged,) = queries.page_of(session, lead_id, SYSTEM).activities
    assert (logged.kind, logged.summary, logged.facts) == ("call", "Talked about the plant", {"mood": "good"})


def test_only_those_who_answer_for_a_lead_and_lead_managers_log_activities(desk: Desk) -> None:
    lead_id = desk.nurtured()
    activity = {"kind": "call", "happened_on": "2026-11-20", "summary": "x"}
    company = desk.company
    for who in (desk.by(company.an_rui), desk.by(company.lin, group_key("lead_manager", company.east.id))):
        with transaction(desk.factory) as session:
            operations.add_activity(session, queries.get(session, lead_id), activity, by=who, now=desk.clock.now())
    for who in (desk.by(company.eve), desk.by(company.fu_rong, group_key("fr", company.shanghai.id))):
        with pytest.raises(NotAllowed), transaction(desk.factory) as session:
            operations.add_activity(session, queries.get(session, lead_id), activity, by=who, now=desk.clock.now())


def test_the_facts_for_handling_say_what_is_known(desk: Desk, clock: FixedClock) -> None:
    lead_id = desk.nurtured()
    clock.advance(timedelta(days=3))
    assert desk.run(lead_id, "lead.exit_facts")[0] == {
        "pain_acknowledged": False, "kdm_met": False, "amount_and_date_known": True, "idle_days": 3,
        "nurturing_step": 0,
    }  # fmt: skip
    owner = desk.by(desk.company.su_ran)
    desk.answer(lead_id, "acknowledge_pain", by=owner, pain_acknowledged=True)
    facts = desk.run(lead_id, "lead.exit_facts")[0]
    assert (facts["pain_acknowledged"], facts["idle_days"], facts["nurturing_step"]) == (True, 0, 3)
    vague = desk.open(expected_amount=None, expected_decision_on=None)
    assert desk.run(vague, "lead.exit_facts")[0]["amount_and_date_known"] is False


def test_a_reclaimed_lead_goes_back_to_the_pool_without_its_owner(desk: Desk) -> None:
    lead_id = desk.nurtured()
    team = {"lead_owner": desk.company.su_ran.id, "ar": desk.company.an_rui.id}
    result, context = desk.run(lead_id, "lead.reclaim", team=team)
    assert result == {"former_owner_id": desk.company.su_ran.id}
    assert context.team == {}
    lead = desk.lead(lead_id)
    assert (lead.status, lead.owner_id, lead.co_owner_id) == ("RECLAIMED", None, None)
    assert desk.run(lead_id, "lead.propose_owner")[0]["proposed_owner_id"] == desk.company.su_lin.id


def test_a_lead_is_closed_with_a_reason_and_may_be_reawakened(desk: Desk, clock: FixedClock) -> None:
    lead_id = desk.nurtured()
    with pytest.raises(BusinessError) as error:
        desk.run(lead_id, "lead.close")
    assert error.value.code == "no_reason"
    desk.answer(lead_id, "propose_handling", handling="close", close_reason="no_budget", reawaken_on="2027-05-01")
    desk.run(lead_id, "lead.close")
    lead = desk.lead(lead_id)
    assert (lead.status, lead.close_reason, lead.reawaken_on) == ("CLOSED", "no_budget", date(2027, 5, 1))
    assert lead.ended_at == clock.now()
    clock.advance(timedelta(days=160))
    _, context = desk.run(lead_id, "lead.reawaken")
    lead = desk.lead(lead_id)
    assert (lead.status, lead.close_reason, lead.reawaken_on, lead.ended_at) == ("NURTURING", None, None, None)
    assert [(each.user_id, each.kind) for each in context.notices] == [(desk.company.su_ran.id, "lead.reawakened")]
    assert desk.run(lead_id, "lead.stale_check")[0]["idle_days"] == 0


def test_converting_makes_one_opportunity_that_carries_on_what_was_learned(desk: Desk) -> None:
    lead_id = desk.nurtured()
    owner = desk.by(desk.company.su_ran)
    pains = [{"post": "CFO", "pain": "cash", "reason": "stock"}]
    desk.answer(lead_id, "identify_pains", by=owner, pains=pains)
    desk.answer(lead_id, "competitive_strategy", by=owner, rivals=[{"name": "B"}], strategy="direct")
    desk.run(lead_id, "lead.number")
    result, context = desk.run(lead_id, "lead.create_opportunity")
    (message,) = context.messages
    assert (message.name, message.business_key) == ("opportunity.created", "OP-202611-0001")
    assert message.data == {
        "record_id": result["opportunity_id"], "unit_id": desk.lead(lead_id).unit_id,
        "opportunity_id": result["opportunity_id"], "opportunity_number": "OP-202611-0001", "lead_id": lead_id,
        "lead_number": "LD-202611-0001", "source": "lead",
    }  # fmt: skip
    assert desk.run(lead_id, "lead.create_opportunity")[0] == result, "a second call makes no second one"
    with reading(desk.factory) as session:
        (made,) = session.scalars(sa.select(Opportunity))
    assert (made.status, made.source, made.lead_id, made.expected_amount) == ("NEW", "lead", lead_id, 120 * WAN)
    assert (made.sr_id, made.ar_id) == (desk.company.su_ran.id, desk.company.an_rui.id)
    assert made.facts["identify_pains"] == {"pains": pains}
    assert made.facts["competitive_strategy"] == {"rivals": [{"name": "B"}], "strategy": "direct"}
    lead = desk.lead(lead_id)
    assert (lead.status, lead.opportunity_id) == ("CONVERTED", made.id)


def test_the_submitter_is_credited_once(desk: Desk) -> None:
    lead_id = desk.open()
    first = desk.run(lead_id, "lead.credit_submitter", event="converted")[1]
    again = desk.run(lead_id, "lead.credit_submitter", event="converted")[1]
    assert ([each.kind for each in first.notices], again.notices) == (["lead.converted"], [])
    with reading(desk.factory) as session:
        (credit,) = session.scalars(sa.select(LeadCredit))
    assert (credit.user_id, credit.event) == (desk.company.eve.id, "converted")


def test_the_agenda_holds_what_is_to_be_sorted_and_what_is_stale_but_no_hot_leads(
    desk: Desk, clock: FixedClock
) -> None:
    stale = desk.nurtured()
    clock.advance(timedelta(days=31))
    weak, strong = desk.open(), desk.open(expected_amount=900 * WAN)
    desk.run(weak, "lead.score")
    desk.run(strong, "lead.score")
    desk.open(maturity="hot")
    desk.open(status="CLOSED")
    desk.open(unit_id=desk.company.west.id)
    result, context = desk.run(None, "lead.meeting_agenda", unit_id=desk.company.east.id)
    with reading(desk.factory) as session:
        meeting = session.get(LeadMeeting, result["meeting_id"])
    assert meeting is not None
    assert meeting.agenda == [strong, weak, stale]
    assert result["lead_count"] == 3
    assert [(each.user_id, each.kind) for each in context.notices] == [(desk.company.lin.id, "lead.meeting")]
    assert NOTICES["lead.meeting"]


def test_every_step_of_the_catalogue_is_named_in_both_languages() -> None:
    steps = [each for each in catalogue().values() if each.id.startswith("lead.")]
    assert len(steps) >= 19
    for step in steps:
        assert all((step.label.en, step.label.zh, step.help.en, step.help.zh)), step.id
        for model in (step.given, step.result):
            for name, field in (
                model.model_json_schema()["properties"] if model and model.model_fields else {}
            ).items():
                assert field["title"], (step.id, name)
                assert field["x-title-zh"], (step.id, name)


# --- lists -----------------------------------------------------------------------------------------------------------


def seen(desk: Desk, by: Actor, wanted: queries.Wanted | None = None, **how: Any) -> list[int]:
    with reading(desk.factory) as session:
        return [lead.id for lead in queries.listing(session, by, wanted, **how).leads]


def test_people_see_their_own_leads_and_those_of_the_units_where_a_role_lets_them(desk: Desk) -> None:
    company = desk.company
    mine = desk.open()
    secret = desk.open(secrecy=True, by=desk.by(company.fu_rong))
    draft = desk.open(status="DRAFT", by=desk.by(company.fu_rong))
    western = desk.open(unit_id=company.west.id, by=desk.by(company.fu_rong))
    owned = desk.nurtured()
    lin = desk.by(company.lin, group_key("lead_manager", company.east.id))
    an_rui = desk.by(company.an_rui, group_key("ar", company.shanghai.id))
    assert set(seen(desk, desk.by(company.eve))) == {mine, owned}
    assert set(seen(desk, desk.by(company.fu_rong))) == {secret, draft, western}
    assert set(seen(desk, lin)) == {mine, secret, owned}
    assert set(seen(desk, an_rui)) == {mine, owned}
    assert set(seen(desk, desk.by(company.su_ran))) == {owned}
    assert set(seen(desk, desk.by(company.max, group_key("pmo", company.company.id)))) == {mine, western, owned}
    with reading(desk.factory) as session:
        for hidden in (secret, draft, western, 999_999):
            with pytest.raises(NotFound):
                queries.page_of(session, hidden, an_rui)
        assert queries.counts(session, lin) == {"SUBMITTED": 2, "NURTURING": 1}


def test_a_list_is_searched_narrowed_sorted_and_paged(desk: Desk, clock: FixedClock) -> None:
    company = desk.company
    boss = desk.by(company.max, group_key("sales_mgmt", company.company.id))
    ids = []
    for index in range(7):
        clock.advance(timedelta(minutes=1))
        customer = "ACME Ltd" if index % 2 else "宝山钢铁"
        ids.append(desk.open(title=f"Need {index}", customer=customer, estimated_amount=(7 - index) * WAN))
    desk.run(ids[3], "lead.number")
    assert seen(desk, boss) == ids[::-1]
    assert seen(desk, boss, descending=False) == ids
    assert seen(desk, boss, sort="amount") == ids
    assert seen(desk, boss, sort="no such column") == ids[::-1]
    assert seen(desk, boss, queries.Wanted(search="acme")) == [ids[5], ids[3], ids[1]]
    assert seen(desk, boss, queries.Wanted(search="宝山 need 4")) == [ids[4]]
    assert seen(desk, boss, queries.Wanted(search="ld-202611-0001")) == [ids[3]]
    assert seen(desk, boss, queries.Wanted(search="%")) == []
    assert seen(desk, boss, queries.Wanted(statuses=["CLOSED"])) == []
    assert seen(desk, boss, queries.Wanted(unit_id=company.west.id)) == []
    assert len(seen(desk, boss, queries.Wanted(unit_id=company.east.id, maturity="warm"))) == 7
    assert seen(desk, boss, queries.Wanted(only_mine=True)) == []
    with reading(desk.factory) as session:
        pages = [queries.listing(session, boss, page=number, size=3) for number in (1, 2, 3)]
    assert [[lead.id for lead in page.leads] for page in pages] == [ids[:3:-1], ids[3:0:-1], ids[:1]]
    assert [page.has_more for page in pages] == [True, True, False]


def test_a_list_costs_one_statement_however_many_leads_there_are(desk: Desk, database: Engine) -> None:
    lin = desk.by(desk.company.lin, group_key("lead_manager", desk.company.east.id))
    for count in (1, 5):
        for _ in range(count):
            desk.open()
        with reading(desk.factory) as session, count_statements(database) as counted:
            assert queries.listing(session, lin, queries.Wanted(search="stock", statuses=["SUBMITTED"])).leads
        assert counted.statements == 1


def test_load_and_stale_leads_are_counted_per_owner(desk: Desk, clock: FixedClock) -> None:
    first = desk.nurtured()
    clock.advance(timedelta(days=20))
    second = desk.nurtured()
    desk.status(desk.nurtured(), "CLOSED")
    company = desk.company
    with reading(desk.factory) as session:
        assert queries.load_of(session, [company.su_ran.id, company.su_lin.id]) == {
            company.su_ran.id: 2, company.su_lin.id: 0,
        }  # fmt: skip
    clock.advance(timedelta(days=15))
    with reading(desk.factory) as session:
        assert [lead.id for lead in queries.stale(session, now=clock.now())] == [first]
        assert [lead.id for lead in queries.stale(session, now=clock.now(), idle_days=10)] == [first, second]
        assert queries.stale(session, now=clock.now(), unit_id=company.west.id) == []


# --- import ----------------------------------------------------------------------------------------------------------


def importing(desk: Desk, content: bytes) -> list[RowReport]:
    keeper = keeper_of("lead")
    assert keeper is not None

    def start(session: Session, row: dict[str, Any]) -> str:
        who = desk.by(desk.company.eve)
        lead_id, _ = keeper.open(session, row, unit_id=None, by=who, now=desk.clock.now())
        lead = queries.get(session, lead_id)
        given = operations.number(session, lead, now=desk.clock.now())
        if row["title"] == "Refused by the case":
            raise NotAllowed(why="no such right")
        return given

    with transaction(desk.factory) as session:
        return import_leads(session, content, json.loads(FORM.read_text(encoding="utf-8")), start=start)


def test_every_row_becomes_a_lead_or_says_why_not(desk: Desk) -> None:
    content = (
        b"title,customer,unit_id,channel,problem,product_areas,maturity,expected_amount,expected_decision_on,secrecy\n"
        b'Planning,ACME,SH,Customer visit,"Parts, always missing",software;cloud,Warm: being discussed,"1,200.5",'
        b"2027/3/1,no\n"
        b"No customer,,SH,partner,x,cloud,hot,,,\n"
        b"\n"
        b"Odd channel,ACME,SH,pigeon,x,cloud,hot,,,\n"
        b"Refused by the case,ACME,SH,partner,x,cloud,hot,,,\n"
        b"Odd amount,ACME,SH,partner,x,cloud,hot,many,,\n"
        b"Odd date,ACME,SH,partner,x,cloud,hot,,2027-02-30,\n"
        b"Second,ACME,STEEL,referral,x,cloud,cold,,,yes\n"
    )
    reports = importing(desk, content)
    assert [(each.line, each.number) for each in reports] == [
        (2, "LD-202611-0001"), (3, None), (5, None), (6, None), (7, None), (8, None), (9, "LD-202611-0002"),
    ]  # fmt: skip
    reasons = {each.line: each.reason for each in reports if each.reason is not None}
    assert reasons[3].en == "missing: Customer"
    assert reasons[3].zh == "缺少：客户名称"
    assert (reasons[5].en, reasons[5].zh) == ("Channel: 'pigeon' is not known", "线索来源：无法识别“pigeon”")
    assert "This person may not do this" in reasons[6].en
    assert reasons[7].en.startswith("Expected amount:")
    assert reasons[8].en == "Expected decision date: '2027-02-30' is not a date"
    with reading(desk.factory) as session:
        leads = list(session.scalars(sa.select(Lead).order_by(Lead.id)))
    assert [lead.title for lead in leads] == ["Planning", "Second"], "a refused row leaves nothing behind"
    assert (leads[0].expected_amount, leads[0].product_areas) == (1_200_500_000, ["software", "cloud"])
    assert (leads[0].unit_id, leads[0].maturity, leads[0].expected_decision_on) == (
        desk.company.shanghai.id, "warm", date(2027, 3, 1),
    )  # fmt: skip
    assert (leads[0].secrecy, leads[1].secrecy) == (False, True)


@pytest.mark.parametrize("encode", [lambda text: text.encode("utf-8-sig"), lambda text: text.encode("gb18030")])
def test_a_chinese_file_from_a_spreadsheet_is_understood(desk: Desk, encode: Callable[[str], bytes]) -> None:
    content = (
        "线索名称*;客户名称;区域/代表处;线索来源;客户的问题或痛点;产品/解决方案领域;成熟度;预计金额\r\n"
        "库存计划;宝山钢铁;上海代表处;客户拜访;缺料停线;软件平台、安全;温：客户在讨论;350万\r\n"
    )
    (report,) = importing(desk, encode(content))
    assert report.accepted, report.reason
    with reading(desk.factory) as session:
        (lead,) = session.scalars(sa.select(Lead))
    assert (lead.customer_name, lead.product_areas, lead.expected_amount) == (
        "宝山钢铁",
        ["software", "security"],
        350 * WAN,
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"colour,shape\nred,round\n", b"title,title\na,b\n", b"\xff\xfe\x00\x81", b'title\n"never closed\n'],
)
def test_what_is_no_such_table_is_refused_as_a_whole(desk: Desk, content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        importing(desk, content)
    with reading(desk.factory) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Lead)) == 0
