"""The first administrator: made with the code on the console, and never again."""

from __future__ import annotations

import pytest

from tests.web.conftest import PASSWORD, Site
from webui.signin.first_run import setup_code

FORM = {
    "company": "Yuanhang Group",
    "name": "Max",
    "username": "max",
    "password": PASSWORD,
    "again": PASSWORD,
}


def _code(site: Site) -> str:
    return setup_code(site.product.settings.secret_key)


def test_signing_in_leads_to_the_set_up_while_nobody_administers(empty_site: Site) -> None:
    assert empty_site.browser().get("/sign-in").location == "/setup"


def test_whoever_has_the_code_becomes_administrator_and_is_signed_in(empty_site: Site) -> None:
    browser = empty_site.browser()
    browser.get("/setup")
    response = browser.post("/setup", {**FORM, "code": _code(empty_site).lower().replace("-", " ")})
    assert response.location == "/people/"
    page = browser.get("/people/")
    assert page.status_code == 200
    assert "Administrator" in page.text
    assert empty_site.browser().sign_in("max").status_code == 302


def test_without_the_code_nobody_is_made(empty_site: Site) -> None:
    browser = empty_site.browser()
    browser.get("/setup")
    response = browser.post("/setup", {**FORM, "code": "AAAA-AAAA-AAAA-AAAA"})
    assert response.status_code == 422
    assert "This is not the code on the console" in response.text
    assert empty_site.browser().get("/sign-in").location == "/setup"


def test_the_set_up_is_gone_once_there_is_an_administrator(site: Site) -> None:
    browser = site.browser()
    assert browser.get("/setup").status_code == 404
    browser.get("/sign-in")
    response = browser.post("/setup", {**FORM, "username": "second", "code": _code(site)})
    assert response.status_code == 404
    assert site.browser().sign_in("second").status_code == 422


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": ""}, "This is needed."),
        ({"again": "something else"}, "The two passwords differ."),
        ({"password": "short", "again": "short"}, "At least 8 characters"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_makes_nobody(
    empty_site: Site, wrong: dict[str, str], sentence: str
) -> None:
    browser = empty_site.browser()
    browser.get("/setup")
    response = browser.post("/setup", {**FORM, "code": _code(empty_site), **wrong})
    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="Yuanhang Group"' in response.text
    assert empty_site.browser().get("/sign-in").location == "/setup"


def test_two_installations_have_different_codes() -> None:
    assert setup_code("one") != setup_code("another")
