"""The navigation: few entries for whom few pages are made, everything in reach for the others, no script needed."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Site


def _entries(page: str) -> list[str]:
    nav = page.split('<nav class="top-nav"')[1].split("</nav>", maxsplit=1)[0]
    return re.findall(r'<a [^>]*href="([^"]+)"', nav)


def _current(page: str) -> list[tuple[str, str]]:
    nav = page.split('<nav class="top-nav"')[1].split("</nav>", maxsplit=1)[0]
    return re.findall(r'href="([^"]+)" aria-current="([^"]+)"', nav)


def test_an_employee_without_a_role_has_three_entries_and_no_menu(site: Site) -> None:
    page = site.browser("eve").get("/inbox/").text
    assert _entries(page) == ["/inbox/", "/leads/", "/start/"]
    assert '<details class="menu">' not in page


@pytest.mark.parametrize(
    ("username", "there", "missing"),
    [
        ("anrui", {"/opportunities/", "/contracts/", "/customers/", "/actions/"}, {"/people/", "/drafts/", "/trace/"}),
        ("ouyang", {"/releases/", "/drafts/", "/trace/", "/method/"}, {"/incidents/", "/leads/meeting"}),
        ("max", {"/drafts/", "/trace/", "/people/", "/people/units", "/incidents/"}, {"/leads/meeting"}),
        ("lin", {"/leads/meeting"}, {"/incidents/"}),
    ],
)
def test_the_menu_holds_the_pages_that_the_person_may_open(
    site: Site, username: str, there: set[str], missing: set[str]
) -> None:
    browser = site.browser(username)
    entries = set(_entries(browser.get("/inbox/").text))
    assert there <= entries
    assert not missing & entries
    assert [address for address in sorted(entries) if browser.get(address).status_code == 403] == []


def test_the_entry_of_the_page_is_marked_and_that_of_the_page_it_belongs_to(site: Site) -> None:
    browser = site.browser("max")
    assert _current(browser.get("/inbox/").text) == [("/inbox/", "page")]
    assert _current(browser.get("/people/units").text) == [("/people/units", "page")]
    assert _current(browser.get("/people/new").text) == [("/people/", "true")]
    page = browser.get("/people/").text
    assert "holds-current" in page
    assert "this page is in here" in page
