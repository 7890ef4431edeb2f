"""What a rule of the company refuses: reason and cure on the page and in the API, answers kept, attempt on record."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from engine import service_tasks
from engine.database import transaction
from engine.directory import SYSTEM
from engine.errors import RuleRefused
from engine.releases.operations import deploy
from engine.service_tasks import Context, service_task
from engine.text import Text
from tests.diagrams import Diagram, form
from tests.web.conftest import Site
from tests.web.lead_pages import next_page
from tests.web.test_api import Program

REASON = Text("The tender closes before today.", "截标日期早于今天。")
CURE = Text("Enter the date of the bid document.", "请填写标书上的日期。")
FORM = form(
    "closing",
    {
        "properties": {
            "closes_on": {"type": "string", "title": "Closing date", "x-title-zh": "截标日期"},
            "remark": {"type": "string", "title": "Remark", "x-title-zh": "备注"},
        },
        "required": ["closes_on"],
    },
)


class Given(BaseModel):
    pass


@pytest.fixture
def ruled(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A process of two tasks with the same form; what is behind both refuses the year 2020."""
    monkeypatch.setattr(service_tasks, "_catalogue", dict(service_tasks.catalogue()))

    @service_task("test.closing", label=Text("Check", "检查"))
    def check(ctx: Context, _: Given) -> None:
        if str(ctx.data.get("closes_on", "")).startswith("2020"):
            raise RuleRefused(REASON, CURE, "closes_on" if ctx.data.get("remark") else None)

    diagram = (
        Diagram("closing").start().task("first", "everyone", form="closing").service("check_1", "test.closing", {})
    )
    diagram.task("second", "submitter", form="closing").service("check_2", "test.closing", {}).end()
    diagram.line("begin", "first", "check_1", "second", "check_2", "done")
    with transaction(site.product.sessions) as session:
        deploy(session, diagram.file() | FORM, by=SYSTEM, now=site.clock.now())
    return site


def test_the_reason_and_the_cure_stand_at_the_question_or_on_top_and_the_answers_stay(ruled: Site) -> None:
    browser = ruled.browser("suran")
    browser.get("/start/closing")
    refused = browser.post("/start/closing", {"closes_on": "2020-01-01", "remark": "as the customer wrote"})
    assert refused.status_code == 422
    assert 'href="#f-closes_on"' in refused.text
    assert refused.text.count(REASON.en) == 2, "in the summary and at the question"
    assert 'value="as the customer wrote"' in refused.text
    task = next_page(browser.post("/start/closing", {"closes_on": "2027-01-01"}))

    chinese = ruled.browser("suran")
    chinese.get(f"{task}?lang=zh_CN")
    above = chinese.post(f"{task}?lang=zh_CN", {"closes_on": "2020-01-01"})
    assert above.status_code == 422
    summary = above.text[above.text.index('id="errors"') :]
    assert REASON.zh in summary
    assert CURE.zh in summary
    assert 'value="2020-01-01"' in above.text
    history = chinese.get(f"{task}?lang=zh_CN").text
    assert f"未获通过：{REASON.zh}" in history
    assert history.count("未获通过") == 1
    assert browser.post(task, {"closes_on": "2027-01-01"}).status_code == 302, "the page is as good as before"


def test_a_program_reads_reason_cure_and_field_and_the_attempt_is_on_record(ruled: Site) -> None:
    browser, program = ruled.browser("suran"), Program(ruled, "suran")
    browser.get("/start/closing")
    item = next_page(browser.post("/start/closing", {"closes_on": "2027-01-01"})).rsplit("/", 1)[1]
    answers = {"closes_on": "2020-01-01", "remark": "x"}
    refused = program.post(f"/api/work-items/{item}/complete", {"answers": answers})
    assert refused.status_code == 422
    assert refused.json == {
        "error": "RuleRefused", "message": REASON.en, "advice": CURE.en, "fields": {"closes_on": [REASON.en]},
    }  # fmt: skip
    assert f"which was refused: {REASON.en}" in browser.get(f"/tasks/{item}").text


def test_a_program_cannot_send_what_no_case_of_its_own_waits_for(ruled: Site) -> None:
    program = Program(ruled, "suran")
    assert program.post("/api/messages", {"message": "bid.won"}).status_code == 422
    stranger = program.post("/api/messages", {"message": "bid.won", "business_key": "OP-202611-0001"})
    assert (stranger.status_code, stranger.json["error"]) == (404, "InstanceNotFound")  # type: ignore[index]
