"""The pages about contracts: who sees which, one contract, receivables, payments from the bank."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import count_statements, reading, transaction
from engine.errors import MessageNotExpected
from engine.instances import operations as instances
from engine.instances.records import ProcessInstance
from engine.journal import verify
from handlers.contract import concern_operations, milestone_operations, operations, queries
from handlers.contract.records import Contract, Invoice, Payment
from handlers.contract.signed import PlannedMilestone, PlannedObligation, SignedContract
from handlers.organisation import operations as organisation
from handlers.organisation.directory import OrganisationDirectory
from handlers.quality import operations as quality
from tests.web.conftest import Browser, Site
from tests.web.test_api import Program
from webui.contracts.words import DISPUTE_OUTCOMES, TERMINATION_REASONS, VERDICTS

WAN = 1_000_000


def sign(site: Site, name: str, *, invoiced: str | None = None, ar: str = "anrui") -> int:
    """Put a signed contract into the database; with ``invoiced`` its first milestone is invoiced, and overdue."""
    now = site.clock.now()
    today = date(2026, 11, 23)
    with transaction(site.product.sessions) as session:
        by = OrganisationDirectory(site.clock).actor(session, site.users["lin"].id)
        contract = operations.register_contract(
            session,
            SignedContract(
                name=name, customer="东麟汽车零部件有限公司", amount=100 * WAN, signed_on=date(2026, 9, 1),
                unit_id=site.units["office"].id, ar_id=site.users[ar].id, fr_id=site.users["furong"].id,
                milestones=[
                    PlannedMilestone(name="到货", planned_on=date(2026, 10, 1), percent=60),
                    PlannedMilestone(name="终验", planned_on=date(2027, 3, 1), percent=40),
                ],
                obligations=[PlannedObligation(name="履约保函", kind="bond", due_on=date(2026, 10, 1))],
            ),
            by=by, now=now,
        )  # fmt: skip
        if invoiced is not None:
            stone = queries.milestone(session, contract.id, 1)
            milestone_operations.deliver(session, stone, on=date(2026, 10, 3), facts={})
            milestone_operations.accept(session, stone, on=date(2026, 10, 5), facts={})
            milestone_operations.invoice(
                session, contract, stone, number=invoiced, issued_on=today - timedelta(days=40), amount=60 * WAN, tax=0,
                today=today,
            )  # fmt: skip
        return contract.id


def test_the_list_knows_its_readers_filters_and_overdue_money(site: Site) -> None:
    late = sign(site, "二工厂 MES 升级", invoiced="FP-1001")
    sign(site, "=HYPERLINK(1)")
    for username in ("anrui", "suran", "furong"):
        page = site.browser(username).get("/contracts/").text
        assert "二工厂 MES 升级" in page
    outsider = site.browser("eve")
    assert "MES" not in outsider.get("/contracts/").text
    assert outsider.get(f"/contracts/{late}").status_code == 404
    assert outsider.get(f"/contracts/{late}/ask/change").status_code == 404
    browser = site.browser("suran")
    assert "CNY 600,000" in browser.get("/contracts/").text
    for question, found in (
        ("q=MES+东麟", True), ("q=nothing", False), ("status=SIGNED", True), ("status=CLOSED", False), ("unit=1", True),
        ("flag=disputed", False), ("overdue=1", True), ("mine=1", False), ("status=x&flag=y&unit=z&after=~", True),
    ):  # fmt: skip
        assert ("MES" in browser.get(f"/contracts/?{question}").text) is found, question
    rows = list(csv.reader(io.StringIO(browser.get("/contracts/contracts.csv?sort=number&order=up").text[1:])))
    assert [row[3] for row in rows[1:]] == ["二工厂 MES 升级", "'=HYPERLINK(1)"]
    assert dict(zip(rows[0], rows[1], strict=True))["Overdue, 10,000 yuan"] == "60"
    receivables = browser.get("/contracts/receivables").text
    assert "FP-1001" in receivables
    assert "FP-1001" in browser.get("/contracts/receivables?bucket=1_30").text
    assert "FP-1001" not in browser.get("/contracts/receivables?bucket=over_90").text
    assert "FP-1001" in browser.get("/contracts/receivables?bucket=nonsense&after=~x").text


def test_lists_cost_the_same_for_few_and_for_many(site: Site) -> None:
    def cost(address: str) -> int:
        with count_statements(site.product.engine) as counted:
            assert browser.get(address).status_code == 200
        return counted.statements

    browser = site.browser("anrui")
    sign(site, "一", invoiced="FP-1")
    addresses = ("/contracts/", "/contracts/receivables", "/contracts/1")
    few = [cost(each) for each in addresses]
    for place in range(25):
        sign(site, f"更多{place}", invoiced=f"FP-2{place}", ar="suran")
    assert [cost(each) for each in addresses] == few


def test_one_contract_shows_milestones_money_risks_and_obligations_in_both_languages(site: Site) -> None:
    contract_id = sign(site, "二工厂 MES 升级", invoiced="FP-1001")
    with transaction(site.product.sessions) as session:
        contract = session.get_one(Contract, contract_id)
        by = OrganisationDirectory(site.clock).actor(session, site.users["lin"].id)
        risk = concern_operations.raise_risk(session, contract, by=by, now=site.clock.now())
        answers = {
            "description": "接口协议未定", "probability": 4, "effect": 5, "owner_id": site.users["suran"].id,
            "due_on": "2026-12-01", "response": "先冻结接口版本",
        }  # fmt: skip
        concern_operations.rate_risk(session, contract, risk, answers, today=date(2026, 11, 23))
        late = {"what": "1/2 首付", "days_late": 31}
        quality.raise_flag(
            session, "MILESTONE_OVERDUE", "contract", contract_id,
            unit_id=contract.unit_id, severity="high", subject="1", detail=late, by=by, now=site.clock.now(),
        )  # fmt: skip
        quality.raise_flag(
            session, "MILESTONE_OVERDUE", "contract", contract_id, unit_id=None, subject="2", by=by,
            now=site.clock.now(),
        )  # fmt: skip
        quality.resolve(
            session, "MILESTONE_OVERDUE", "contract", contract_id, subject="2", resolution="delivered",
            data={"day": "2026-11-20"}, by=by, now=site.clock.now(),
        )  # fmt: skip
    chinese = site.browser("anrui").get(f"/contracts/{contract_id}").text
    english = site.browser("suran").get(f"/contracts/{contract_id}").text
    for words in (
        "接口协议未定", "R1", "60 万元", "FP-1001", "晚 2 天", "履约保函", "里程碑逾期", "1/2 首付 · 逾期 31 天",
        "2026年11月20日已交付",
    ):  # fmt: skip
        assert words in chinese, words
    for words in ("CNY 600,000", "2 days late", "score 20", "10 days overdue", "Bond", "Delivered on 20 Nov 2026"):
        assert words in english, words
    assert "Delivered on" not in chinese
    # a link opens a folded part only when what it names lies inside
    folded = chinese[
        chinese.rindex('<details class="fold"', 0, chinese.index('id="risks"')) : chinese.index('id="risks"')
    ]
    assert "</details>" not in folded


def _codes(form: str, field: str) -> set[str]:
    path = Path(__file__).parents[2] / "processes" / "forms" / f"{form}.schema.json"
    return {each["const"] for each in json.loads(path.read_text(encoding="utf-8"))["properties"][field]["oneOf"]}


def test_the_page_has_words_for_all_that_the_forms_let_people_decide() -> None:
    decided = _codes("contract_change_decide", "change_verdict") | _codes("contract_decide_termination", "termination")
    assert set(VERDICTS) == decided | _codes("contract_decide_closing", "closing")
    assert set(TERMINATION_REASONS) == _codes("contract_propose_termination", "termination_reason")
    stages = ("contract_dispute_settle", "contract_dispute_decide", "contract_dispute_outside")
    outcomes = {code for form in stages for code in _codes(form, "dispute_outcome")}
    assert set(DISPUTE_OUTCOMES) == outcomes - {"unsettled", "outside"}, "the two that do not end a dispute"


def test_a_milestone_in_two_disputes_goes_on_when_both_are_over(site: Site) -> None:
    contract_id = sign(site, "二工厂 MES 升级")

    def held(session: Session) -> int | None:
        return queries.milestone(session, contract_id, 2).suspended_by

    with transaction(site.product.sessions) as session:
        contract = session.get_one(Contract, contract_id)
        by, now = OrganisationDirectory(site.clock).actor(session, site.users["lin"].id), site.clock.now()
        both = [concern_operations.open_dispute(session, contract, by=by, now=now) for _ in range(2)]
        for each in both:
            concern_operations.describe_dispute(session, contract, each, {"suspended": [{"milestone_no": 2}]})
        assert held(session) == 2
        go_on = concern_operations.close_dispute(session, contract, both[1], {}, outcome="settled", now=now)
        assert (go_on, held(session)) == ([], 1)
    assert "held up by dispute 1" in site.browser("suran").get(f"/contracts/{contract_id}").text
    with transaction(site.product.sessions) as session:
        contract, first = session.get_one(Contract, contract_id), queries.dispute(session, contract_id, 1)
        go_on = concern_operations.close_dispute(session, contract, first, {}, outcome="settled", now=now)
        assert (go_on, held(session), contract.disputed) == ([2], None, False)


HEADING = "交易流水号,交易日期,对方户名,贷方金额,附言\n"
GOOD = 'B-1,2026-11-20,东麟汽车零部件有限公司,"200,000.00",货款 FP-1001\n'
UNKNOWN = "B-2,2026-11-20,某公司,5000,货款 FP-9999\n"
MUCH = "B-3,2026-11-20,东麟,400000.01,FP-1001\n"
AGAIN = "B-1,2026/11/20,东麟,1,FP-1001\n"
OUT = "B-4,2026-11-20,东麟,-5,FP-1001\n"
SOON = "B-5,2027-01-01,东麟,5,FP-1001\n"


def _upload(browser: Browser, text: str, encoding: str = "utf-8") -> str:
    browser.get("/contracts/payments/import")
    answer = browser.post("/contracts/payments/import", {"file": (io.BytesIO(text.encode(encoding)), "bank.csv")})
    return answer.text


def test_a_bank_statement_is_previewed_line_by_line_and_nothing_is_booked_by_that(site: Site) -> None:
    sign(site, "二工厂 MES 升级", invoiced="FP-1001")
    assert site.browser("suran").get("/contracts/payments/import").status_code == 403
    finance = _finance(site)
    for encoding in ("utf-8", "utf-8-sig", "gbk"):
        page = _upload(finance, HEADING + GOOD + UNKNOWN + MUCH + AGAIN + OUT + SOON, encoding)
        assert "1 笔可以入账" in page
        assert "5 行不能入账" in page
        for words in (
            "余 40 万元 未收", "未写明我方开具的发票号码", "超过发票 FP-1001 的未收余额 400,000.00 元",
            "流水 B-1 已入账，或在本文件中重复出现", "只能登记到账", "到账日期晚于今天",
        ):  # fmt: skip
            assert words in page, words
    kept = re.search(r'name="statement" value="([^"]*)"', page)
    assert kept
    refused = finance.post("/contracts/payments/import/refused.csv", {"statement": unescape(kept[1])})
    rows = list(csv.reader(io.StringIO(refused.text[1:])))
    assert [row[0] for row in rows[1:]] == ["B-2", "B-3", "B-1", "B-4", "B-5"]
    with transaction(site.product.sessions) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0
        assert session.scalar(sa.select(Invoice.open_amount)) == 60 * WAN
    assert "缺少以下列：到账日期、到账金额（元）" in _upload(finance, "流水号,颜色\n1,红\n")
    assert "请选择" in _upload(finance, "")
    assert finance.post("/contracts/payments/import/book", {"statement": "%%"}).status_code == 422


def _finance(site: Site) -> Browser:
    with transaction(site.product.sessions) as session:
        organisation.grant(
            session, site.users["lin"], "finance", site.units["region"], now=site.clock.now() - timedelta(hours=1)
        )
    return site.browser("lin")


def test_a_change_is_asked_for_on_the_page_by_the_team_and_runs_as_a_case_of_its_own(leads_site: Site) -> None:
    site = leads_site
    said = {
        "name": "二工厂 MES 升级", "customer": "东麟", "amount": 100 * WAN, "signed_on": "2026-11-20",
        "unit_id": site.units["office"].id, "ar_id": site.users["anrui"].id,
        "milestones": [{"name": "终验", "planned_on": "2027-03-01", "percent": 100}],
    }  # fmt: skip
    with transaction(site.product.sessions) as session:
        instances.message(session, "contract.signed", None, said, room=site.product.room)
    team = site.browser("anrui")
    assert "申请变更" in team.get("/contracts/1").text
    assert "四维评估" in team.get("/contracts/1/ask/change").text
    asked = team.post("/contracts/1/ask/change")
    assert asked.status_code == 302
    page = team.get("/contracts/1").text
    assert "C1 待填写" in page
    assert "变更中" in page
    request = {
        "side": "customer", "kind": "scope", "what": "增加一条产线", "reason": "四号线提前投产",
        "expected_effect": "合同额增加", "work_before_decision": "false",
    }  # fmt: skip
    assert team.post(asked.location, request).status_code == 302
    page = team.get("/contracts/1").text
    assert "C1 四号线提前投产" in page, "while it is assessed"
    assert "待填写" not in page
    assert team.get("/contracts/1/ask/nonsense").status_code == 404
    colleague = site.browser("suran")
    colleague.get("/contracts/1")
    assert colleague.post("/contracts/1/ask/terminate").status_code == 403, "not of this contract's team"


def test_delivery_reports_a_milestone_by_program_and_what_is_wrong_is_refused_and_on_record(leads_site: Site) -> None:
    site = leads_site
    said = {
        "name": "二工厂 MES 升级", "customer": "东麟", "amount": 100 * WAN, "signed_on": "2026-11-20",
        "unit_id": site.units["office"].id, "ar_id": site.users["anrui"].id, "fr_id": site.users["suran"].id,
        "milestones": [{"name": "终验", "planned_on": "2027-03-01", "percent": 100}],
    }  # fmt: skip
    with transaction(site.product.sessions) as session:
        case = instances.message(session, "contract.signed", None, said, room=site.product.room)
    number, today = case.business_key, site.clock.now().date()
    delivery, sales = Program(site, "suran"), Program(site, "anrui")

    def revision() -> int:
        with reading(site.product.sessions) as session:
            return session.get_one(ProcessInstance, case.instance_id).revision

    before = revision()
    report = {"contract": number, "milestone_no": 1, "actual_on": today.isoformat()}
    for refused, status, error in (
        (sales.post("/api/milestones", report), 403, "NotAllowed"),
        (delivery.post("/api/milestones", {**report, "contract": "CT-209901-0001"}), 404, "NotFound"),
        (delivery.post("/api/milestones", {**report, "actual_on": "20261120"}), 422, "InvalidAnswers"),
        (delivery.post("/api/milestones", {**report, "milestone_no": 7}), 422, "RuleRefused"),
        (delivery.post("/api/milestones", {**report, "actual_on": "2027-03-01"}), 422, "RuleRefused"),
    ):
        assert (refused.status_code, refused.json["error"]) == (status, error)  # type: ignore[index]
    assert delivery.post("/api/milestones", report).status_code == 200, "kept until the milestone begins"
    again = delivery.post("/api/milestones", report)
    assert again.json["message"] == "Milestone 1 does not wait for a delivery now."  # type: ignore[index]
    assert "contract's page" in again.json["advice"]  # type: ignore[index]
    with transaction(site.product.sessions) as session:
        instances.message(session, "change.approved", number, {"version": 2}, room=site.product.room)
        with pytest.raises(MessageNotExpected):
            instances.message(session, "bid.won", number, {}, room=site.product.room)
    assert revision() == before, "neither refusals nor what is kept move the case"
    story = site.browser("anrui").get("/contracts/1").text
    for words in ("没有里程碑 7", "还没到，不能填写将来的日期", "不在等待交付"):
        assert words in story, words
    with reading(site.product.sessions) as session:
        assert verify(session, case.instance_id).whole
