"""What every main page must keep to: both languages, narrow screens, a strict policy, the bpmn.io mark."""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, ViewportSize

from tests.browser.people import NARROW, Visitor
from webui import catalogues

LATIN = re.compile(r"[A-Za-z]")
SHORTEST = 4
"""Shorter English words (ID, AR, km) stand in Chinese text by right."""


def main_pages(page: Page) -> list[str]:
    """The addresses that the navigation of this person leads to."""
    found = page.locator("nav.top-nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(found) >= 2
    return [str(address) for address in found]


@cache
def english_phrases() -> set[str]:
    """Every sentence of the pages that has a Chinese translation of its own."""
    phrases: set[str] = set()
    for folder in catalogues.directories():
        with (folder / "zh_CN" / "LC_MESSAGES" / "messages.po").open("rb") as file:
            for message in read_po(file, locale="zh_CN"):
                english = message.id if isinstance(message.id, str) else ""
                if len(english) >= SHORTEST and "%" not in english and english != message.string:
                    phrases.add(english)
    return phrases


def visible_lines(page: Page) -> set[str]:
    return {line.strip() for line in page.locator("body").inner_text().splitlines() if line.strip()}


def assert_chinese(page: Page) -> None:
    left = visible_lines(page) & english_phrases()
    assert not left, f"{page.url} still says {sorted(left)}"


def assert_fits(page: Page) -> None:
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer, f"{page.url} is {inner} px wide on a screen of {outer} px"


@pytest.mark.parametrize(
    ("username", "language"),
    [("lin", "zh_CN"), ("suran", "zh_CN"), ("ouyang", "zh_CN"), ("max", "zh_CN"), ("lin", "en"), ("ouyang", "en")],
)
def test_main_pages_speak_one_language_and_fit_every_screen(visit: Visitor, username: str, language: str) -> None:
    page = visit.sign_in(username, language=language)
    for address in main_pages(page):
        page.goto(address)
        page.locator("main").wait_for()
        if language == "zh_CN":
            assert_chinese(page)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert_fits(page)
        page.set_viewport_size({"width": 1440, "height": 844})


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_navigation_of_who_may_see_everything_fits_every_screen_and_its_menu_opens(
    visit: Visitor, language: str
) -> None:
    page = visit.sign_in("ouyang", language=language)
    page.goto("/incidents/")
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert_fits(page)
        for entry in page.locator(".top-entry, .top-tools > *").all():
            box = entry.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert entry.evaluate("each => each.scrollWidth <= each.clientWidth + 1"), entry.inner_text()
        summary = page.locator(".top-nav summary")
        summary.press("Enter")
        current = page.locator(".top-menu [aria-current='page']")
        box = current.bounding_box()
        assert box is not None, "the menu shows where one is"
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 844
        page.keyboard.press("Escape")
        assert not current.is_visible()
        assert summary.evaluate("each => each === document.activeElement")


def test_a_stranger_sees_the_sign_in_page_in_the_language_of_the_browser(visit: Visitor) -> None:
    page = visit.stranger(language="zh_CN")
    page.goto("/inbox")
    page.locator('[name="password"]').wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert_chinese(page)


def test_a_wrong_password_lets_nobody_in(visit: Visitor) -> None:
    page = visit.stranger()
    page.goto("/sign-in")
    page.locator('[name="username"]').fill("lin")
    page.locator('[name="password"]').fill("not the password")
    page.locator("main form button.btn-primary").click()
    page.locator('[role="alert"]').wait_for()
    visit.complaints.clear()  # the refusal has a status that Chromium reports
    page.goto("/inbox")
    assert page.locator('[name="password"]').count() == 1


@pytest.mark.parametrize("size", [None, NARROW], ids=["wide", "narrow"])
def test_the_mark_of_bpmn_io_is_visible_on_a_diagram(visit: Visitor, size: ViewportSize | None) -> None:
    page = visit.sign_in("suran", **({"size": size} if size else {}))
    page.goto("/inbox?box=mine")
    page.locator("li.task a.row-title").first.click()
    page.locator("#tab-diagram").click()
    mark = page.locator(".bjs-powered-by:visible").first
    mark.wait_for(state="visible")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    assert box["width"] >= 20
    assert box["height"] >= 10
    covered = mark.evaluate(
        """element => {
            const box = element.getBoundingClientRect();
            const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
            return !element.contains(top);
        }"""
    )
    assert not covered
    assert page.locator(".djs-container svg .djs-element").count() > 5
