"""Leads as they come in: the record, numbers, duplicates, the score; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import reading, transaction
from engine.errors import Fault, InvalidAnswers
from engine.text import Text
from handlers.customer import queries as customers
from handlers.lead import operations, queries
from handlers.lead.similarity import similarity
from handlers.lead.statuses import STATUSES
from handlers.numbering import next_number
from tests.engine.leads.desk import WAN, Desk

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


def test_decision_makers_met_stand_in_the_map_of_the_customer_but_those_of_a_confidential_lead_do_not(
    desk: Desk,
) -> None:
    for name, secrecy in (("Li", False), ("Wu", True)):
        lead_id = desk.open(secrecy=secrecy)
        desk.answer(lead_id, "verify_lead", verdict="valid", customer_real=True, need_real=True)
        kdm = {"name": name, "post": "CFO", "role": "economic", "attitude": 1, "interest_topic": "stock"}
        desk.answer(lead_id, "interest_kdm", kdms=[kdm], met_on="2026-11-20", follow_up="plant tour")
    customer_id = desk.lead(lead_id).customer_id
    assert customer_id is not None
    with reading(desk.factory) as session:
        [known] = customers.decision_makers(session, customer_id)
    assert (known.name, known.post, known.part, known.attitude, known.note) == ("Li", "CFO", "economic", 1, "stock")
    assert known.met_on == date(2026, 11, 20)


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
    assert (result["complete"], result["missing"], result["has_team"]) == (
        False,
        Text("title, product areas", "线索名称、产品/解决方案领域").both(),
        False,
    )
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
