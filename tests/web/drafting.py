"""What tests about drafts do again and again: open one, read and save its files as the designer does."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from engine.database import transaction
from engine.directory import Actor
from engine.drafts import operations
from engine.releases import queries as releases
from tests.web.conftest import Browser, Site

JSON = {"Accept": "application/json"}


def actor(site: Site, username: str) -> Actor:
    """Return a person of the cast as the engine knows them."""
    with transaction(site.product.sessions) as session:
        return site.product.directory.actor(session, site.users[username].id)


def opened(site: Site, username: str = "ouyang", title: str = "Faster distribution") -> int:
    """Open a draft of the current release; return its id."""
    by = actor(site, username)
    with transaction(site.product.sessions) as session:
        base = releases.current(session)
        return operations.open_draft(session, title=title, base=base, by=by, now=site.clock.now()).id


def send(browser: Browser, method: str, address: str, given: Any = None) -> TestResponse:
    """Send JSON as the scripts of a page do, with the token of the page."""
    headers = {**JSON, "X-CSRFToken": browser.token}
    return browser._client.open(address, method=method, json=given, headers=headers)


def read(browser: Browser, draft: int, path: str) -> dict[str, Any]:
    """Return one file of the draft with its version."""
    answer = browser.get(f"/drafts/{draft}/files/{path}", headers=JSON)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def save(browser: Browser, draft: int, path: str, content: str, version: int) -> TestResponse:
    """Save one file that was read at ``version``."""
    return send(browser, "PUT", f"/drafts/{draft}/files/{path}", {"content": content, "version": version})
