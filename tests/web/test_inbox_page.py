"""The inbox as people see it: boxes, search, order, claiming and giving back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine.database import count_statements
from tests.web.conftest import Site


def _titles(page: str) -> list[str]:
    return re.findall(r'class="row-title"[^>]*>([^<]+)</a>', page)


def _counts(page: str) -> list[str]:
    return re.findall(r'class="boxes-count">([^<]+)<', page)


def test_each_box_holds_its_own_and_tells_how_many(site: Site) -> None:
    now, suran = site.clock.now(), site.users["suran"].id
    site.item("Mine without a date", role="sr", assignee_id=suran)
    site.item("Mine and late", role="sr", assignee_id=suran, due_at=now - timedelta(hours=1))
    site.item("Mine today", role="sr", assignee_id=suran, due_at=now + timedelta(hours=2))
    site.item("For my role", role="sr", due_at=now + timedelta(days=3))
    site.item("Done by me", role="sr", completed_by=suran, completed_at=now, assignee_id=suran)
    site.item("For another role", role="fr")
    site.item("Of a colleague", role="sr", assignee_id=site.users["furong"].id)
    browser = site.browser("suran")
    page = browser.get("/inbox/").text
    assert _counts(page) == ["3", "1", "1", "1", "1"]
    assert _titles(page) == ["Mine and late", "Mine today", "Mine without a date"]
    assert _titles(browser.get("/inbox/?box=roles").text) == ["For my role"]
    assert _titles(browser.get("/inbox/?box=today").text) == ["Mine today"]
    assert _titles(browser.get("/inbox/?box=overdue").text) == ["Mine and late"]
    assert _titles(browser.get("/inbox/?box=done").text) == ["Done by me"]


def test_a_deadline_reads_relative_to_now_in_the_zone_of_the_company(site: Site) -> None:
    now, suran = site.clock.now(), site.users["suran"].id
    for title, due in (
        ("late", now - timedelta(hours=2)),
        ("today", now + timedelta(hours=3)),
        ("tomorrow", now + timedelta(hours=24)),
        ("later", now + timedelta(days=10)),
    ):
        site.item(title, role="sr", assignee_id=suran, due_at=due)
    english = site.browser("suran").get("/inbox/").text
    for words in ("2 hours late", "today 12:00", "tomorrow 09:00", "3 Dec"):
        assert words in english
    chinese = site.browser("suran").get("/inbox/?lang=zh_CN").text
    for words in ("超时 2 小时", "今天 12:00", "明天 09:00", "12月3日"):
        assert words in chinese


def test_titles_come_in_the_language_of_the_reader(site: Site) -> None:
    site.item("Screen the lead", title_zh="筛选线索", assignee_id=site.users["anrui"].id)
    assert _titles(site.browser("anrui").get("/inbox/").text) == ["筛选线索"]
    assert _titles(site.browser("anrui").get("/inbox/?lang=en").text) == ["Screen the lead"]


def test_search_finds_by_case_and_number_and_keeps_its_box(site: Site) -> None:
    site.item("One", label="新城零售集团", key="LD-202611-0001", assignee_id=site.users["anrui"].id)
    site.item("Two", label="北方矿业", key="LD-202611-0002", assignee_id=site.users["anrui"].id)
    browser = site.browser("anrui")
    assert _titles(browser.get("/inbox/?q=零售").text) == ["One"]
    assert _titles(browser.get("/inbox/?q=0002").text) == ["Two"]
    nothing = browser.get("/inbox/?q=<b>").text
    assert _titles(nothing) == []
    assert "&lt;b&gt;" in nothing
    assert "<b>”" not in nothing


def test_the_order_can_be_chosen(site: Site) -> None:
    now, suran = site.clock.now(), site.users["suran"].id
    site.item("soon", role="sr", assignee_id=suran, due_at=now + timedelta(hours=1), priority=9, label="C")
    site.item("important", role="sr", assignee_id=suran, due_at=now + timedelta(days=1), priority=1, label="B")
    site.item("new", role="sr", assignee_id=suran, created_at=now, label="A")
    browser = site.browser("suran")
    assert _titles(browser.get("/inbox/").text)[0] == "soon"
    assert _titles(browser.get("/inbox/?sort=priority").text)[0] == "important"
    assert _titles(browser.get("/inbox/?sort=newest").text)[0] == "new"
    assert _titles(browser.get("/inbox/?sort=case").text) == ["new", "important", "soon"]


@pytest.mark.parametrize("address", ["/inbox/?box=secret&sort=x&page=0", "/inbox/?page=²", "/inbox/?page=-1"])
def test_an_address_that_asks_for_nonsense_shows_the_usual_list(site: Site, address: str) -> None:
    assert site.browser("suran").get(address).status_code == 200


def test_a_long_list_is_paged(site: Site) -> None:
    for number in range(60):
        site.item(f"Task {number:02}", assignee_id=site.users["anrui"].id)
    browser = site.browser("anrui")
    first, second = browser.get("/inbox/").text, browser.get("/inbox/?page=2").text
    assert 'href="/inbox/?page=2"' in first
    assert sorted(_titles(first) + _titles(second)) == [f"Task {number:02}" for number in range(60)]
    assert 'rel="next"' not in second


def test_claiming_makes_a_task_mine_and_giving_back_returns_it(site: Site) -> None:
    item, browser = site.item(role="sr"), site.browser("suran")
    assert "Claim" in browser.get("/inbox/?box=roles").text
    assert browser.post(f"/inbox/{item}/claim", {"next": "/inbox/"}).location == "/inbox/"
    assert site.stored(item).assignee_id == site.users["suran"].id
    assert "Give back" in browser.get("/inbox/").text
    assert browser.post(f"/inbox/{item}/release").status_code == 302
    assert site.stored(item).assignee_id is None


def test_a_task_that_was_given_to_me_offers_no_giving_back(site: Site) -> None:
    site.item(role="sr", assignee_id=site.users["suran"].id)
    assert "Give back" not in site.browser("suran").get("/inbox/").text


def test_the_second_to_claim_is_told_who_was_faster_and_changes_nothing(site: Site) -> None:
    item = site.item(role="everyone", group_key="everyone")
    first, second = site.browser("suran"), site.browser("anrui")
    assert first.post(f"/inbox/{item}/claim").status_code == 302
    refused = second.post(f"/inbox/{item}/claim")
    assert refused.status_code == 409
    assert "同事已经领取了这项任务。" in refused.text
    assert site.stored(item).assignee_id == site.users["suran"].id


@pytest.mark.parametrize("act", ["claim", "release"])
def test_a_task_of_others_does_not_exist_for_an_outsider(site: Site, act: str) -> None:
    item = site.item(role="sr")
    assert site.browser("eve").post(f"/inbox/{item}/{act}").status_code == 404
    assert site.stored(item).assignee_id is None


def test_the_page_asks_the_database_four_times_however_many_tasks_there_are(site: Site) -> None:
    browser, asked = site.browser("suran"), []
    for _ in range(2):
        for _ in range(20):
            site.item(role="sr", assignee_id=site.users["suran"].id)
        with count_statements(site.product.engine) as count:
            assert browser.get("/inbox/").status_code == 200
        asked.append((count.statements, count.commits))
    assert asked == [(4, 0), (4, 0)]


def test_an_empty_inbox_says_what_to_do(site: Site) -> None:
    browser = site.browser("suran")
    assert "Nothing waits here" in browser.get("/inbox/").text
    site.item(role="sr")
    assert "1 task waits for your roles: claim it." in browser.get("/inbox/").text


def test_the_bell_counts_unread_notices_until_they_are_read(site: Site) -> None:
    site.notice("suran", "work_item_transferred", by="Lin", case="Yuanhang", reason="on leave")
    site.notice("suran", "something_new", case="Yuanhang")
    site.notice("anrui", "something_new", case="Secret")
    browser = site.browser("suran")
    assert ">2</span>" in browser.get("/notices/bell").text.replace("Unread: </span>2", ">2")
    page = browser.get("/notices/").text
    assert "Lin handed you a task of Yuanhang: on leave" in page
    assert "There is news about Yuanhang." in page
    assert "Secret" not in page
    assert browser.post("/notices/read").status_code == 302
    assert "bell-count" not in browser.get("/notices/bell").text
