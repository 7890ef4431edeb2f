"""Somebody at a screen: signs in, looks around, fills in forms, and hears what the browser complains about."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    sync_playwright,
)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
LOCALES = {"en": "en-US", "zh_CN": "zh-CN"}
LOOK = """fields => fields.length
    ? [fields[0].type, fields[0].value, fields[0].closest('.question[hx-post]') !== null]
    : null"""
"""What kind of field it is, what stands in it, and whether the form asks the server what an answer opens."""
SECONDS = 15_000
"""How long a page may take, in milliseconds, on a machine that does other things too."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium that has no windows at all: it takes less than half the time of the one for a desktop."""
    path = shutil.which("chromium-headless-shell")
    assert path is not None, "this needs the Debian package chromium-headless-shell"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Visitor:
    """Opens pages as one person after another; ``complaints`` collects errors of scripts and of the page's policy."""

    def __init__(self, browser: Browser, address: str, passwords: Mapping[str, str]) -> None:
        self._browser, self._address, self._passwords = browser, address, passwords
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def sign_in(self, username: str, *, language: str = "en", size: ViewportSize = WIDE) -> Page:
        """Return the first page that ``username`` sees, in ``language``, on a screen of ``size``."""
        page = self.stranger(language=language, size=size)
        page.goto("/sign-in")
        page.locator('[name="username"]').fill(username)
        page.locator('[name="password"]').fill(self._passwords[username])
        page.locator("main form button.btn-primary").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        self.speak(page, language)
        return page

    def stranger(self, *, language: str = "en", size: ViewportSize = WIDE) -> Page:
        """Return an empty page of somebody who has not signed in."""
        context = self._browser.new_context(
            base_url=self._address,
            viewport=size,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(SECONDS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    @staticmethod
    def speak(page: Page, language: str) -> None:
        """Switch the product to ``language``, if it does not speak it already."""
        button = page.locator(f'.language-switch button[name="language"][value="{language}"]')
        if button.count():
            button.click()
            page.locator(f'html[lang="{"zh-CN" if language == "zh_CN" else "en"}"]').wait_for()

    def leave(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _hear(self, message: ConsoleMessage) -> None:
        # a form that is refused answers 422, which Chromium reports like an error although the page handles it
        if message.type == "error" and "422" not in message.text:
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")


def open_task(page: Page, title: str, case: str) -> None:
    """Open the task ``title`` of the case that ``case`` finds, claiming it when it waits for a role."""
    mine = _find(page, "mine", title, case)
    if not mine.count():
        _find(page, "roles", title, case).first.locator(".btn-claim").click()
        page.wait_for_load_state()
        mine = _find(page, "mine", title, case)
    mine.first.locator("a.row-title").click()
    page.locator("#task-form").wait_for()


def _find(page: Page, box: str, title: str, case: str) -> Locator:
    page.goto("/inbox?" + urlencode({"box": box, "q": case}))
    return page.locator("li.task").filter(has=page.get_by_role("link", name=title, exact=True))


def answer(page: Page, answers: Mapping[str, Any], *, submissions: int = 3) -> None:
    """Fill in the form on the page and submit it; questions that another answer opens may come one page later."""
    left = dict(answers)
    for _ in range(submissions):
        left = _fill_in(page, left)
        with page.expect_navigation():
            page.locator("#task-form .form-do .btn-primary").click()
        if not page.locator("#errors").count():
            assert not left, f"nobody asked for {sorted(left)}"
            return
    raise AssertionError(page.locator("#errors").inner_text())


def _fill_in(page: Page, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what is asked, and what that opens; return what is not asked for yet."""
    left = dict(answers)
    while left:
        still = {name: value for name, value in left.items() if not _fill(page, name, value)}
        if len(still) == len(left):
            break
        left = still
    return left


def _fill(page: Page, name: str, value: Any) -> bool:
    """Fill in one answer; return whether the page asks for it."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return _fill_table(page, name, value)
    fields = page.locator(f'#task-form [name="{name}"]')
    found = fields.evaluate_all(LOOK)
    if found is None:
        return False
    kind, present, asks = found
    if kind in {"radio", "checkbox"}:
        for each in value if isinstance(value, list) else [value]:
            text = str(each).lower() if isinstance(each, bool) else str(each)
            choice = page.locator(f'#task-form [name="{name}"][value="{text}"]')
            if not choice.is_checked():
                _and_wait(page, choice.check, asks=asks)
    elif kind == "file":
        _upload(page, name, value if isinstance(value, list) else [value])
    elif present == str(value):
        pass
    elif kind == "select-one":
        _and_wait(page, lambda: fields.select_option(str(value)), asks=asks)
    else:
        fields.fill(str(value))
        if asks:
            _and_wait(page, fields.blur, asks=asks)
    return True


def _upload(page: Page, name: str, filenames: list[str]) -> None:
    upload = page.locator(f'#task-form input[type="file"][name="{name}"]')
    for each in filenames:
        file = FilePayload(name=each, mimeType="text/plain", buffer=f"{each}\n".encode())
        with page.expect_response(lambda response: response.request.method == "POST"):
            upload.set_input_files(file)
        page.locator(".kept-files").get_by_text(each).wait_for()


def _and_wait(page: Page, act: Callable[[], object], *, asks: bool) -> None:
    """Answer a question; when the form ``asks`` the server what follows from it, wait for it to be there again."""
    if not asks:
        act()
        return
    with page.expect_response(lambda response: response.request.method == "POST"):
        act()
    page.locator(BUSY).first.wait_for(state="detached")


def _fill_table(page: Page, name: str, rows: list[dict[str, Any]]) -> bool:
    add = page.locator(f'#task-form button[name="row"][value="add:{name}"]')
    if not add.count():
        return False
    for number, row in enumerate(rows):
        if not page.locator(f'#task-form [name^="{name}.{number}."]').count():
            with page.expect_response(lambda response: response.request.method == "POST"):
                add.click()
            page.locator(BUSY).first.wait_for(state="detached")
            page.locator(f'#task-form [name^="{name}.{number}."]').first.wait_for(state="attached")
        for column, value in row.items():
            assert _fill(page, f"{name}.{number}.{column}", value), f"{name}.{number}.{column}"
    return True
