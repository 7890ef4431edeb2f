"""Filling in a form whose questions depend on the answers, on a connection that takes its time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Visitor

CUSTOMER = "江口精密铸造有限公司"
DETAIL = 'label[for="f-source_detail"]'
"""Must be answered when the lead came by another channel than those of the list."""


class SlowForm:
    """The first form of a lead; what the server answers to the first change of the questions is held back."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._held: list[Route] = []
        page.goto("/start/lead")
        page.route("**/start/lead", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.method == "POST" and not self._held:
            self._held.append(route)
        else:
            route.continue_()

    def choose(self, channel: str) -> None:
        self.page.locator('[name="channel"]').select_option(channel)

    def let_go(self) -> None:
        self.page.wait_for_function("document.querySelector('.htmx-request') !== null")
        [route] = self._held
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            route.continue_()


@pytest.fixture
def form(visit: Visitor) -> SlowForm:
    return SlowForm(visit.sign_in("heyun"))


def test_what_is_entered_while_the_server_draws_the_questions_is_kept(form: SlowForm) -> None:
    page = form.page
    form.choose("other")
    page.locator('[name="customer"]').fill(CUSTOMER)
    page.locator('[name="heard"]').fill("模温波动")
    form.let_go()
    page.locator(f"{DETAIL}.required").wait_for()
    expect(page.locator('[name="customer"]')).to_have_value(CUSTOMER)
    expect(page.locator('[name="heard"]')).to_have_value("模温波动")
    expect(page.locator('[name="channel"]')).to_have_value("other")


def test_an_answer_that_changes_the_questions_once_more_meanwhile_counts(form: SlowForm) -> None:
    page = form.page
    form.choose("other")
    form.choose("customer_visit")
    form.let_go()
    expect(page.locator('[name="channel"]')).to_have_value("customer_visit")
    page.locator(f"{DETAIL}:not(.required)").wait_for()
