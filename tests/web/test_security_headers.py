"""What protects the pages: closed doors, tokens, headers, cookies."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.conftest import PASSWORD, Site

PUBLIC = {
    "static",
    "icon",
    "signin.sign_in",
    "signin.check_sign_in",
    "signin.sign_out",
    "signin.switch_language",
    "signin.set_up",
    "signin.create_first_administrator",
}


def _address(rule: Rule) -> str:
    return re.sub(r"<int:[^>]+>", "1", re.sub(r"<(?!int:)[^>]+>", "x", rule.rule))


def _routes(app: Flask) -> list[tuple[str, str, str]]:
    return [
        (rule.endpoint, method, _address(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    ]


def test_every_page_but_the_public_ones_is_closed_to_strangers(site: Site) -> None:
    routes = [route for route in _routes(site.app) if route[0] not in PUBLIC]
    assert len(routes) > 15
    for endpoint, method, address in routes:
        browser = site.browser()
        browser.get("/sign-in")
        headers = {"X-CSRFToken": browser.token}
        response = browser._client.open(address, method=method, headers=headers)
        closed = response.status_code == 401 or (
            response.status_code == 302 and response.location.startswith("/sign-in")
        )
        assert closed, (endpoint, method, address, response.status_code)


def test_the_pages_of_administrators_are_closed_to_everybody_else(site: Site) -> None:
    guarded = [
        route
        for route in _routes(site.app)
        if getattr(site.app.view_functions[route[0]], "only_roles", None) == ("admin",)
    ]
    assert len(guarded) >= 10
    browser = site.browser("suran")
    for endpoint, method, address in guarded:
        response = browser.get(address) if method == "GET" else browser.post(address)
        assert response.status_code == 403, (endpoint, method, address)


def test_nothing_is_changed_without_the_token_of_the_page(site: Site) -> None:
    item, browser = site.item(role="sr"), site.browser("suran")
    browser.token = ""
    refused = browser.post(f"/inbox/{item}/claim")
    assert refused.status_code == 400
    assert "This page was open for too long." in refused.text
    assert site.stored(item).assignee_id is None


def test_the_token_of_one_person_is_worthless_for_another(site: Site) -> None:
    item, browser = site.item(role="sr"), site.browser("suran")
    browser.token = site.browser("anrui").token
    assert browser.post(f"/inbox/{item}/claim").status_code == 400
    assert site.stored(item).assignee_id is None


@pytest.mark.parametrize("address", ["/inbox/", "/sign-in", "/nowhere", "/notices/bell"])
def test_every_answer_carries_the_headers(site: Site, address: str) -> None:
    headers = site.browser("suran").get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_over_https_the_cookie_is_secure_and_the_browser_is_told_to_stay(site: Site) -> None:
    browser = site.browser()
    over_https = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/sign-in"}}
    browser.get("/sign-in", **over_https)
    response = browser.post("/sign-in", {"username": "suran", "password": PASSWORD}, **over_https)
    cookie = response.headers["Set-Cookie"]
    for word in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert word in cookie
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_forged_cookie_is_nobody(site: Site) -> None:
    browser = site.browser("suran")
    genuine = browser.cookie("ltc_session") or ""
    thief = site.browser()
    thief.set_cookie("ltc_session", genuine[:-4] + ("aaaa" if genuine[-4:] != "aaaa" else "bbbb"))
    assert thief.get("/inbox/").status_code == 302


def test_a_person_who_is_shut_out_is_out_at_once(site: Site) -> None:
    browser, admin = site.browser("suran"), site.browser("max")
    suran = site.users["suran"].id
    assert admin.post(f"/people/{suran}/active", {"active": "no"}).status_code == 302
    assert browser.get("/inbox/").status_code == 302
    assert site.browser().sign_in("suran").status_code == 422


@pytest.mark.parametrize("address", ["/inbox/", "/people/", "/people/new", "/people/units", "/notices/", "/password"])
def test_pages_hold_no_inline_script_or_style(site: Site, address: str) -> None:
    page = site.browser("max").get(address).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "<style" not in page
    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"\son[a-z]+=", page)


def test_programs_that_are_not_signed_in_get_json(site: Site) -> None:
    response = site.browser().get("/inbox/", headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert response.json == {"error": "not_signed_in"}


def test_a_part_of_a_page_asked_for_after_the_session_ended_leads_to_sign_in(site: Site) -> None:
    response = site.browser().get("/notices/bell", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in"
