"""A form that comes again begins with what was answered last, and with nothing that was left empty then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from engine.database import transaction
from engine.directory import SYSTEM
from engine.releases.operations import deploy
from handlers.lead.records import Lead
from handlers.opportunity.records import Opportunity
from tests.diagrams import Diagram, form
from tests.web.conftest import Site
from tests.web.lead_pages import next_page

NAMES = {"mood": "Mood", "note": "Note", "why": "Why"}


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "title": NAMES[name], "x-title-zh": NAMES[name], **more}


FORM = form(
    "again",
    {
        "properties": {"mood": field("mood"), "note": field("note", maxLength=9_000)},
        "allOf": [
            {"if": {"properties": {"mood": {"const": "bad"}}, "required": ["mood"]},
             "then": {"properties": {"why": field("why")}}},
        ],
        "additionalProperties": True,
    },
    {name: {"ui:options": {"defaultFrom": name}} for name in NAMES},
)  # fmt: skip


@pytest.fixture
def rounds(site: Site) -> Site:
    """A process whose one form comes again until the mood is good."""
    diagram = Diagram("again").start().task("ask", "submitter", form="again").end()
    diagram.gateway("good", "exclusive", default="good_to_ask").line("begin", "ask", "good", "ask")
    diagram.flow("good", "done", 'mood == "good"')
    with transaction(site.product.sessions) as session:
        deploy(session, diagram.file() | FORM, by=SYSTEM, now=site.clock.now())
    return site


def test_what_was_left_empty_is_not_proposed_again_short_or_long(rounds: Site) -> None:
    browser = rounds.browser("suran")
    browser.get("/start/again")
    long = "long " * 1_000
    task = next_page(browser.post("/start/again", {"mood": "bad", "why": "it rains", "note": long}))
    page = browser.get(task).text
    assert 'value="bad"' in page
    assert 'value="it rains"' in page
    assert 'value="long long' in page
    task = next_page(browser.post(task, {"mood": "so so", "why": "it rains"}))
    page = browser.get(task).text
    assert 'value="so so"' in page
    assert 'value="long' not in page
    task = next_page(browser.post(task, {"mood": "bad"}))
    page = browser.get(task).text
    assert 'name="why"' in page
    assert 'value="it rains"' not in page


ASKED: dict[str, dict[str, Any]] = {
    "lead": {
        "title": {"type": "string"},
        "contact_name": {"type": "string"},
        "expected_amount": {"type": "integer"},
        "expected_decision_on": {"type": "string", "format": "date"},
        "secrecy": {"type": "boolean"},
        "need_real": {"type": "boolean"},
    },
    "opportunity": {
        "name": {"type": "string"},
        "winner": {"type": "string"},
        "budget": {"type": "integer"},
        "suspended_until": {"type": "string", "format": "date"},
        "strategic": {"type": "boolean"},
        "has_tender": {"type": "boolean"},
    },
}
SAID = {"string": "said", "integer": "12", "date": "2026-12-24", "boolean": "true"}
KEPT: dict[str, type[Lead | Opportunity]] = {"lead": Lead, "opportunity": Opportunity}


@pytest.mark.parametrize("kind", ASKED)
def test_what_was_left_empty_when_it_was_asked_again_is_empty_in_the_record(site: Site, kind: str) -> None:
    fields = {name: {**each, "title": name, "x-title-zh": name} for name, each in ASKED[kind].items()}
    diagram = Diagram("twice", record=kind).start().task("ask", "submitter", form="twice")
    diagram.task("again", "submitter", form="twice").end("over").line("begin", "ask", "again", "over")
    with transaction(site.product.sessions) as session:
        files = diagram.file() | form("twice", {"properties": fields, "additionalProperties": True}, {})
        deploy(session, files, by=SYSTEM, now=site.clock.now())
    browser = site.browser("suran")
    browser.get("/start/twice")
    said = {name: SAID[each.get("format", each["type"])] for name, each in ASKED[kind].items()}
    again = next_page(browser.post("/start/twice", said))

    def told() -> list[Any]:
        with transaction(site.product.sessions) as session:
            record = session.scalars(sa.select(KEPT[kind])).one()
            return [getattr(record, name) for name in fields]

    assert told() == ["said", "said", 12, date(2026, 12, 24), True, True]
    browser.post(again, {next(iter(fields)): "as before"})
    assert told() == ["as before", None, None, None, False, None]
