"""Process owners at work in the designer: draw, mend, undo, save; in both languages; under the strict policy."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from engine.clock import SystemClock
from engine.database import connect, sessions, transaction
from engine.drafts import operations
from engine.releases import queries as releases
from handlers.organisation.directory import OrganisationDirectory
from handlers.organisation.records import User
from tests.browser.people import NARROW, Visitor
from tests.browser.served import Product
from tests.browser.test_pages import assert_chinese, assert_fits

FILE = "lead_verify.bpmn"
OWNER = "ouyang"
expect.set_options(timeout=60_000)  # the whole draft is checked and compiled, on a machine that does other things too


@pytest.fixture
def draft(product: Product) -> int:
    """A draft of the current release."""
    engine = connect(f"sqlite:///{product.data / 'ltc-flow.db'}")
    with transaction(sessions(engine)) as session:
        owner = session.scalars(sa.select(User).where(User.username == OWNER)).one()
        by = OrganisationDirectory(SystemClock()).actor(session, owner.id)
        base = releases.current(session)
        opened = operations.open_draft(session, title="Faster", base=base, by=by, now=datetime.now(UTC)).id
    engine.dispose()
    return opened


def open_file(page: Page, draft: int, path: str = FILE) -> None:
    page.goto(f"/designer/{draft}/{path}")
    page.locator("#designer[data-ready]").wait_for(timeout=60_000)


def kept(page: Page, draft: int, path: str = FILE) -> dict[str, Any]:
    found: dict[str, Any] = page.request.get(f"/drafts/{draft}/files/{path}").json()
    return found


def choose(page: Page, element: str) -> None:
    """Select an element by its name in the list of steps."""
    if page.locator("#tab-words[aria-selected=false]").count():
        page.locator("#tab-words").click()
    page.locator(f'#words [data-element="{element}"]').click()
    page.locator(f'[data-entry-id="{element}-name"]').wait_for()


def entry(page: Page, name: str) -> Locator:
    return page.locator(f'#panel [name="{name}"]')


def type_in(page: Page, name: str, value: str) -> None:
    entry(page, name).fill(value)
    entry(page, name).press("Tab")


def saved(page: Page, words: str = "Saved at") -> None:
    expect(page.locator("#saved")).to_contain_text(words, timeout=60_000)


def box_of_the_mark(page: Page) -> dict[str, float]:
    """The box of the mark of bpmn.io, which must be there and uncovered."""
    mark = page.locator(".bjs-powered-by:visible").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    assert not mark.evaluate(
        """element => {
            const box = element.getBoundingClientRect();
            const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
            return !element.contains(top);
        }"""
    )
    return dict(box)


def test_an_owner_renames_a_step_and_sets_a_parameter_sees_a_problem_come_and_go_and_finds_all_saved(
    visit: Visitor, draft: int
) -> None:
    page = visit.sign_in(OWNER)
    before = kept(page, draft)
    open_file(page, draft)
    assert box_of_the_mark(page)["width"] >= 20

    # names and parameters, each one step to undo
    choose(page, "score_lead")
    type_in(page, "score_lead-name", "Give points")
    expect(page.locator('[data-element-id="score_lead"] .djs-label')).to_contain_text("Give points")
    type_in(page, "score_lead-parameter-need", "30")
    type_in(page, "score_lead-documentation", "Seven criteria")
    page.locator("[data-do=undo]").click()
    expect(entry(page, "score_lead-documentation")).to_have_value("")
    page.locator('[data-switch="score_lead-parameter-win"] button[value=field]').click()
    type_in(page, "score_lead-parameter-win", "win_chance")

    # a problem comes and goes
    page.locator("#tab-problems").click()
    entry(page, "score_lead-handler").select_option("")
    broken = page.locator("#problem-list .problem-error")
    expect(broken.first).to_contain_text("Give points")
    page.locator("[data-do=undo]").click()
    expect(page.locator("#problem-count")).to_have_attribute("data-tone", "good")
    expect(entry(page, "score_lead-parameter-need")).to_have_value("30")

    # a condition, typed as a comparison
    choose(page, "screened_to_merge_lead")
    expect(entry(page, "screened_to_merge_lead-condition-value")).to_have_value("duplicate")
    type_in(page, "screened_to_merge_lead-condition-field", "seen_before")
    expect(broken.first).to_contain_text("reads seen_before, which nothing before sets")
    type_in(page, "screened_to_merge_lead-condition-field", "screening_reason")
    saved(page)
    after = kept(page, draft)
    assert after["version"] > before["version"]
    assert 'screening_reason == "duplicate"' in after["content"]
    for text in ('name="Give points"', 'id="need" type="str" value="30"', 'id="win" type="str" value="win_chance"'):
        assert text in after["content"]
    assert "Seven criteria" not in after["content"]

    page.reload()
    page.locator("#designer[data-ready]").wait_for(timeout=60_000)
    expect(page.locator('[data-element-id="score_lead"] .djs-label')).to_contain_text("Give points")
    assert kept(page, draft)["version"] == after["version"], "looking changes nothing"
    assert page.locator("#problem-list .problem-error").count() == 0


def test_a_chinese_owner_works_in_chinese_and_the_english_stays(visit: Visitor, draft: int) -> None:
    page = visit.sign_in(OWNER, language="zh_CN")
    before = kept(page, draft)["content"]
    open_file(page, draft)
    choose(page, "screen_lead")
    type_in(page, "screen_lead-name", "快速筛选")
    expect(page.locator('[data-element-id="screen_lead"] .djs-label')).to_contain_text("快速筛选")
    for element in ("verify_begun", "screened", "grade_lead", "merge_lead"):
        choose(page, element)
    page.locator(".djs-palette .entry[data-action=create]").click()
    page.locator(".djs-popup-search input").fill("定时")
    page.keyboard.press("Escape")
    page.locator("#simulate").click()
    page.locator("#simulate").click()
    saved(page, "已于")
    assert_chinese(page)
    assert json.loads(page.evaluate("document.body.dataset.untranslated ?? '[]'")) == []
    content = kept(page, draft)["content"]
    assert 'id="screen_lead" name="Screen lead"' in content
    assert 'name="label.zh_CN" value="快速筛选"' in content
    assert "label.en" not in content
    assert content.count("label.zh_CN") == before.count("label.zh_CN")


def test_a_trial_goes_forward_and_back_on_the_diagram(visit: Visitor, draft: int) -> None:
    page = visit.sign_in(OWNER)
    open_file(page, draft)
    page.locator("#tab-try").click()
    page.locator("#try textarea").fill("screening = keep\nverdict = invalid")
    page.get_by_role("button", name="Start a trial").click()
    here = page.locator(".djs-shape.tried-here")
    expect(here).to_have_attribute("data-element-id", "screen_lead")
    page.get_by_role("button", name="Forward").click()
    expect(here).to_have_attribute("data-element-id", "verify_lead")
    page.get_by_role("button", name="Back").click()
    expect(here).to_have_attribute("data-element-id", "screen_lead")
    page.get_by_role("button", name="To the end").click()
    expect(page.locator(".try-completed")).to_be_visible()
    expect(page.locator('[data-element-id="invalid"].tried')).to_have_count(1)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".tried")).to_have_count(0)


def test_a_table_lights_up_the_row_that_fits_and_keeps_a_changed_cell(visit: Visitor, draft: int) -> None:
    path = "decisions/lead_exit.dmn"
    page = visit.sign_in(OWNER, language="zh_CN")
    open_file(page, draft, path)
    assert box_of_the_mark(page)["width"] >= 20
    page.locator("#ask [name=need_remains]").select_option("false")
    expect(page.locator("#answer")).to_contain_text("CLOSE")
    assert page.locator("#answer").get_attribute("data-rows") == "lead_exit_rule_1"
    assert page.locator('td.fits[data-row-id="lead_exit_rule_1"]').count() > 3
    cell = page.locator('td.output-cell[data-row-id="lead_exit_rule_1"]').first
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.type('"NURTURE"')
    expect(page.locator("#answer")).to_contain_text("NURTURE")
    saved(page, "已于")
    content = kept(page, draft, path)["content"]
    assert content.count('"NURTURE"</text>') == 4
    assert content.count("<rule ") == 8
    assert "What to do with the lead / 线索处理建议" in content
    assert_chinese(page)
    assert json.loads(page.evaluate("document.body.dataset.untranslated ?? '[]'")) == []


def test_a_form_gets_a_question_that_is_asked_sometimes_and_shows_itself(visit: Visitor, draft: int) -> None:
    path = "forms/lead_verify.schema.json"
    page = visit.sign_in(OWNER, language="zh_CN")
    untouched = json.loads(kept(page, draft, path)["content"])
    open_file(page, draft, path)
    page.locator("[name=new-name]").fill("site_visit")
    page.locator("[name=new-kind]").select_option("yes_no")
    page.locator("[data-add]").click()
    editor = page.locator("[data-question=site_visit]")
    editor.locator("[name=title]").fill("Did you go there?")
    editor.locator("[name=title]").press("Tab")
    editor.locator("[name=x-title-zh]").fill("去过现场？")
    editor.locator("[name=x-title-zh]").press("Tab")
    editor.locator("[name=required]").check()
    editor.locator("[name=when]").select_option("verdict")
    preview = page.locator("#preview")
    expect(preview).not_to_contain_text("去过现场？")
    preview.locator("input[name=verdict][value=valid]").check()
    expect(preview).to_contain_text("去过现场？")
    saved(page, "已于")
    form = json.loads(kept(page, draft, path)["content"])
    added = {"type": "boolean", "title": "Did you go there?", "x-title-zh": "去过现场？"}
    last = untouched["allOf"][3]
    asked = {"properties": last["then"]["properties"] | {"site_visit": added}, "required": ["site_visit"]}
    assert form["allOf"] == [*untouched["allOf"][:3], {**last, "then": last["then"] | asked}]
    assert form["unevaluatedProperties"] is False
    while page.locator("[data-do=undo]").is_enabled():
        page.locator("[data-do=undo]").click()
    expect(page.locator("#saved")).to_contain_text("尚未保存")
    saved(page, "已于")
    assert json.loads(kept(page, draft, path)["content"]) == untouched
    assert page.locator("#problem-list .problem-error").count() == 0
    assert_chinese(page)
    assert json.loads(page.evaluate("document.body.dataset.untranslated ?? '[]'")) == []


def test_whoever_saves_second_is_asked_whose_work_stays(visit: Visitor, draft: int) -> None:
    one, other = visit.sign_in(OWNER), visit.sign_in(OWNER)
    open_file(one, draft)
    open_file(other, draft)
    choose(one, "score_lead")
    type_in(one, "score_lead-name", "One")
    saved(one)
    choose(other, "score_lead")
    type_in(other, "score_lead-name", "Other")
    expect(other.locator("#conflict")).to_be_visible()
    visit.complaints.clear()  # Chromium reports the 409, which the page handles
    other.locator("#conflict button[value=theirs]").click()
    expect(other.locator('[data-element-id="score_lead"] .djs-label')).to_contain_text("One")
    saved(other, "Everything is saved")


def test_a_telephone_shows_the_diagram_to_read(visit: Visitor, draft: int) -> None:
    page = visit.sign_in(OWNER, size=NARROW)
    open_file(page, draft)
    assert page.locator(".djs-palette").count() == 0
    assert box_of_the_mark(page)["height"] >= 10
    assert_fits(page)
    page.locator("#tab-words").click()
    expect(page.locator("#words li").nth(20)).to_be_visible()
