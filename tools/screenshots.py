"""Takes the pictures of the documentation from the real product with the demo company in it: ``make screenshots``."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.people import NARROW, WIDE, Visitor, chromium
from tests.browser.served import running
from tests.demo import ROOT, seeded

IMAGES = ROOT / "docs" / "images"
PATIENCE = 180_000
"""Milliseconds for a whole draft to be checked, on a machine that does other things too."""
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


def opportunity(page: Page) -> None:
    """Open the opportunity that is furthest."""
    page.goto("/opportunities/?status=NEGOTIATING")
    page.locator("a.row-title").first.click()
    page.locator("main h1").wait_for()


def contract(page: Page) -> None:
    """Open a contract."""
    page.goto("/contracts/")
    page.locator("a.row-title").first.click()
    page.locator("main h1").wait_for()


def draft(page: Page) -> None:
    """Open a draft in which a deadline is shorter."""
    page.set_default_timeout(PATIENCE)
    page.goto("/drafts/new")
    chinese = page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator("#title").fill("缩短线索验证时限" if chinese else "Leads are verified sooner")
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(r"/drafts/\d+$"))
    changed = page.evaluate(SHORTEN, [f"{page.url}/files/{FILE}", r"P\d+D", "P1D"])
    assert changed == HTTPStatus.OK
    page.reload()
    page.locator("main h1").wait_for()


def designer(page: Page) -> None:
    """Open the designer on a file of the draft that was opened last, with a task chosen."""
    page.set_default_timeout(PATIENCE)
    page.goto("/drafts/")
    page.locator("a.row-title").first.click()
    page.wait_for_url(re.compile(r"/drafts/\d+$"))
    page.goto(page.url.replace("/drafts/", "/designer/") + f"/{FILE}")
    page.locator(".djs-container .djs-shape").first.wait_for()
    page.wait_for_timeout(SETTLE)
    page.locator(".djs-element[data-element-id='screen_lead'] .djs-hit").first.click(force=True)


FILE = "lead_verify.bpmn"
SHORTEN = """async ([address, pattern, instead]) => {
    const token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
    const { content, version } = await (await fetch(address)).json();
    const body = JSON.stringify({ content: content.replace(new RegExp(pattern), instead), version });
    const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token };
    return (await fetch(address, { method: 'PUT', headers, body })).status;
}"""
"""What the designer does when it saves."""

PICTURES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "inbox": ("lin", inbox),
    "task": ("suran", task),
    "leads": ("lin", leads),
    "lead": ("suran", lead),
    "opportunity": ("anrui", opportunity),
    "contract": ("cheng", contract),
    "draft": ("ouyang", draft),
    "designer": ("ouyang", designer),
}
"""By the name of the picture: who looks, and how they get there."""
ONLY_WIDE = {"leads", "draft", "designer"}
"""Pages of people who sit at a desk, and lists."""


def main() -> None:
    """Write every picture in both languages and both sizes into ``docs/images``."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running(Path(data), seeded(Path(data))) as product,
        chromium() as browser,
    ):
        visitor = Visitor(browser, product.address, product.passwords)
        for short, language in LANGUAGES.items():
            for ending, size in SIZES.items():
                for name, (username, show) in PICTURES.items():
                    if ending and name in ONLY_WIDE:
                        continue
                    page = visitor.sign_in(username, language=language, size=size)
                    show(page)
                    page.wait_for_timeout(SETTLE)
                    path = IMAGES / f"{name}-{short}{ending}.png"
                    page.screenshot(path=path)
                    print(path.relative_to(ROOT), flush=True)
                visitor.leave()


if __name__ == "__main__":
    main()
