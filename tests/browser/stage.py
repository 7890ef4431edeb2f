"""A story of the company played through its pages: everybody at a screen of their own, the clock in our hands."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from engine.database import reading
from engine.inbox.records import WorkItem
from engine.instances.records import ProcessInstance
from engine.jobs.draining import settle
from engine.releases import queries as releases
from engine.releases.operations import read_folder
from engine.scenarios import Played, Scenario, play_step, read, told_answers, work_item_of
from engine.scenarios.stories import Step
from engine.settings import Settings
from handlers.organisation import passwords
from handlers.organisation import queries as organisation
from tests.browser.people import Visitor, answer
from tests.browser.test_pages import assert_chinese, assert_fits
from webui.app import create_app
from webui.demo import stories
from webui.forms.amounts import in_wan
from webui.runtime import Runtime
from webui.scenarios import DemoWorld, demo_world

FILES = read_folder(Path(__file__).resolve().parents[2] / "processes")
PASSWORD = "the-password-of-the-tests"
HAN = re.compile(r"[\u4e00-\u9fff]")
WORDING = "main:has(#task-form) h1, h2, .form-section h3, legend, label, .form-hint, .guide, .tabs, .form-do"
"""What the product says itself; what people wrote may be in any language, also behind the dot of a task's title."""
DOT = " · "


class Stage:
    """The demo company at its screens. Every second person who comes in reads English."""

    def __init__(self, world: DemoWorld, visitor: Visitor) -> None:
        self.world, self.visitor = world, visitor
        self.told: Played
        self.screens: dict[str, Page] = {}
        self.languages: dict[str, str] = {}
        self._usual = read({path: content for path, content in FILES.items() if path.startswith("scenarios/usual/")})[1]

    def begin(self, scenario: Scenario) -> None:
        """Turn the clock to the day on which the story begins."""
        self.world.clock.set(scenario.at)
        self.told = Played(scenario)

    def screen(self, username: str) -> Page:
        """Return the screen of somebody, who signs in when they come for the first time."""
        if username not in self.screens:
            self.languages[username] = ("zh_CN", "en")[len(self.screens) % 2]
            self.screens[username] = self.visitor.sign_in(username, language=self.languages[username])
        return self.screens[username]

    def speak(self, username: str, language: str) -> None:
        """Let somebody read the page, and those that follow, in another language."""
        self.visitor.speak(self.screen(username), language)
        self.languages[username] = language

    def play(self, step: Step) -> None:
        """Play one step: what people do goes through their pages; the rest is time and what must hold."""
        if step.start is not None:
            self._start(step)
        elif step.do is not None:
            self._do(step)
        else:
            assert play_step(step, self.world, self._usual, self.told) == [], step
        self.settle()

    def settle(self) -> None:
        """Let the background work be done that a worker does."""
        settle(self.world.room, self.world.factory)

    def understand(self, username: str) -> None:
        """Look whether the page fits the screen and speaks the language of its reader, and that one only."""
        page = self.screens[username]
        assert_fits(page)
        if self.languages[username] == "zh_CN":
            assert_chinese(page)
        else:
            left = [text for text in page.locator(WORDING).all_inner_texts() if HAN.search(text.split(DOT)[0])]
            assert not left, f"{page.url} says {left} to an English reader"

    def record_id(self, case: str) -> int:
        """Return the id of the lead, opportunity or contract that a case of the story is about."""
        with reading(self.world.factory) as session:
            found = session.get_one(ProcessInstance, self.told.instances[case]).record_id
        assert found is not None
        return found

    def _start(self, step: Step) -> None:
        username = step.by or ""
        with reading(self.world.factory) as session:
            program = releases.program(session, releases.current(session).id)
            first = next(each for (_, element), each in program.elements.items() if element == step.do)
            answers = self._answers(session, step, program.form(first.properties["formJsonSchemaFilename"]))
        page = self.screen(username)
        page.goto("/start/")
        page.locator(f'ul.startable a[href="/start/{step.start}"]').click()
        page.locator("#task-form").wait_for()
        self.understand(username)
        answer(page, answers)
        with reading(self.world.factory) as session:
            self.told.instances[step.case] = session.scalars(
                sa.select(ProcessInstance.id).where(ProcessInstance.process_id == step.start)
            ).one()

    def _do(self, step: Step) -> None:
        with reading(self.world.factory) as session:
            item = work_item_of(step, session, self.world, self.told.instances[step.case])
            assert item is not None, f"nobody is asked to {step.do} {step.about}"
            by = self.world.person(session, step.by) if step.by else self.world.anybody_for(session, item)
            username = organisation.user(session, by.user_id or 0).username
            program = releases.program(session, session.get_one(ProcessInstance, item.instance_id).release_id)
            answers = self._answers(session, step, program.form(item.form) if item.form else {})
        first, page = username not in self.screens, self.screen(username)
        self._open(page, item, at_once=not first)
        self.understand(username)
        answer(page, answers)

    @staticmethod
    def _open(page: Page, item: WorkItem, *, at_once: bool) -> None:
        """Open a task: claimed in the inbox when it waits for a role, otherwise found there or by its address."""
        address, mine = f"/tasks/{item.id}", item.assignee_id is not None
        if mine and at_once:
            if not page.url.endswith(address):
                page.goto(address)
            return
        page.goto("/inbox/" if mine else "/inbox/?box=roles")
        row = page.locator("li.task").filter(has=page.locator(f"#task-{item.id}"))
        with page.expect_navigation():
            row.locator("a.row-title" if mine else ".btn-claim").click()

    def _answers(self, session: Session, step: Step, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return what somebody enters: the answers of the story, files by their names, amounts in 万元."""
        told = told_answers(step, step.do or "", session, self.world, self._usual, self.told, lambda name: name)
        entered: dict[str, Any] = _entered(told, _asked(schema))
        return entered


def _entered(value: Any, schema: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _entered(each, schema.get(name, {})) for name, each in value.items()}
    if isinstance(value, list):
        return [_entered(each, _asked(schema.get("items", {}))) for each in value]
    return in_wan(value) if schema.get("x-unit") == "fen" else value


def _asked(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return every question of a form by name, those included that only some answers open."""
    found = dict(schema.get("properties", {}))
    parts = [schema.get("then"), schema.get("else"), *schema.get("allOf", ())]
    for part in [*parts, *schema.get("dependentSchemas", {}).values()]:
        if isinstance(part, Mapping):
            found |= _asked(part)
    return found


@contextmanager
def staged(browser: Browser, data: Path) -> Iterator[Stage]:
    """Found the demo company, serve its pages from a thread of this process, and let its people come in.

    Whatever a browser complained about meanwhile fails in the end.
    """
    settings = Settings.from_environment({"LTC_DATA": str(data)})
    everybody = {person.username: PASSWORD for person in stories.organisation().people}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        with demo_world(FILES, settings.zone, everybody) as world:
            product = Runtime(settings, world.engine, world.factory, world.room, world.directory)
            server = make_server("127.0.0.1", 0, create_app(settings, product=product), threaded=True)
            logging.getLogger("werkzeug").setLevel(logging.WARNING)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            visitor = Visitor(browser, f"http://127.0.0.1:{server.server_port}", everybody)
            try:
                yield Stage(world, visitor)
            finally:
                visitor.leave()
                server.shutdown()
                server.server_close()
            assert not visitor.complaints, visitor.complaints
