"""Takes the pictures of the documentation from the real product with the demo company in it: ``make screenshots``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.people import NARROW, WIDE, Visitor, chromium
from tests.browser.served import ROOT, served

IMAGES = ROOT / "docs" / "images"
LANGUAGES = {"en": "en", "zh": "zh_CN"}
SIZES = {"": WIDE, "-390": NARROW}
SETTLE = 600
"""Milliseconds for a diagram to draw itself."""


def inbox(page: Page) -> None:
    """Show what waits for the lead manager's role."""
    page.goto("/inbox?box=roles")
    page.locator("li.task").first.wait_for()


def task(page: Page) -> None:
    """Open the first task of the lead owner, with its diagram."""
    page.goto("/inbox?box=mine")
    page.locator("li.task a.row-title").first.click()
    page.locator("#tab-diagram").click()
    page.locator(".djs-container svg").first.wait_for()
    page.locator("#tab-form").click()


def leads(page: Page) -> None:
    """Show the list of leads."""
    page.goto("/leads/")
    page.locator("main h1").wait_for()


def lead(page: Page) -> None:
    """Open a lead that came a long way."""
    page.goto("/leads/?q=洋口港门机")
    page.get_by_role("link", name="洋口港门机远程运维").first.click()
    page.locator("main h1").wait_for()


PICTURES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "inbox": ("lin", inbox),
    "task": ("suran", task),
    "leads": ("lin", leads),
    "lead": ("suran", lead),
}
"""By the name of the picture: who looks, and how they get there."""


def main() -> None:
    """Write every picture in both languages and both sizes into ``docs/images``."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        served(Path(data), Path(data) / "served") as product,
        chromium() as browser,
    ):
        visitor = Visitor(browser, product.address, product.passwords)
        for short, language in LANGUAGES.items():
            for ending, size in SIZES.items():
                for name, (username, show) in PICTURES.items():
                    page = visitor.sign_in(username, language=language, size=size)
                    show(page)
                    page.wait_for_timeout(SETTLE)
                    path = IMAGES / f"{name}-{short}{ending}.png"
                    page.screenshot(path=path)
                    print(path.relative_to(ROOT), flush=True)
                visitor.leave()


if __name__ == "__main__":
    main()
