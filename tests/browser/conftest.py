"""The real product in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import SECONDS, Visitor, chromium
from tests.browser.served import Product, served


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demo company, served for all browser tests of this process."""
    own = tmp_path_factory.getbasetemp()
    together = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with served(together, own / "served") as running:
        yield running


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
