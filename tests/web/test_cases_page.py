"""The page of a case and its diagrams: the story in the reader's language, for those who take part."""

from __future__ import annotations

import re

import sqlalchemy as sa
from lxml import etree

from engine.database import transaction
from engine.instances.queries import story
from engine.instances.records import ProcessInstance
from engine.releases import queries as releases
from tests.web.conftest import Site
from tests.web.lead_pages import submit_lead
from webui.diagrams.way import drawings

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def _case(site: Site) -> ProcessInstance:
    with transaction(site.product.sessions) as session:
        return session.scalars(sa.select(ProcessInstance)).one()


def test_the_story_tells_who_answered_what_in_the_readers_language(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    address = f"/cases/{_case(leads_site).id}"
    english, chinese = leads_site.browser("suran").get(address).text, leads_site.browser("anrui").get(address).text
    for words in ("Su Ran", "Capture information", "Customer visit", "焊装车间主任", "CNY 955,000", "Submitted"):
        assert words in english, words
    for words in ("苏然", "收集初始信息", "客户拜访", "焊装车间主任", "95.5 万元", "已提交"):
        assert words in chinese, words
    assert "筛选线索" in chinese
    assert "Screen lead" in english


def test_outsiders_see_no_case(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    assert leads_site.browser("eve").get(f"/cases/{_case(leads_site).id}").status_code == 404
    assert leads_site.browser("suran").get("/cases/4711").status_code == 404


def test_whoever_may_see_the_lead_may_see_its_case(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    assert leads_site.browser("furong").get(f"/cases/{_case(leads_site).id}").status_code == 200


def test_the_way_knows_what_is_done_and_where_the_case_stands(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    case = _case(leads_site)
    with transaction(leads_site.product.sessions) as session:
        program = releases.program(session, case.release_id)
        found = {each.process_id: each for each in drawings(program, "lead", story(session, case.id), running=True)}
    assert found["lead_collect"].done[-1] != "capture_information"
    assert {"capture_information", "analyse_information", "fill_in_lead"} <= set(found["lead_collect"].done)
    assert found["lead_collect"].here == []
    assert found["lead_verify"].here == ["screen_lead"]
    assert [step.state for step in found["lead_verify"].steps if step.name.en == "Screen lead"] == ["here"]
    assert found["lead"].is_current
    assert found["lead_nurture"].done == []
    for each in found.values():
        assert set(each.flows) <= program.flows(each.process_id)


def test_a_diagram_is_served_with_its_names_in_the_readers_language(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    address = f"/diagrams/{_case(leads_site).release_id}/lead_collect.bpmn"
    names = {}
    for username in ("suran", "anrui"):
        answer = leads_site.browser(username).get(address)
        assert answer.mimetype == "application/xml"
        root = etree.fromstring(answer.data)
        names[username] = {each.get("id"): each.get("name") for each in root.iter(f"{BPMN}userTask")}
    assert names["suran"]["capture_information"] == "Capture information"
    assert names["anrui"]["capture_information"] == "收集初始信息"
    assert leads_site.app.test_client().get(address).status_code == 302


def test_without_scripts_the_way_is_told_in_words(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    page = leads_site.browser("suran").get(f"/cases/{_case(leads_site).id}").text
    here = re.findall(r'<li class="way-here" aria-current="step">([^<]+)', page)
    assert "Screen lead " in here
