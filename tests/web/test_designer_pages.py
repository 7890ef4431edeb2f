"""The pages of the designer without a browser: who may open them, and the diagram in words."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import sqlalchemy as sa

from engine.database import transaction
from engine.instances.records import ProcessInstance
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


def test_a_table_answers_typed_values_and_tells_the_rows_that_fit(leads_site: Site) -> None:
    owner = leads_site.browser("ouyang")
    draft = opened(leads_site)
    page = owner.get(f"/designer/{draft}/decisions/lead_exit.dmn")
    assert "style-src 'self' 'unsafe-inline'" in page.headers["Content-Security-Policy"]
    content = Path("processes", "decisions", "lead_exit.dmn").read_text("utf-8")

    def ask(**data: object) -> dict[str, object]:
        found: dict[str, object] = send(
            owner, "POST", "/designer/decide?lang=en", {"content": content, "data": data}
        ).json
        return found

    assert ask(need_remains=False) | {"names": 0} == {
        "names": 0, "rows": ["lead_exit_rule_1"], "answer": {"advice": "CLOSE"}, "problem": "",
    }  # fmt: skip
    assert [each["name"] for each in ask()["names"]] == [  # type: ignore[attr-defined]
        "need_remains", "pain_acknowledged", "kdm_met", "amount_and_date_known", "idle_days",
    ]  # fmt: skip
    twice = content.replace("not(&gt;= 180)", "-")
    both = send(owner, "POST", "/designer/decide?lang=en", {"content": twice, "data": {"idle_days": 200}}).json
    assert both["rows"] == ["lead_exit_rule_7", "lead_exit_rule_8"]
    assert "allows only one" in both["problem"]
    assert "compared" in str(ask(pain_acknowledged=False, idle_days="many")["problem"])
    assert send(owner, "POST", "/designer/decide", {"content": content, "data": {"x": [1]}}).status_code == 422
    assert send(owner, "POST", "/designer/decide", {"content": "<no", "data": {}}).json["problem"]


def test_a_trial_plays_what_stands_on_the_page_and_leaves_no_trace(leads_site: Site) -> None:
    owner, draft = leads_site.browser("ouyang"), opened(leads_site)
    given = {"path": FILE, "content": CONTENT, "data": {"screening": "keep", "verdict": "invalid"}}
    first = send(owner, "POST", f"/designer/{draft}/try", given).json["acts"]
    assert [(act["kind"], act["open"]) for act in first] == [("start", ["screen_lead"])]
    further = send(owner, "POST", f"/designer/{draft}/try", {**given, "steps": ["screen_lead"]}).json["acts"]
    assert further[0] == first[0]
    assert (further[1]["ran"][:2], further[1]["open"]) == (["screen_lead", "screened"], ["verify_lead"])
    end = send(owner, "POST", f"/designer/{draft}/try", {**given, "finish": True}).json["acts"]
    assert end[-1]["how"] == "completed"
    assert "invalid" in end[-1]["ran"]
    changed = CONTENT.replace('verdict == "valid"', 'verdict == "invalid"')
    other = send(owner, "POST", f"/designer/{draft}/try", {**given, "content": changed, "finish": True}).json["acts"]
    assert "score_lead" in {each for act in other for each in act["ran"]}
    assert send(owner, "POST", f"/designer/{draft}/try", {**given, "content": "<no"}).json["problems"]
    with transaction(leads_site.product.sessions) as session:
        assert not session.scalar(sa.select(sa.func.count()).select_from(ProcessInstance))


def test_a_form_is_shown_as_it_stands_on_the_page_with_the_answers_given_so_far(leads_site: Site) -> None:
    owner, draft = leads_site.browser("ouyang"), opened(leads_site)
    there = owner.get(f"/designer/{draft}/forms/lead_verify.schema.json")
    assert "script-src 'self'" in there.headers["Content-Security-Policy"]
    assert "unsafe" not in there.headers["Content-Security-Policy"]
    to_schema = owner.get(f"/designer/{draft}/forms/lead_verify.ui.json")
    assert to_schema.headers["Location"].endswith("/forms/lead_verify.schema.json")
    files = [Path("processes", "forms", f"lead_verify.{kind}.json").read_text("utf-8") for kind in ("schema", "ui")]
    given = {"schema": files[0], "ui": files[1], "answers": [["verdict", "merge"]]}
    said = send(owner, "POST", "/designer/form-preview?lang=en", given).text
    assert "Merge into lead" in said
    assert "Merge into lead" not in send(owner, "POST", "/designer/form-preview?lang=en", {**given, "answers": []}).text
    assert "并入哪条线索" in send(owner, "POST", "/designer/form-preview?lang=zh_CN", given).text
    broken = send(owner, "POST", "/designer/form-preview?lang=en", {**given, "schema": '{"type": 7}'})
    assert "cannot be shown" in broken.text
    assert send(owner, "POST", "/designer/form-preview", {**given, "answers": [["verdict", 1]]}).status_code == 422
