"""Signing in and out, passwords, languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.conftest import PASSWORD, Site
from webui.signin.throttle import FAILURES, WINDOW


def test_strangers_are_led_to_sign_in_and_back_to_the_page_they_wanted(site: Site) -> None:
    browser = site.browser()
    response = browser.get("/inbox/?box=overdue")
    assert response.status_code == 302
    assert response.location == "/sign-in?next=/inbox/?box%3Doverdue"
    page = browser.get(response.location)
    assert 'name="next" value="/inbox/?box=overdue"' in page.text
    signed_in = browser.post("/sign-in", {"username": "suran", "password": PASSWORD, "next": "/inbox/?box=overdue"})
    assert signed_in.location == "/inbox/?box=overdue"
    assert browser.get("/inbox/?box=overdue").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_signing_in_never_leads_to_another_site(site: Site, elsewhere: str) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    response = browser.post("/sign-in", {"username": "suran", "password": PASSWORD, "next": elsewhere})
    assert response.location == "/"


@pytest.mark.parametrize(("username", "password"), [("suran", "wrong"), ("nobody", PASSWORD), ("suran", "")])
def test_wrong_password_and_unknown_user_read_the_same(site: Site, username: str, password: str) -> None:
    browser = site.browser()
    response = browser.sign_in(username, password)
    assert response.status_code == 422
    assert "User name and password do not fit." in response.text
    assert browser.get("/inbox/").status_code == 302


def test_user_name_is_read_without_blanks_and_capitals(site: Site) -> None:
    assert site.browser().sign_in(" SuRan ").status_code == 302


def test_an_account_waits_after_five_wrong_passwords_and_opens_again(site: Site) -> None:
    browser = site.browser()
    for _ in range(5):
        assert browser.sign_in("suran", "wrong").status_code == 422
    assert browser.sign_in("suran").status_code == 422
    site.clock.advance(timedelta(seconds=31))
    assert browser.sign_in("suran").status_code == 302


def test_one_address_that_guesses_over_many_accounts_is_stopped_for_a_while(site: Site) -> None:
    browser = site.browser()
    for number in range(FAILURES):
        assert browser.sign_in(f"user{number}", "guess").status_code == 422
    refused = browser.sign_in("suran")
    assert refused.status_code == 429
    assert "Too many attempts." in refused.text
    site.clock.advance(WINDOW + timedelta(seconds=1))
    assert browser.sign_in("suran").status_code == 302


def test_signing_out_ends_the_session(site: Site) -> None:
    browser = site.browser("suran")
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/inbox/").status_code == 302


def test_signing_in_begins_a_new_session_so_that_a_planted_one_is_worthless(site: Site) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    planted = browser.cookie("ltc_session")
    browser.post("/sign-in", {"username": "suran", "password": PASSWORD})
    thief = site.browser()
    assert planted is not None
    thief.set_cookie("ltc_session", planted)
    assert thief.get("/inbox/").status_code == 302
    assert browser.cookie("ltc_session") != planted


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(site: Site) -> None:
    here, elsewhere = site.browser("suran"), site.browser("suran")
    here.get("/password")
    response = here.post("/password", {"old": PASSWORD, "new": "another-password", "again": "another-password"})
    assert response.status_code == 302
    assert here.get("/inbox/").status_code == 200
    assert elsewhere.get("/inbox/").status_code == 302
    assert site.browser().sign_in("suran", PASSWORD).status_code == 422
    assert site.browser().sign_in("suran", "another-password").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong", "another-password", "another-password", "This is not your present password."),
        (PASSWORD, "another-password", "yet-another-one", "The two passwords differ."),
        (PASSWORD, "short", "short", "At least 8 characters"),
    ],
)
def test_a_password_that_cannot_be_is_explained_and_nothing_changes(
    site: Site, old: str, new: str, again: str, sentence: str
) -> None:
    browser = site.browser("suran")
    browser.get("/password")
    response = browser.post("/password", {"old": old, "new": new, "again": again})
    assert response.status_code == 422
    assert sentence in response.text
    assert site.browser().sign_in("suran").status_code == 302


def test_a_person_reads_their_own_language_whatever_the_browser_says(site: Site) -> None:
    browser = site.browser("anrui")
    page = browser.get("/inbox/", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-CN">' in page
    assert "我的待办" in page


def test_a_stranger_reads_the_language_of_the_browser(site: Site) -> None:
    browser = site.browser()
    assert "用户名" in browser.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}).text
    assert "User name" in browser.get("/sign-in", headers={"Accept-Language": "en-GB"}).text
    assert "User name" in browser.get("/sign-in", headers={"Accept-Language": "fr,de"}).text


def test_switching_the_language_holds_for_a_person_in_every_browser(site: Site) -> None:
    browser = site.browser("suran")
    browser.get("/inbox/?box=roles")
    response = browser.post("/language", {"language": "zh_CN", "next": "/inbox/?box=roles"})
    assert response.location == "/inbox/?box=roles"
    assert "待领取" in browser.get("/inbox/").text
    assert "待领取" in site.browser("suran").get("/inbox/").text


def test_switching_the_language_holds_for_a_stranger_in_this_browser(site: Site) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    browser.post("/language", {"language": "zh_CN", "next": "/sign-in"})
    assert "用户名" in browser.get("/sign-in", headers={"Accept-Language": "en"}).text


def test_a_link_may_ask_for_a_language(site: Site) -> None:
    assert "我的待办" in site.browser("suran").get("/inbox/?lang=zh_CN").text
