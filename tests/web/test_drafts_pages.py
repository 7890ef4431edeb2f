"""The pages of drafts and releases: from the first change to the release, by people who may."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import unescape

from engine.database import count_statements, transaction
from engine.directory import SYSTEM
from engine.jobs.draining import drain
from engine.releases import queries as releases
from engine.releases.operations import deploy
from tests.web.conftest import Browser, Site
from tests.web.drafting import opened, read, save, send

FILE = "lead_distribute.bpmn"


def changed_draft(owner: Browser) -> str:
    """Open a draft on its page and change one diagram; return the address of the draft."""
    owner.get("/drafts/new")
    assert owner.post("/drafts/new", {"title": " "}).status_code == 422
    where = owner.post("/drafts/new", {"title": "Distribute <b>faster</b>", "note": "Too slow"}).location
    page = owner.get(where).text
    assert "Distribute &lt;b&gt;faster&lt;/b&gt;" in page
    draft = int(where.rpartition("/")[2])
    content = read(owner, draft, FILE)["content"].replace(
        'name="label.zh_CN" value="', 'name="label.zh_CN" value="新', 1
    )
    save(owner, draft, FILE, content, 0)
    return where


def assert_told(browser: Browser, *told: str) -> None:
    page = browser.get("/notices/").text
    for words in told:
        assert words in page


def test_a_change_goes_from_draft_over_review_to_release(drafts_site: Site) -> None:
    owner, second = drafts_site.browser("ouyang"), drafts_site.browser("max")
    assert "在办业务" in owner.get("/releases/").text
    where = changed_draft(owner)
    page = owner.get(where).text
    assert "有改动" in page
    assert "正在检查草稿…" in page, "nobody waits for the checks"
    assert "没有问题，可以发布。" in owner.get(f"{where}?checked=1").text
    assert "没有问题，可以发布。" in owner.get(where).text, "what was found once is shown at once"
    assert owner.post(f"{where}/move", {"act": "ask"}).status_code == 302
    assert "/publish" not in owner.get(where).text, "the author is not offered to publish"
    assert owner.post(f"{where}/publish").status_code == 403, "nor may the author, however asked"
    assert owner.post(f"{where}/review", {"verdict": "approved"}).status_code == 403
    page = second.get(where).text
    assert "You worked on this draft" not in page
    assert_told(second, "asks for a review of the draft “Distribute &lt;b&gt;faster", f'href="{where}"')
    second.post(f"{where}/comments", {"text": "<script>alert(1)</script>", "path": FILE, "element": "distribute"})
    assert "&lt;script&gt;alert(1)" in second.get(where).text
    assert "<script>alert(1)" not in second.get(f"{where}/file/{FILE}").text
    assert second.post(f"{where}/review", {"verdict": "approved"}).status_code == 302
    page = second.get(where).text
    assert "The stories are being played: 0 of 2 are told." in page, "asking for a review asked for them"
    assert f'hx-get="{where}/stories"' in page
    assert "/publish" not in page
    assert "#stories" in second.post(f"{where}/publish").location
    assert "its stories have to be played first" in second.get(where).text
    drain(drafts_site.product.room, drafts_site.product.sessions)
    page = second.get(where).text
    assert "All stories went as told on exactly this content." in page
    assert "What no story reaches" in page
    way = re.search(r'href="([^"]+lead_verify.bpmn[^"]*missed=[^"]+)"', page)
    assert way
    picture = re.search(r'src="(/drafts/\d+/picture/[^"]+)"', second.get(unescape(way[1])).text)
    assert picture
    assert 'class="way missed"' in second.get(unescape(picture[1])).text
    told = second.get(f"{where}/stories").text
    assert f'href="{where}">The stories are told: go on' in told, "to the same page, which is loaded again"
    assert 'id="publish-state"' in second.get(where).text, "where that takes its place"
    assert "publish-state" not in owner.get(f"{where}/stories").text, "the author goes nowhere on from here"
    assert "/publish" in second.get(where).text
    released = second.post(f"{where}/publish", {"note": "Faster"}).location
    shown = second.get(released).text
    assert "Release 2" in shown
    assert "欧阳" in shown or "Ouyang" in shown
    assert "Published as" in second.get(where).text
    assert_told(owner, "提了意见：&lt;script&gt;alert(1)", "批准了您的草稿", "发布为版本 2")
    assert "批准了您的草稿" not in second.get("/notices/").text, "nobody is told what they did themselves"
    listed = drafts_site.browser("suran").get("/releases/").text
    assert "Faster" in listed
    assert "/drafts/" not in listed, "who may not edit is offered nothing to edit"


def test_a_story_that_leaves_its_path_says_where_and_leads_to_the_diagram(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("max")
    where, path = f"/drafts/{draft}", "scenarios/lead_screened_out.yaml"
    browser.get(where)
    told = read(browser, draft, path)["content"]
    files = {"lead_screened_out.yaml": told.replace("screen_lead", "verify_lead", 1), "no_story.yaml": "a: 1"}
    sent = {"files": [(io.BytesIO(content.encode()), name) for name, content in files.items()]}
    browser.post(f"{where}/upload", sent, content_type="multipart/form-data")
    browser.post(f"{where}/delete/scenarios/lead_idle.yaml", {"version": "0"})
    page = browser.get(where).text
    assert "cannot be read" in page
    assert "no_story.yaml" in page
    browser.post(f"{where}/take-back/scenarios/no_story.yaml", {"version": "1"})
    assert browser.post(f"{where}/stories").location.endswith("#stories")
    drain(drafts_site.product.room, drafts_site.product.sessions)
    page = unescape(browser.get(where).text)
    assert "1 story leaves its path" in page
    assert re.search(r"Step 4 of 5: “Verify[^”]*” is not open; open are “[^”]+”", page)
    assert f'href="{where}/file/lead_verify.bpmn?element=verify_lead"' in page
    browser.post(f"{where}/stories")
    assert "Every story was played on exactly this content." in browser.get(where).text
    stranger = drafts_site.browser("suran")
    assert stranger.get(f"{where}/stories").status_code == 403
    assert stranger.post(f"{where}/stories").status_code == 403


def test_files_come_and_go_on_the_pages_of_a_draft(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("max")
    where = f"/drafts/{draft}"
    browser.get(where)
    content = read(browser, draft, "forms/lead_accept.ui.json")["content"].encode()
    sent = {"files": [(io.BytesIO(content + b" "), "lead_accept.ui.json"), (io.BytesIO(b"<x/>"), "bad.bpmn")]}
    browser.post(f"{where}/upload", sent, content_type="multipart/form-data")
    page = browser.get(where).text
    assert "bad.bpmn" in page, "why it was refused is told"
    assert "Nothing yet" in page, "all or nothing"
    sent = {"files": [(io.BytesIO(content + b" "), "lead_accept.ui.json")]}
    browser.post(f"{where}/upload", sent, content_type="multipart/form-data")
    assert read(browser, draft, "forms/lead_accept.ui.json")["version"] == 1
    title = json.loads(read(browser, draft, "forms/lead_accept.schema.json")["content"])["title"]
    for page in (browser.get(where).text, browser.get(f"/compare/draft/{draft}").text):
        assert f">{title}" in page, "a UI schema is called as its form"
    assert browser.post(f"{where}/take-back/forms/lead_accept.ui.json", {"version": "0"}).status_code == 409
    assert browser.post(f"{where}/take-back/forms/lead_accept.ui.json", {"version": "1"}).status_code == 302
    assert "Nothing yet" in browser.get(where).text
    assert browser.post(f"{where}/delete/scenarios/lead_idle.yaml", {"version": "0"}).status_code == 302
    assert "deleted" in browser.get(where).text
    assert "This file is deleted" in browser.get(f"{where}/file/scenarios/lead_idle.yaml").text
    sent = {"files": [(io.BytesIO(b"MZ"), "evil.exe")]}
    browser.post(f"{where}/upload", sent, content_type="multipart/form-data")
    assert "evil.exe has no place" in browser.get(where).text


def test_text_that_is_refused_stays_on_the_page_beside_theirs(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("max")
    path = "forms/lead_accept.ui.json"
    where = f"/drafts/{draft}/file/{path}"
    browser.get(where)
    broken = browser.post(where, {"text": '{"half": ', "version": "0"})
    assert broken.status_code == 422
    assert "{&#34;half&#34;: " in broken.text
    save(drafts_site.browser("ouyang"), draft, path, '{"ui:order": ["theirs"]}', 0)
    browser.get(where)
    late = browser.post(where, {"text": '{"ui:order": ["mine"]}', "version": "0"})
    assert late.status_code == 409
    assert "theirs" in late.text
    assert "mine" in late.text
    assert 'name="version" value="1"' in late.text
    assert browser.post(where, {"text": '{"ui:order": ["both"]}', "version": "1"}).status_code == 302


def test_a_problem_is_listed_and_leads_to_its_element(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("max")
    content = read(browser, draft, FILE)["content"]
    broken = content.replace('serviceTaskOperator id="', 'serviceTaskOperator id="no.', 1)
    hostile = re.sub(r'(<bpmn:userTask [^>]*name=")[^"]*', r"\1&lt;script&gt;alert(1)&lt;/script&gt;", broken)
    assert hostile != broken
    save(browser, draft, FILE, hostile, 0)
    page = browser.get(f"/drafts/{draft}?checked=1").text
    assert "prevents publishing" in page
    link = re.search(r'href="(/[^"]*element=[^"]+)"', page)
    assert link
    shown = browser.get(f"/drafts/{draft}/file/{FILE}").text
    drawing = re.search(r'src="(/drafts/\d+/picture/[^"]+)"', shown)
    assert drawing
    picture = browser.get(drawing[1].replace("&amp;", "&"))
    assert picture.mimetype == "image/svg+xml"
    assert 'class="ring problem"' in picture.text
    assert "<script" not in picture.text
    assert "<script>alert" not in page + shown
    assert "script-src" not in picture.headers["Content-Security-Policy"]


def test_a_release_can_be_taken_home_and_come_back(drafts_site: Site) -> None:
    browser, owner = drafts_site.browser("suran"), drafts_site.browser("max")
    page = browser.get("/releases/1")
    assert "SR, solution responsible</span>" in page.text, "everybody sees in the menu of the account what they are"
    assert page.status_code == 200
    taken = zipfile.ZipFile(io.BytesIO(browser.get("/releases/1/release.zip").data))
    folder = drafts_site.product.settings.processes_directory
    assert taken.read(FILE) == (folder / FILE).read_bytes()
    assert browser.get(f"/releases/1/download/{FILE}").data == (folder / FILE).read_bytes()
    picture = browser.get(f"/releases/1/picture/{FILE}?lang=zh_CN&download=1")
    assert "线索" in picture.text
    assert picture.headers["Content-Disposition"].startswith("attachment")
    for path in (FILE, "decisions/sla.dmn", "forms/lead_accept.schema.json", "scenarios/lead_idle.yaml"):
        assert browser.get(f"/releases/1/file/{path}").status_code == 200
    assert browser.get("/releases/1/file/nothing.bpmn").status_code == 404
    assert browser.get("/releases/9").status_code == 404
    assert browser.post("/releases/1/restore").status_code == 403
    owner.get("/releases/1")
    assert owner.post("/releases/1/restore").status_code == 409, "it is the current one"


def test_lists_cost_the_same_however_long_they_are(drafts_site: Site) -> None:
    browser = drafts_site.browser("max")
    for address in ("/releases/", "/drafts/"):
        browser.get(address)
        with count_statements(drafts_site.product.engine) as few:
            browser.get(address)
        for number in range(5):
            opened(drafts_site, title=f"Draft {number}")
        with count_statements(drafts_site.product.engine) as many:
            browser.get(address)
        assert many.statements == few.statements


def test_the_pages_of_drafts_are_closed_to_everybody_else(drafts_site: Site) -> None:
    draft, stranger = opened(drafts_site), drafts_site.browser("suran")
    for address in ("/drafts/", "/drafts/new", f"/drafts/{draft}", f"/drafts/{draft}/file/{FILE}"):
        assert stranger.get(address).status_code == 403, address
    for act in ("move", "publish", "review", "comments", "upload"):
        assert stranger.post(f"/drafts/{draft}/{act}").status_code == 403, act


def test_a_draft_is_compared_and_brought_up_to_date_on_pages(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("max")
    path, where = "lead_verify.bpmn", f"/drafts/{draft}"
    content = read(browser, draft, path)["content"]
    due = re.search(r'name="due" value="([^"]+)"', content)
    assert due

    def with_due(days: int) -> str:
        return content.replace(due[0], f'name="due" value="P{days}D"', 1)

    save(browser, draft, path, with_due(8), 0)
    compared = browser.get(f"/compare/draft/{draft}").text
    assert "time allowed is now P8D" in compared
    picture = re.search(r'src="(/compare/draft/[^"]+)"', compared)
    assert picture
    assert 'class="ring changed"' in browser.get(unescape(picture[1])).text
    assert drafts_site.browser("suran").get(unescape(picture[1])).status_code == 403
    with transaction(drafts_site.product.sessions) as session:
        files = releases.files(session, 1)
        changed = {**files, path: with_due(9).encode(), "scenarios/lead_idle.yaml": b"changed: 1"}
        deploy(session, changed, by=SYSTEM, now=drafts_site.clock.now())
    assert "was published since" in browser.get(where).text
    page = browser.get(f"{where}/merge").text
    assert "scenarios/lead_idle.yaml" in page
    choice = re.search(r'name="(choice:[^"]+)"', page)
    assert choice
    assert "P8D" in page
    assert "P9D" in page
    assert browser.post(f"{where}/merge", {unescape(choice[1]): "forged"}).status_code == 409
    assert browser.post(f"{where}/merge", {unescape(choice[1]): "theirs"}).status_code == 302
    assert "was published since" not in browser.get(where).text
    assert 'value="P9D"' in read(browser, draft, path)["content"]
    between = drafts_site.browser("suran").get("/compare/releases?old=1&new=2")
    assert "P9D" in between.text
    assert browser.get("/compare/releases?old=1&new=x").status_code == 422
    assert "No difference" in browser.get("/compare/releases?old=1&new=1").text


def test_the_door_joins_what_two_people_made_of_a_file(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("max")
    path = "forms/lead_accept.ui.json"
    save(browser, draft, path, '{"ui:order": ["theirs"], "a": {"ui:help": "theirs"}}', 0)
    given = {"content": '{"ui:order": ["mine"], "b": {"ui:help": "mine"}}', "version": 1}
    joined = send(browser, "POST", f"/drafts/{draft}/join/{path}", given | {"version": 0}).json
    assert joined["version"] == 1
    assert {"theirs", "mine"} <= set(re.findall(r"theirs|mine", joined["content"]))
    assert send(browser, "POST", f"/drafts/{draft}/join/{path}", given | {"content": "{"}).status_code == 422
    assert send(browser, "POST", f"/drafts/{draft}/join/{path}", given | {"version": 7}).status_code == 404
