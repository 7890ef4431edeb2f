"""Working through the inbox: search as one types, keys, and a list that keeps itself fresh."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.people import Visitor

SOON = 5_000


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_keys_move_through_the_tasks_and_claim_one(visit: Visitor) -> None:
    page = visit.sign_in("lin")
    page.goto("/inbox/?box=roles")
    tasks = page.locator("li.task")
    before = tasks.count()
    assert before >= 2
    ids = page.locator("a.row-title").evaluate_all("links => links.map(link => link.id)")
    page.locator("h1").click()
    page.keyboard.press("j")
    assert focused(page) == ids[0]
    page.keyboard.press("j")
    assert focused(page) == ids[1]
    page.keyboard.press("k")
    assert focused(page) == ids[0]
    page.keyboard.press("c")
    page.wait_for_url("**/tasks/*")
    page.goto("/inbox/?box=mine")
    mine = page.locator(f"li.task:has(#{ids[0]})")
    mine.locator(".btn-quiet").click()
    page.locator("#messages .message").wait_for()
    page.goto("/inbox/?box=roles")
    expect(tasks).to_have_count(before)


def test_typing_narrows_the_list_and_the_address_can_be_shared(visit: Visitor) -> None:
    page = visit.sign_in("suran")
    page.goto("/inbox/")
    number = page.locator("li.task .number").first.inner_text()
    assert page.locator("li.task").count() > 1
    page.keyboard.press("/")
    page.keyboard.type(number)
    expect(page.locator("li.task")).to_have_count(1, timeout=SOON)
    assert number in page.url
    assert focused(page) == "q"
    page.reload()
    expect(page.locator("li.task")).to_have_count(1)


def test_the_list_looks_again_by_itself_and_leaves_the_person_where_they_were(visit: Visitor) -> None:
    page = visit.sign_in("lin")
    page.goto("/inbox/?box=roles")
    colleague = visit.sign_in("lin")
    colleague.goto("/inbox/?box=roles")
    ids = page.locator("a.row-title").evaluate_all("links => links.map(link => link.id)")
    page.locator(f"#{ids[1]}").focus()
    colleague.locator(f"li.task:has(#{ids[0]}) .btn-claim").click()
    colleague.wait_for_url("**/tasks/*")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ltc:look-again'))")
    expect(page.locator(f"#{ids[0]}")).to_have_count(0, timeout=SOON)
    assert focused(page) == ids[1]
    expect(page.locator("#boxes a").first).to_contain_text("1")
    colleague.goto("/inbox/?box=mine")
    colleague.locator(f"li.task:has(#{ids[0]}) .btn-quiet").click()
    colleague.locator("#messages .message").wait_for()


def test_the_inbox_works_without_scripts(visit: Visitor) -> None:
    signed_in = visit.sign_in("suran")
    context = signed_in.context.browser
    assert context is not None
    plain = context.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = plain.new_page()
    page.goto(signed_in.url)
    number = page.locator("li.task .number").first.inner_text()
    page.locator("#q").fill(number)
    page.locator("form[role=search] button").click()
    expect(page.locator("li.task")).to_have_count(1)
    page.locator("details.account summary").click()
    page.locator("details.account form button").click()
    page.locator("#password").wait_for()
    plain.close()


def test_escape_closes_the_menu_and_gives_the_focus_back(visit: Visitor) -> None:
    page = visit.sign_in("suran")
    summary = page.locator("details.account summary")
    summary.click()
    expect(page.locator("details.account")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("details.account[open]")).to_have_count(0)
    assert summary.evaluate("element => element === document.activeElement")
