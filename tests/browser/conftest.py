"""The real product in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import SECONDS, Visitor, chromium
from tests.browser.served import Product, running
from tests.demo import copied


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demo company, served for all browser tests of this process.

    Nobody works in the background: whoever opens a draft would have every story played, which no test here looks at.
    """
    data = tmp_path_factory.mktemp("served") / "demo"
    passwords = copied(tmp_path_factory, data)
    with running(data, passwords, worker=False) as serving:
        yield serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file: as long as it lives, an event loop runs in this process, which DBOS does not bear."""
    expect.set_options(timeout=SECONDS)
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, product: Product) -> Iterator[Visitor]:
    """People at their screens; whatever the browser complained about fails the test in the end."""
    visitor = Visitor(browser, product.address, product.passwords)
    yield visitor
    visitor.leave()
    assert not visitor.complaints
