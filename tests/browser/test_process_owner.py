"""A process owner at work in Chinese: a question and an approval drawn into the four-step flow, and mended."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Visitor
from tests.browser.test_designer import box_of_the_mark, choose, entry, kept, open_file, saved, type_in
from tests.browser.test_pages import assert_chinese

AUTHOR = "zhengyi"
FILE = "four_step_verify.bpmn"
TITLE = "大额机会点先过销售主管"
GATEWAY, TASK, LANE, FORM = "is_large", "approve_large", "four_step_verify_lane_manager", "approve_large_opportunity"
WORDS = "大额机会点审批"
LONG = 90_000
"""How long the checks of a whole draft may take, in milliseconds, on a machine that does other things too."""


def shape(page: Page, element: str) -> Locator:
    return page.locator(f'.djs-element[data-element-id="{element}"]')


def centre(page: Page, element: str) -> tuple[float, float]:
    box = shape(page, element).locator(".djs-hit").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pad(page: Page, action: str) -> None:
    """Press one of the buttons around the element that is selected."""
    page.locator(f'.djs-context-pad.open .entry[data-action="{action}"]').click()


def selected(page: Page, kind: str) -> str:
    """Return the id of the element whose properties the panel shows, once it is of a kind."""
    name = page.locator(f'#panel [name^="{kind}_"][name$="-id"]')
    expect(name).to_be_visible()
    return name.input_value()


def name_it(page: Page, kind: str, element: str, chinese: str, english: str) -> None:
    """Give the element that was just drawn its names in both languages and an id that people can read."""
    drawn = selected(page, kind)
    type_in(page, f"{drawn}-name", chinese)
    type_in(page, f"{drawn}-other-name", english)
    entry(page, f"{drawn}-id").fill(element)
    page.keyboard.press("Tab")
    expect(entry(page, f"{element}-name")).to_have_value(chinese)


def draw_flow(page: Page, source: str, target: str) -> str:
    """Draw a flow between two elements and return its id; the panel shows it then."""
    canvas = page.locator("#canvas").bounding_box()
    assert canvas is not None
    page.mouse.click(canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] - 60)  # puts the buttons away
    shape(page, source).click()
    pad(page, "connect")
    page.mouse.move(*centre(page, target), steps=4)
    page.mouse.click(*centre(page, target))
    return selected(page, "Flow")


def called_file(page: Page, draft: int) -> None:
    """Open the diagram that the company's four-step flow calls for its first step, from the flow itself."""
    open_file(page, draft, "opportunity_four_step.bpmn")
    assert box_of_the_mark(page)["width"] >= 20
    choose(page, "verify")
    page.locator('[data-entry-id="verify-called"] a').click()
    page.locator(f'#designer[data-ready][data-path="{FILE}"]').wait_for(timeout=60_000)


def draw_lane(page: Page) -> None:
    box = shape(page, "pool_four_step_verify").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] / 2)
    pad(page, "lane-insert-below")
    lane = page.locator('.djs-shape[data-element-id^="Lane_"]')
    box = lane.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] / 2)
    name_it(page, "Lane", LANE, "销售主管", "Sales manager")
    entry(page, f"{LANE}-role").select_option(label="销售主管")


def draw_question(page: Page) -> None:
    choose(page, "take_up")
    page.locator('#words [data-element="take_up_to_judge_fit"]').click()
    pad(page, "delete")
    expect(shape(page, "take_up_to_judge_fit")).to_have_count(0)
    shape(page, "take_up").click()
    pad(page, "append.gateway")
    name_it(page, "Gateway", GATEWAY, "金额达到 500 万元？", "5 million yuan or more?")


def draw_task(page: Page) -> None:
    page.locator(".djs-palette .entry[data-action=create]").click()
    search = page.locator(".djs-popup-search input")
    search.fill("人工")
    search.press("End")  # the list listens to keys
    expect(page.locator(".djs-popup .entry")).to_have_count(1)
    search.press("Enter")
    lane = shape(page, LANE).bounding_box()
    assert lane is not None
    place = (centre(page, GATEWAY)[0] + 50, lane["y"] + lane["height"] / 2)
    page.mouse.move(*place, steps=4)
    page.mouse.click(*place)
    name_it(page, "Activity", TASK, WORDS, "Approve large opportunity")
    large = draw_flow(page, GATEWAY, TASK)
    type_in(page, f"{large}-name", "是")
    type_in(page, f"{large}-other-name", "Yes")
    draw_flow(page, TASK, "judge_fit")
    other = draw_flow(page, GATEWAY, "judge_fit")
    type_in(page, f"{other}-name", "否")
    type_in(page, f"{other}-other-name", "No")
    entry(page, f"{other}-default").check()


def mend(page: Page) -> None:
    """See what the checks say of what is half drawn, be led to it, and mend it."""
    page.locator("#tab-problems").click()
    problem = page.locator("#problem-list .problem-error").filter(has_text="是 连线没有条件")
    expect(problem).to_be_visible(timeout=LONG)
    problem.locator("button").click()
    large = selected(page, "Flow")
    type_in(page, f"{large}-condition-field", "expected_amount")
    entry(page, f"{large}-condition-comparison").select_option(">=")
    type_in(page, f"{large}-condition-value", "500")

    problem = page.locator("#problem-list .problem").filter(has_text=WORDS)
    expect(problem.first).to_be_visible(timeout=LONG)
    problem.first.locator("button").click()
    entry(page, f"{TASK}-new-form").click()
    expect(entry(page, f"{TASK}-form")).to_have_value(f"{FORM}.schema.json")
    page.locator(f'[data-switch="{TASK}-at_level"] button[value=value]').click()
    entry(page, f"{TASK}-at_level").select_option(label="地区部")
    type_in(page, f"{TASK}-due", "2")
    type_in(page, f"{TASK}-documentation", "Can the office carry an opportunity of this size?")
    type_in(page, f"{TASK}-documentation.zh_CN", "这么大的机会点，代表处接得住吗？")
    saved(page, "已于")
    expect(page.locator("#problem-count")).to_have_text("0", timeout=LONG)
    expect(page.locator("#problem-list")).to_contain_text("没有发现问题", timeout=LONG)
    assert_chinese(page)


def test_an_owner_draws_an_approval_for_large_amounts_and_mends_what_the_checks_say(visit: Visitor) -> None:
    page = visit.sign_in(AUTHOR, language="zh_CN")
    page.goto("/drafts/new")
    page.locator("[name=title]").fill(TITLE)
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(r"/drafts/\d+$"))
    draft = int(page.url.rpartition("/")[2])
    called_file(page, draft)
    draw_lane(page)
    draw_question(page)
    draw_task(page)
    mend(page)
    assert box_of_the_mark(page)["width"] >= 20
    assert json.loads(page.evaluate("document.body.dataset.untranslated ?? '[]'")) == []
    content = kept(page, draft, FILE)["content"]
    for text in ("expected_amount &gt;= 500000000", 'name="Approve large opportunity"', f'value="{WORDS}"', LANE):
        assert text in content
