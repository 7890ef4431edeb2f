"""The pages of the designer without a browser: who may open them, and the diagram in words."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from tests.web.conftest import Site
from tests.web.drafting import opened, send

FILE = "lead_verify.bpmn"
CONTENT = Path("processes", FILE).read_text("utf-8")


class Buttons(HTMLParser):
    """What the steps in words are called, by the element that they lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._element: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "button" and given.get("class") != "words-way":
            self._element = given.get("data-element")

    def handle_data(self, data: str) -> None:
        if self._element:
            self.found[self._element] = data.strip()
            self._element = None


def test_only_those_who_answer_for_processes_open_the_designer(leads_site: Site) -> None:
    draft = opened(leads_site)
    page = leads_site.browser("ouyang").get(f"/designer/{draft}/{FILE}")
    assert page.status_code == 200
    assert "style-src-attr 'unsafe-inline'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    seller = leads_site.browser("suran")
    assert seller.get(f"/designer/{draft}/{FILE}").status_code == 403
    assert send(seller, "POST", "/designer/words", {"content": CONTENT}).status_code == 403
    assert leads_site.browser("ouyang").get(f"/designer/{draft}/no_such.bpmn").status_code == 404
    assert leads_site.browser("ouyang").get(f"/designer/{draft + 1}/{FILE}").status_code == 404


def test_a_diagram_reads_as_numbered_steps_in_the_language_of_the_reader(leads_site: Site) -> None:
    owner = leads_site.browser("ouyang")
    owner.get("/inbox")
    said = send(owner, "POST", "/designer/words?lang=en", {"content": CONTENT}).text
    steps = list(Buttons(said).found.items())
    assert steps[:3] == [
        ("verify_begun", "Lead submitted"), ("screen_lead", "Screen lead"), ("screened", "Worth verifying?"),
    ]  # fmt: skip
    assert "Keep: on to step 4, Verify lead in depth" in said
    assert "Lead screener (AR)" in said
    assert len(steps) == CONTENT.count("<bpmndi:BPMNShape") - CONTENT.count("<bpmn:lane ") - 1
    chinese = send(owner, "POST", "/designer/words?lang=zh_CN", {"content": CONTENT}).text
    assert Buttons(chinese).found["screened"] == "值得验证吗？"
    assert "保留：转到第 4 步（深入验证线索）" in chinese
    hostile = '<!DOCTYPE x [<!ENTITY y "z">]>' + CONTENT.split("?>", 1)[1]
    assert "DOCTYPE" in send(owner, "POST", "/designer/words?lang=en", {"content": hostile}).text
    assert send(owner, "POST", "/designer/words", {"content": 7}).status_code == 422
