"""The pages about leads: who sees which, filters, the file of the list, one lead, activities, the lead meeting."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa

from engine.database import transaction
from handlers.lead.records import Lead, LeadActivity, LeadMeeting
from tests.web.conftest import Site
from tests.web.lead_pages import submit_lead
from webui.leads.pains import Link, pain_chain


def _lead(site: Site) -> Lead:
    with transaction(site.product.sessions) as session:
        return session.scalars(sa.select(Lead).order_by(Lead.id.desc())).first() or Lead()


def test_the_list_shows_a_lead_to_its_submitter_and_the_manager_above_but_to_no_outsider(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    number = _lead(leads_site).number
    assert number is not None
    for username in ("suran", "lin", "anrui"):
        assert number in leads_site.browser(username).get("/leads/").text
    outsider = leads_site.browser("eve")
    assert number not in outsider.get("/leads/").text
    assert outsider.get(f"/leads/{_lead(leads_site).id}").status_code == 404


def test_a_secret_lead_is_shown_to_managers_only(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"), secrecy="true")
    number = _lead(leads_site).number or ""
    assert number in leads_site.browser("lin").get("/leads/").text
    assert number not in leads_site.browser("furong").get("/leads/").text


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("q=焊装", True), ("q=焊装+东麟", True), ("q=nothing+like+it", False), ("status=SUBMITTED", True),
        ("status=CONVERTED", False), ("maturity=warm", True), ("maturity=hot", False), ("mine=1", True),
        ("grade=A", False), ("status=nonsense", True), ("page=999999999999", False), ("page=-3&sort=drop", True),
        ("unit=1", True), ("owner=1", False), ("unit=x", True),
    ],
)  # fmt: skip
def test_filters_narrow_the_list_and_nonsense_is_passed_over(leads_site: Site, question: str, found: bool) -> None:
    browser = leads_site.browser("suran")
    submit_lead(leads_site, browser)
    page = browser.get(f"/leads/?{question}")
    assert page.status_code == 200
    assert ((_lead(leads_site).number or "?") in page.text) is found


def test_the_downloaded_list_has_the_rows_of_the_page_and_no_cell_is_a_formula(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    submit_lead(leads_site, browser, title="=HYPERLINK(1)")
    answer = browser.get("/leads/leads.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["Title"] == "'=HYPERLINK(1)"
    assert (row["Amount, 10,000 yuan"], row["Status"], row["Unit"]) == ("95.5", "Submitted", "Shenzhen")
    assert len(list(csv.reader(io.StringIO(browser.get("/leads/leads.csv?q=absent").text)))) == 1


def test_the_page_of_a_lead_shows_its_facts_story_and_the_open_task_in_the_readers_language(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    lead = _lead(leads_site)
    english = leads_site.browser("suran").get(f"/leads/{lead.id}").text
    chinese = leads_site.browser("anrui").get(f"/leads/{lead.id}").text
    for page in (english, chinese):
        assert lead.number
        assert lead.number in page
        assert "每月电费超预算三成" in page
    assert "CNY 955,000" in english
    assert "Energy" in english.replace("energy", "Energy")
    assert "Su Ran" in english
    assert "95.5 万元" in chinese
    assert "动力能源" in chinese
    assert "苏然" in chinese
    assert "/tasks/" in chinese, "the screener opens the task from here"


def test_an_activity_is_logged_by_whoever_answers_for_the_lead_and_a_bad_one_is_given_back(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    lead = _lead(leads_site)
    lin = leads_site.browser("lin")
    lin.get(f"/leads/{lead.id}")
    refused = lin.post(f"/leads/{lead.id}/activities", {"kind": "call", "happened_on": "", "summary": "打过电话"})
    assert refused.status_code == 422
    assert "打过电话" in refused.text
    assert 'href="#f-happened_on"' in refused.text
    logged = {"kind": "call", "happened_on": "2026-11-23", "summary": "打过电话", "with_whom": "王主任"}
    assert lin.post(f"/leads/{lead.id}/activities", logged).status_code == 302
    assert "王主任" in lin.get(f"/leads/{lead.id}").text
    stranger = leads_site.browser("anrui")
    stranger.get(f"/leads/{lead.id}")
    assert stranger.post(f"/leads/{lead.id}/activities", logged).status_code == 403
    with transaction(leads_site.product.sessions) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LeadActivity)) == 1


def test_the_lead_meeting_belongs_to_lead_managers_and_its_agenda_is_kept(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    assert leads_site.browser("suran").get("/leads/meeting").status_code == 403
    lin = leads_site.browser("lin")
    assert (_lead(leads_site).number or "?") in lin.get("/leads/meeting").text
    assert lin.post("/leads/meeting", {"unit": str(leads_site.units["region"].id)}).status_code == 302
    with transaction(leads_site.product.sessions) as session:
        meeting = session.scalars(sa.select(LeadMeeting)).one()
    assert (meeting.unit_id, meeting.agenda) == (leads_site.units["region"].id, [_lead(leads_site).id])


def test_the_pain_chain_runs_from_the_roots_down_and_a_circle_is_cut() -> None:
    rows = [
        {"post": "CEO", "pain": "no growth", "caused_by": "late deliveries"},
        {"post": "COO", "pain": "late deliveries", "caused_by": "Plant"},
        {"post": "plant", "pain": "old machines"},
        {"post": "A", "pain": "x", "caused_by": "B"},
        {"post": "B", "pain": "y", "caused_by": "A"},
    ]
    coo = Link("COO", "", "late deliveries", [Link("CEO", "", "no growth", [])])
    assert pain_chain(rows) == [Link("plant", "", "old machines", [coo]), Link("A", "", "x", [Link("B", "", "y", [])])]
