"""Opportunities, decisions, actions and quality flags: what their operations keep, and who sees what."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.business_records import keeper_of
from engine.clock import FixedClock
from engine.database import count_statements, reading, transaction
from engine.directory import SYSTEM, Actor
from engine.errors import InvalidAnswers, InvalidInput, NotAllowed, NotFound, RuleRefused
from engine.instances.services import call
from engine.service_tasks import Context
from engine.text import Text
from handlers.customer import queries as customers
from handlers.deciding import operations as deciding
from handlers.deciding import queries as decided
from handlers.deciding.operations import About, ActionAlreadyDone, Verdict
from handlers.lead.records import Lead
from handlers.opportunity import keeper, operations, queries
from handlers.opportunity.queries import Wanted
from handlers.opportunity.records import Opportunity
from handlers.organisation.operations import set_opportunity_flow
from handlers.organisation.records import OrgUnit
from handlers.quality import operations as quality
from handlers.quality import queries as flags
from tests.company import Company, acting, found

WAN = 1_000_000


@pytest.fixture
def company(factory: sessionmaker[Session], clock: FixedClock) -> Company:
    with transaction(factory) as session:
        return found(session, clock.now())


def registered(session: Session, company: Company, clock: FixedClock, **answers: Any) -> Opportunity:
    by = acting(company.an_rui, f"ar@{company.shanghai.id}")
    given = {"name": "排程", "customer": "东麟汽车", "expected_amount": 100 * WAN, **answers}
    return operations.register(session, given, unit_id=company.steel.id, by=by, now=clock.now())


def test_what_is_registered_in_the_market_gets_a_number_a_customer_and_the_unit_s_flow(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    with transaction(factory) as session:
        first = registered(session, company, clock)
        set_opportunity_flow(session.get_one(OrgUnit, company.east.id), "four_step")
        session.flush()
        second = registered(session, company, clock, customer="东麟汽车有限公司", unit_id=company.shanghai.id)
        assert (first.number, second.number) == ("OP-202611-0001", "OP-202611-0002")
        assert (first.source, first.flow, second.flow) == ("market", "full", "four_step")
        assert (first.ar_id, first.unit_id, second.unit_id) == (
            company.an_rui.id, company.steel.id, company.shanghai.id,
        )  # fmt: skip
        assert first.customer_id == second.customer_id
        assert "排程" in first.search_text
        assert first.label == "东麟汽车 · 排程"


def test_answers_reach_columns_tables_stay_with_their_element_and_a_board_is_kept_per_decision_maker(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    kept = keeper_of("opportunity")
    assert kept is not None
    with transaction(factory) as session:
        made = registered(session, company, clock)

        def answer(element: str, emptied: AbstractSet[str] = frozenset(), **answers: Any) -> str | None:
            return kept.absorb(session, made.id, element, answers, emptied, by=SYSTEM, now=clock.now())

        label = answer(
            "understand_opportunity", name="插单", demand="当天重排", delivery_on="2026-12-01", kdms=[{"a": 1}]
        )
        assert label == "东麟汽车 · 插单"
        assert (made.demand, made.delivery_on, made.facts["understand_opportunity"]) == (
            "当天重排", date(2026, 12, 1), {"kdms": [{"a": 1}]},
        )  # fmt: skip
        answer("understand_opportunity", site_scope="三号车间")
        assert made.facts["understand_opportunity"] == {"kdms": [{"a": 1}], "site_scope": "三号车间"}
        answer("understand_opportunity", {"kdms", "site_scope"})
        assert made.facts["understand_opportunity"] == {}
        answer("walk_path_from_vision", kdm_name="周", cells=[{"cell": "C1"}], agrees=False)
        answer("walk_path_from_reasons", kdm_name="李", cells=[{"cell": "R1"}], agrees=True)
        answer("walk_path_from_vision", kdm_name="周", cells=[{"cell": "C3"}], agrees=True)
        boards = made.facts["guidance_path"]["kdms"]
        assert [(each["kdm_name"], each["agrees"], each["path"]) for each in boards] == [
            ("李", True, "walk_path_from_reasons"), ("周", True, "walk_path_from_vision"),
        ]  # fmt: skip
        # what the forms tell of decision-makers stands in the customer's map too, each person once
        answer(
            "understand_opportunity",
            kdms=[{"kdm_name": "周", "post": "生产副总", "kdm_role": "economic", "attitude": "cool"}],
        )
        answer("walk_path_from_vision", kdm_name="周", cells=[{"cell": "C3", "on": "2026-11-20"}], agrees=True)
        assert made.customer_id is not None
        mapped = {each.name: each for each in customers.decision_makers(session, made.customer_id)}
        assert mapped.keys() == {"李", "周"}
        zhou = mapped["周"]
        assert (zhou.post, zhou.part, zhou.attitude, zhou.met_on) == ("生产副总", "economic", -1, date(2026, 11, 20))
        with pytest.raises(InvalidAnswers) as refused:
            answer("understand_opportunity", expected_amount="viel")
        assert list(refused.value.errors) == ["expected_amount"]
        with pytest.raises(operations.UnknownStatus):
            kept.set_status(session, made.id, "DREAMT", by=SYSTEM, now=clock.now())


def test_whom_nobody_names_any_more_leaves_the_team(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    kept = keeper_of("opportunity")
    assert kept is not None
    an_rui, su_ran, team = company.an_rui.id, company.su_ran.id, dict[str, int]()
    with transaction(factory) as session:
        made = registered(session, company, clock)
        for named, emptied in (({"pd_id": su_ran}, set[str]()), ({}, {"pd_id"})):
            triangle = {"ar_id": an_rui, "sr_id": su_ran, "fr_id": an_rui, **named}
            kept.absorb(session, made.id, "form_team", triangle, emptied, by=SYSTEM, now=clock.now())
            context = Context(
                session=session, now=clock.now(), by=SYSTEM, instance_id=1, element="join_team", idempotency_key="k",
                data={}, record_type="opportunity", record_id=made.id, team=team,
            )  # fmt: skip
            call("opportunity.form_team", context, {})
            team = dict(context.team)
            assert team == {"ar": an_rui, "sr": su_ran, "fr": an_rui} | ({"pd": su_ran} if named else {})
            assert made.pd_id == (su_ran if named else None)


def test_the_first_time_of_each_milestone_is_kept_and_the_first_end_counts(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    with transaction(factory) as session:
        made = registered(session, company, clock)
        began = clock.now()
        operations.set_status(session, made, "APPROVED", now=began)
        operations.end(session, made, "lost", report_due_on=date(2026, 12, 8), on=date(2026, 11, 24))
        clock.advance(timedelta(days=3))
        operations.set_status(session, made, "APPROVED", now=clock.now())
        operations.end(session, made, "lost", report_due_on=date(2026, 12, 30), on=date(2026, 12, 1))
        assert (made.approved_at, made.result_on, made.report_due_on) == (
            began, date(2026, 11, 24), date(2026, 12, 8),
        )  # fmt: skip
        operations.set_status(session, made, "LOST", now=clock.now())
        assert made.ended_at == clock.now()
        with pytest.raises(InvalidInput):
            operations.end(session, made, "dreamt", report_due_on=date(2026, 12, 8), on=date(2026, 11, 24))
        with pytest.raises(InvalidInput):
            operations.set_body(session, made, "galaxy")


def test_the_team_and_the_roles_of_the_unit_and_above_see_an_opportunity_and_nobody_else(
    factory: sessionmaker[Session], company: Company, clock: FixedClock, database: Engine
) -> None:
    with transaction(factory) as session:
        made = registered(session, company, clock)
        made.sr_id = company.su_ran.id
        number = made.id
    seeing = [
        acting(company.an_rui, "everyone"),
        acting(company.su_ran, "everyone"),
        acting(company.max, f"sales_mgmt@{company.east.id}"),
        acting(company.fu_rong, f"fr@{company.shanghai.id}"),
        Actor(company.ouyang.id, roles=frozenset({"admin"})),
    ]
    blind = [
        acting(company.eve, "everyone"),
        acting(company.su_lin, f"sr@{company.west.id}"),
        acting(company.lin, f"lead_manager@{company.east.id}"),
    ]
    with reading(factory) as session, count_statements(database) as count:
        for actor in seeing:
            assert queries.visible(session, number, actor).id == number
            assert [each.id for each in queries.listing(session, actor, Wanted(search="东麟")).rows] == [number]
        assert count.statements == 2 * len(seeing)
        for actor in blind:
            with pytest.raises(NotFound):
                queries.visible(session, number, actor)
            assert not queries.listing(session, actor).rows


def test_converting_a_lead_carries_its_people_over_and_takes_the_flow_of_its_unit(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    with transaction(factory) as session:
        now = clock.now()
        lead = Lead(
            title="排程", customer_name="东麟汽车", status_since=now, last_activity_at=now, created_at=now,
            unit_id=company.steel.id, owner_id=company.su_ran.id, co_owner_id=company.an_rui.id, problem="插单",
            facts={"interest_kdm": {"kdms": [{"name": "周"}]}},
        )  # fmt: skip
        session.add(lead)
        session.flush()
        made = operations.create_from_lead(session, lead, by=SYSTEM, now=now)
        assert (made.ar_id, made.sr_id, made.source, made.flow) == (
            company.an_rui.id, company.su_ran.id, "lead", "full",
        )  # fmt: skip
        assert (made.demand, made.facts["interest_kdm"]) == ("插单", {"kdms": [{"name": "周"}]})
        assert operations.create_from_lead(session, lead, by=SYSTEM, now=now) is made


def test_who_proposes_does_not_decide_and_conditions_are_tracked_until_somebody_does_them(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    an_rui, dong = acting(company.an_rui, "everyone"), acting(company.dong, "everyone")
    condition = {"text": "拿到接口清单", "owner_id": company.su_ran.id, "due_on": "2026-11-27"}
    with transaction(factory) as session:
        about = About("opportunity", registered(session, company, clock).id, company.steel.id)
        with pytest.raises(RuleRefused) as refused:
            deciding.decide(
                session, "ATI", about, Verdict("approve"), proposed_by=an_rui.user_id, by=an_rui, now=clock.now()
            )
        assert refused.value.cure.zh
        with pytest.raises(InvalidInput):
            deciding.decide(session, "ATZ", about, Verdict("approve"), proposed_by=None, by=dong, now=clock.now())
        for verdict, conditions in (("return", []), ("approve_with_conditions", [condition])):
            deciding.decide(
                session, "ATI", about, Verdict(verdict, body="rep"), conditions=conditions,
                proposed_by=an_rui.user_id, by=dong, now=clock.now(),
            )  # fmt: skip
        latest = decided.latest(session, "ATI", "opportunity", about.record_id)
        assert latest is not None
        assert (latest.round, latest.verdict, latest.decided_by) == (2, "approve_with_conditions", company.dong.id)
        assert [each.round for each in decided.decisions(session, "opportunity", about.record_id)] == [1, 2]
        (action,) = decided.actions(session, "opportunity", about.record_id)
        with pytest.raises(NotAllowed):
            deciding.finish(session, action.id, note=None, by=an_rui, now=clock.now())
        deciding.finish(session, action.id, note=" 已拿到 ", by=acting(company.su_ran), now=clock.now())
        assert (action.note, action.done_by) == ("已拿到", company.su_ran.id)
        with pytest.raises(ActionAlreadyDone):
            deciding.finish(session, action.id, note=None, by=acting(company.su_ran), now=clock.now())


def test_a_quality_flag_is_raised_once_resolved_and_never_deleted(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    def raised(session: Session, subject: str = "") -> bool:
        return quality.raise_flag(
            session, "MILESTONE_OVERDUE", "opportunity", 7, unit_id=company.steel.id, subject=subject, by=SYSTEM,
            now=clock.now(),
        )[1]  # fmt: skip

    with transaction(factory) as session:
        assert [raised(session), raised(session), raised(session, "M2")] == [True, False, True]
        assert len(flags.open_flags(session, company.east.id)) == 2
        assert len(flags.open_flags_of(session, "opportunity", [7, 8])[7]) == 2
        resolved = quality.resolve(
            session, "MILESTONE_OVERDUE", "opportunity", 7, resolution="已交付", by=SYSTEM, now=clock.now()
        )
        assert resolved == 1
        assert raised(session), "a new cause is a new flag"
        said = [each.how_resolved for each in flags.flags(session, "opportunity", 7)]
        assert said == [None, None, Text("已交付", "已交付")], "what is no code stands for itself in both languages"
        assert len(flags.flags(session, "opportunity", 7)) == 3
        with pytest.raises(InvalidInput):
            quality.raise_flag(session, "MOOD", "opportunity", 7, unit_id=None, by=SYSTEM, now=clock.now())
    assert keeper.KIND == "opportunity"
    with reading(factory) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Opportunity)) == 0
