"""What people and programs read when something is refused or breaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import errors
from engine.errors import LtcError
from tests.web.conftest import Site
from webui.errors import SENTENCES, sentence_for
from webui.security import public


def _family(of: type[LtcError]) -> Iterator[type[LtcError]]:
    for each in of.__subclasses__():
        yield each
        yield from _family(each)


def test_every_refusal_of_the_engine_has_words_of_its_own_class_or_of_its_kind() -> None:
    own = [each for each in _family(LtcError) if each.__module__ == "engine.errors"]
    assert len(own) > 12
    for each in own:
        sentence = sentence_for(each)
        assert sentence.title
        assert sentence.advice
        assert each.http_status == 500 or sentence is not SENTENCES[errors.Fault], each


@pytest.mark.parametrize(
    ("refusal", "status", "english", "chinese"),
    [
        (errors.WorkItemAlreadyDone(work_item=7), 409, "This task is already done.", "这项任务已经完成了。"),
        (errors.WorkItemNotFound(work_item=7), 404, "There is no such task for you.", "没有属于您的这项待办。"),
        (errors.NotAllowed(), 403, "You may not do this.", "您没有权限进行此操作。"),
        (errors.StalePage(), 409, "The case has moved on", "流程已经往下走了"),
        (errors.InvalidAnswers({"pains.0.post": ["needed"]}), 422, "Some answers are not complete", "还没有填好"),
    ],
)
def test_a_refusal_is_a_page_with_a_way_on_and_json_for_programs(
    empty_site: Site, refusal: LtcError, status: int, english: str, chinese: str
) -> None:
    @public
    def refuse() -> str:
        raise refusal

    empty_site.app.add_url_rule("/refuse", "refuse", refuse)
    browser = empty_site.browser()
    page = browser.get("/refuse", headers={"Accept-Language": "en", "Accept": "text/html"})
    assert page.status_code == status
    assert english in page.text
    assert 'href="/sign-in"' in page.text
    assert chinese in browser.get("/refuse", headers={"Accept-Language": "zh"}).text
    answer = browser.get("/refuse", headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"] == type(refusal).__name__
    assert english in answer.json["message"]


def test_what_the_form_misses_is_named(empty_site: Site) -> None:
    @public
    def refuse() -> str:
        raise errors.InvalidAnswers({"pains.0.post": ["is needed"]})

    empty_site.app.add_url_rule("/refuse", "refuse", refuse)
    answer = empty_site.browser().get("/refuse", headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["fields"] == {"pains.0.post": ["is needed"]}


def test_a_fault_tells_a_number_that_stands_in_the_log_and_nothing_else(
    empty_site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    @public
    def break_down() -> str:
        raise ZeroDivisionError("secret detail")

    empty_site.app.add_url_rule("/break", "break", break_down)
    page = empty_site.browser().get("/break")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    number = page.text.split("Number of this fault: ")[1].split("<")[0]
    assert f"fault {number} at GET /break" in caplog.text


def test_a_page_that_does_not_exist_leads_back_to_the_inbox(site: Site) -> None:
    page = site.browser("suran").get("/nowhere")
    assert page.status_code == 404
    assert "There is no such page, or not for you." in page.text
    assert "To the inbox" in page.text


def test_a_form_address_opened_as_a_page_says_so(site: Site) -> None:
    page = site.browser("suran").get("/inbox/1/claim")
    assert page.status_code == 405
    assert "POST" in page.headers["Allow"]
    assert "This page cannot be opened like that." in page.text
    assert "Back to the page" not in page.text


def test_what_is_refused_leads_back_to_the_page_of_ours_that_it_was_sent_from(site: Site) -> None:
    browser = site.browser("suran")
    ours, theirs = (
        browser.post("/leads/99/nowhere", headers={"Referer": f"http://{host}/leads/?q=a&page=2"}).text
        for host in ("localhost", "localhost.example")
    )
    assert '<a class="btn" href="http://localhost/leads/?q=a&amp;page=2">Back to the page</a>' in ours
    assert "Back to the page" not in theirs
