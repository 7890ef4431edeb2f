"""Leads and who answers for them: distributed, nurtured, closed, converted, the meeting; on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.clock import FixedClock
from engine.database import reading, transaction
from engine.directory import SYSTEM, group_key
from engine.errors import Fault, NotAllowed, NotFound, RuleRefused
from engine.service_tasks import BusinessError, catalogue
from handlers.lead import operations, queries
from handlers.lead.notices import NOTICES
from handlers.lead.records import LeadCredit, LeadMeeting
from handlers.opportunity.records import Opportunity
from tests.engine.leads.desk import WAN, Desk

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
    lead_id = desk.open(maturity="hot", secrecy=True)
    su_ran, an_rui, fu_rong = desk.company.su_ran.id, desk.company.an_rui.id, desk.company.fu_rong.id
    desk.answer(lead_id, "distribute_lead", owner_id=su_ran, co_owner_id=an_rui)
    hot = {"first_contact_within": "PT4H", "accept_within": "PT4H", "whole_triangle": True}
    with pytest.raises(RuleRefused) as refused:
        desk.run(lead_id, "lead.assign", **hot)
    assert refused.value.field == "fr_id"
    desk.answer(lead_id, "distribute_lead", owner_id=su_ran, co_owner_id=an_rui, fr_id=fu_rong)
    result, context = desk.run(lead_id, "lead.assign", **hot)
    assert context.team == {"lead_owner": su_ran, "ar": an_rui, "fr": fu_rong}
    assert {(each.user_id, each.kind) for each in context.notices} == {
        (su_ran, "lead.assigned"), (an_rui, "lead.helping"), (fu_rong, "lead.helping"),
    }  # fmt: skip
    with reading(desk.factory) as session:
        assert queries.visible(session, lead_id, desk.by(desk.company.fu_rong)).fr_id == fu_rong
    # back to the pool after twice the time allowed, in working time: 14:00 to 18:00 is the second half of the day
    assert datetime.fromisoformat(result["back_to_pool_at"]) == clock.now() + timedelta(hours=9)
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
    assert [each.params["reason_en"] for each in context.notices] == ["On leave"]
    assert result == {"refusals": 2}
    assert context.team == {}
    assert desk.lead(lead_id).owner_id is None
    assert desk.run(lead_id, "lead.propose_owner")[0]["proposed_owner_id"] == desk.company.su_lin.id


def test_a_merged_lead_leaves_its_trace_in_the_one_that_goes_on(desk: Desk) -> None:
    into, lead_id = desk.nurtured(), desk.open()
    desk.answer(lead_id, "verify_lead", verdict="merge", verdict_reason="Same need", merge_into=into)
    result, context = desk.run(lead_id, "lead.merge")
    assert result == {"merged_into": into}
    assert [(each.user_id, each.kind) for each in context.notices] == [(desk.company.su_ran.id, "lead.absorbed")]
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
    desk.answer(lead_id, "screen_lead", screening="not_a_lead", screening_reason="Only a rumour")
    assert desk.run(lead_id, "lead.announce", event="invalid")[1].notices[0].params["reason_en"] == "Only a rumour"
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
    assert [levels[day] for day in (13, 14, 29, 30, 44, 45, 59, 60)] == [
        "none",
        "beat",
        "beat",
        "warn",
        "warn",
        "manager",
        "manager",
        "reclaim",
    ]
    owner, manager = desk.company.su_ran.id, desk.company.lin.id
    assert told == [
        (14, owner, "lead.beat_warm"),
        (30, owner, "lead.stale"),
        (45, owner, "lead.stale"), (45, manager, "lead.stale_manager"),
        (60, owner, "lead.stale"), (60, manager, "lead.stale_manager"),
    ]  # fmt: skip
    with transaction(desk.factory) as session:
        lead = queries.get(session, lead_id)
        activity = {"kind": "call", "happened_on": "2027-01-20", "summary": "Talked about the plant", "mood": "good"}
        operations.add_activity(session, lead, activity, by=desk.by(desk.company.su_ran), now=clock.now())
    assert desk.run(lead_id, "lead.stale_check")[0] == {"idle_days": 0, "level": "none"}
    with reading(desk.factory) as session:
        lead = queries.get(session, lead_id)
        assert queries.next_activity_on(session, lead) == clock.now().date() + timedelta(days=14)
    # a grade sets the beat: this one's is a month, so its turn and the warning fall on one day
    desk.run(lead_id, "lead.grade", grade="C", priority=3, beat_days=30)
    clock.advance(timedelta(days=30))
    assert [each.kind for each in desk.run(lead_id, "lead.stale_check")[1].notices] == ["lead.beat_warm", "lead.stale"]
    with transaction(desk.factory) as session:
        activity = {"kind": "material", "happened_on": "2027-02-20", "summary": "Sent a study"}
        operations.add_activity(
            session, queries.get(session, lead_id), activity, by=desk.by(desk.company.su_ran), now=clock.now()
        )
    assert desk.lead(lead_id).first_contacted_at == clock.now() - timedelta(days=30)
    with reading(desk.factory) as session:
        logged = queries.page_of(session, lead_id, SYSTEM).activities[-1]
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
    (told,) = desk.run(lead_id, "lead.close")[1].notices
    assert (told.user_id, told.params["reason_zh"]) == (desk.company.eve.id, "没有预算")
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
        shortened = queries.agenda(session, desk.company.east.id, now=clock.now(), limit=1)
    assert meeting is not None
    assert meeting.agenda == [strong, weak, stale]
    assert [lead.id for lead in shortened] == [strong, stale]
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
