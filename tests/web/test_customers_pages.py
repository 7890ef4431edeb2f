"""The pages about customers: who sees which, credit, decision-makers, leads, opportunities and contracts."""

from __future__ import annotations

from datetime import date

from engine.database import count_statements, transaction
from handlers.customer import operations, queries
from handlers.customer.records import CustomerCredit, CustomerKdm
from tests.web.conftest import Site
from tests.web.lead_pages import submit_lead
from tests.web.test_contracts_pages import sign
from tests.web.test_opportunities_pages import register


def test_a_customer_shows_credit_people_and_all_business_to_those_who_work_with_it(leads_site: Site) -> None:
    site = leads_site
    submit_lead(site, site.browser("suran"))
    register(site, "能耗精细化商机")
    sign(site, "二工厂 MES 升级", invoiced="FP-1001")
    with transaction(site.product.sessions) as session:
        customer = queries.named(session, "东麟汽车零部件有限公司")
        assert customer is not None
        now = site.clock.now()
        session.add(
            CustomerCredit(
                customer_id=customer.id, rating="B", credit_limit=80_000_000, exposure=60_000_000, overdue_amount=0,
                assessed_on=date(2025, 6, 1), created_at=now,
            )
        )  # fmt: skip
        session.add(
            CustomerKdm(
                customer_id=customer.id, name="贾文涛", post="制造总监", part="economic", attitude=2, updated_at=now
            )
        )  # fmt: skip
    chinese = site.browser("anrui")
    page = chinese.get(f"/customers/{customer.id}").text
    for words in (
        "授信 80 万元", "已超过 12 个月", "贾文涛", "支持我方", "经济决策者", "能耗精细化商机", "二工厂 MES 升级",
        "60 万元",
    ):  # fmt: skip
        assert words in page, words
    listed = site.browser("suran").get("/customers/?q=东麟").text
    assert "CNY 600,000" in listed
    assert "out of date" in listed
    assert "东麟" not in site.browser("suran").get("/customers/?industry=energy").text
    # sales management says how important the customer is, and its opportunities weigh accordingly
    assert "保存" not in page
    assert chinese.post(f"/customers/{customer.id}/grade", {"grade": "S"}).status_code == 403
    governor = site.browser("max")
    assert governor.post(f"/customers/{customer.id}/grade", {"grade": "A"}).status_code == 302
    assert governor.post(f"/customers/{customer.id}/grade", {"grade": "Z"}).status_code == 422
    assert '客户等级 <span class="badge tone-info">A</span></h2>' in chinese.get(f"/customers/{customer.id}").text
    assert "东麟" in chinese.get("/customers/?grade=A").text
    outsider = site.browser("eve")
    assert "东麟" not in outsider.get("/customers/").text
    assert outsider.get(f"/customers/{customer.id}").status_code == 404


def test_the_list_costs_the_same_for_few_and_for_many(site: Site) -> None:
    browser = site.browser("anrui")
    with transaction(site.product.sessions) as session:
        operations.ensure(session, "甲", now=site.clock.now(), unit_id=site.units["office"].id)
    counts = []
    for more in (0, 60):
        with transaction(site.product.sessions) as session:
            for place in range(more):
                operations.ensure(session, f"客户{place}", now=site.clock.now(), unit_id=site.units["office"].id)
        with count_statements(site.product.engine) as counted:
            page = browser.get("/customers/").text
        counts.append(counted.statements)
    assert counts[0] == counts[1]
    assert 'rel="next"' in page
