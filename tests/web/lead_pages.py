"""What several tests of the pages about leads do: submit a lead as a person would, page by page."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import Browser, Site

CAPTURE = {
    "channel": "customer_visit",
    "customer": "东麟汽车零部件有限公司",
    "heard": "焊装车间能耗太高",
    "seen_on": "2026-11-20",
}
ANALYSE = {"customer_problem": "true", "problem_owner": "焊装车间主任", "have_offer": "yes"}


def submit_form(site: Site, **more: Any) -> dict[str, Any]:
    """Return what a person types into the form *Fill in and submit lead*."""
    return {
        "title": "焊装车间能耗精细化管理",
        "customer": "东麟汽车零部件有限公司",
        "unit_id": str(site.units["office"].id),
        "channel": "customer_visit",
        "problem": "每月电费超预算三成",
        "product_areas": ["energy", "software"],
        "expected_amount": "95.5",
        "maturity": "warm",
        **more,
    }


def next_page(response: Any) -> str:
    """Return where an answer leads; fails when it does not."""
    assert response.status_code == 302, response.text
    return str(response.location)


def begin_lead(browser: Browser) -> str:
    """Capture something; return the address of the next task."""
    browser.get("/start/lead")
    return next_page(browser.post("/start/lead", CAPTURE))


def submit_lead(site: Site, browser: Browser, **more: Any) -> str:
    """Capture, analyse and submit a lead; return where the last page led."""
    analyse = begin_lead(browser)
    fill_in = next_page(browser.post(analyse, ANALYSE))
    return next_page(browser.post(fill_in, submit_form(site, **more)))
