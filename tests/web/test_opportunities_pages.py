"""The pages about opportunities: who sees which, filters, the file of the list, the pipeline, one opportunity."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from engine.database import count_statements, transaction
from handlers.deciding import operations as deciding
from handlers.deciding.operations import About, Verdict
from handlers.opportunity import operations, queries
from handlers.organisation.directory import OrganisationDirectory
from handlers.quality import operations as quality
from tests.web.conftest import Site

WAN = 1_000_000


def register(site: Site, name: str, *, status: str = "VERIFYING", wan: int = 100, by: str = "anrui") -> int:
    """Put an opportunity into the database as if ``by`` had registered it; return its id."""
    now = site.clock.now()
    with transaction(site.product.sessions) as session:
        actor = OrganisationDirectory(site.clock).actor(session, site.users[by].id)
        answers = {"name": name, "customer": "东麟汽车零部件有限公司", "expected_amount": wan * WAN}
        made = operations.register(session, answers, unit_id=site.units["office"].id, by=actor, now=now)
        operations.set_status(session, made, status, now=now)
        made.tier = "key"
        return made.id


def test_the_list_knows_its_readers_filters_order_and_pages(site: Site) -> None:
    first = register(site, "焊装车间能耗精细化管理", wan=95)
    register(site, "=HYPERLINK(1)", status="NEGOTIATING", wan=700)
    for username in ("anrui", "suran", "furong"):
        page = site.browser(username).get("/opportunities/").text
        assert "焊装车间能耗精细化管理" in page
        assert "OP-202611-0001" in page
    outsider = site.browser("eve")
    assert "焊装" not in outsider.get("/opportunities/").text
    assert outsider.get(f"/opportunities/{first}").status_code == 404
    browser = site.browser("suran")
    for question, found in (
        ("q=焊装+东麟", True), ("q=nothing", False), ("status=VERIFYING", True), ("status=WON", False),
        ("stage=verify", True), ("stage=negotiating", False), ("tier=key", True), ("tier=general", False),
        ("source=market", True), ("source=lead", False), ("result=won", False), ("unit=1", True),
        ("owner=1", True), ("owner=2", False), ("status=nonsense&unit=x&after=~", True), ("after=zzz&sort=drop", True),
    ):  # fmt: skip
        assert ("焊装车间" in browser.get(f"/opportunities/?{question}").text) is found, question
    rows = list(csv.reader(io.StringIO(browser.get("/opportunities/opportunities.csv?sort=amount").text[1:])))
    assert [row[2] for row in rows[1:]] == ["'=HYPERLINK(1)", "焊装车间能耗精细化管理"]
    assert dict(zip(rows[0], rows[1], strict=True))["Expected amount, 10,000 yuan"] == "700"


def test_the_pipeline_adds_up_each_stage_and_weighs_it(site: Site) -> None:
    for place in range(14):
        register(site, f"谈判{place:02}", status="NEGOTIATING", wan=10 + place)
    register(site, "新登记", status="VERIFYING", wan=1000)
    register(site, "已丢单", status="LOST", wan=5000)
    page = site.browser("suran").get("/opportunities/pipeline").text
    assert "CNY 12,310,000" in page, "ten percent of the verified and all negotiated ones: 1000 + 231 万元"
    assert "CNY 2,848,000" in page, "100 + 231 × 80 %"
    assert "已丢单" not in page
    assert "谈判13" in page
    assert "谈判00" not in page, "only the largest are shown"
    assert "stage=negotiating" in page


def test_the_pipeline_marks_what_stays_in_a_step_for_more_than_half_as_long_again_as_usual(site: Site) -> None:
    now = site.clock.now()
    for place, days in enumerate((8, 9, 10, 11, 30)):
        done = register(site, f"做完{place}", status="SOLUTION")
        with transaction(site.product.sessions) as session:
            one = queries.get(session, done)
            one.created_at, one.approved_at, one.guided_at = now - timedelta(90), now - timedelta(60), None
            one.guided_at = one.approved_at + timedelta(days=days)
    waiting = {days: register(site, f"引导{days}天", status="PREBID", wan=500) for days in (14, 16)}
    with transaction(site.product.sessions) as session:
        for days, number in waiting.items():
            queries.get(session, number).approved_at = now - timedelta(days=days)
    page = site.browser("suran").get("/opportunities/pipeline").text
    assert "16 days in this step, usually 10" in page
    assert "14 days in this step" not in page
    assert "本阶段已停留 16 天，通常 10 天" in site.browser("anrui").get("/opportunities/pipeline").text


def test_lists_cost_the_same_for_few_and_for_many(site: Site) -> None:
    def cost(address: str) -> int:
        with count_statements(site.product.engine) as counted:
            assert browser.get(address).status_code == 200
        return counted.statements

    browser = site.browser("anrui")
    _govern(site, register(site, "一", by="suran"))
    few = [cost(each) for each in ("/opportunities/", "/opportunities/pipeline", "/actions/")]
    for place in range(30):
        opportunity_id = register(site, f"更多{place}", status="PREBID", by="suran")
        _govern(site, opportunity_id)
    assert [cost(each) for each in ("/opportunities/", "/opportunities/pipeline", "/actions/")] == few


def _govern(site: Site, opportunity_id: int) -> None:
    now = site.clock.now()
    with transaction(site.product.sessions) as session:
        lin = OrganisationDirectory(site.clock).actor(session, site.users["lin"].id)
        about = About("opportunity", opportunity_id, site.units["office"].id)
        said = Verdict("no_go", body="region", advice="GO", against_advice=True, reason="产能不足")
        condition = {"text": "补齐产能评估", "owner_id": site.users["anrui"].id, "due_on": str(date(2026, 11, 20))}
        deciding.decide(session, "ATB", about, said, conditions=[condition], proposed_by=None, by=lin, now=now)
        quality.raise_flag(
            session, "GUIDANCE_INCOMPLETE", "opportunity", opportunity_id, unit_id=None, by=lin, now=now
        )  # fmt: skip


def test_one_opportunity_shows_decisions_flags_and_actions_that_its_owner_ticks_off(site: Site) -> None:
    opportunity_id = register(site, "焊装车间能耗精细化管理")
    _govern(site, opportunity_id)
    english = site.browser("suran")
    page = english.get(f"/opportunities/{opportunity_id}").text
    for words in ("产能不足", "decided against the advice", "Pre-bid guidance incomplete", "overdue", "An Rui"):
        assert words in page
    assert 'action="/actions/1/done"' not in page, "only whoever answers for it"
    assert english.post("/actions/1/done").status_code == 403
    owner = site.browser("anrui")
    assert "补齐产能评估" in owner.get("/actions/").text
    assert 'action="/actions/1/done"' in owner.get(f"/opportunities/{opportunity_id}").text
    back = f"/opportunities/{opportunity_id}#actions"
    done = owner.post("/actions/1/done", {"note": "已评估", "next": back})
    assert (done.status_code, done.location) == (302, back)
    assert "已评估" in owner.get(back).text
    assert owner.post("/actions/1/done").status_code == 409
    assert site.browser("eve").post("/actions/1/done").status_code == 404


def test_nobody_is_led_away_after_an_action(site: Site) -> None:
    _govern(site, register(site, "一"))
    site.clock.advance(timedelta(days=1))
    owner = site.browser("anrui")
    owner.get("/actions/")
    assert owner.post("/actions/1/done", {"next": "https://elsewhere.example"}).location == "/actions/"
