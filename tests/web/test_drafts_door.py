"""The JSON door of drafts: read, save, delete, check; two people at once; what is refused."""

from __future__ import annotations

from tests.web.conftest import Site
from tests.web.drafting import JSON, opened, read, save, send

FILE = "lead_distribute.bpmn"


def test_what_is_saved_is_read_again_and_the_release_stays_as_it_was(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("ouyang")
    before = read(browser, draft, FILE)
    assert before["version"] == 0
    assert not before["changed"]
    renamed = before["content"].replace('isExecutable="true"', 'isExecutable="true" ', 1)
    assert save(browser, draft, FILE, renamed, 0).json == {"path": FILE, "version": 1}
    assert save(browser, draft, FILE, renamed, 0).json == {"path": FILE, "version": 1}, "the same again is no change"
    again = read(browser, draft, FILE)
    assert (again["content"], again["version"], again["changed"]) == (renamed, 1, True)
    files = {each["path"]: each for each in browser.get(f"/drafts/{draft}/files", headers=JSON).json["files"]}
    assert [path for path, each in files.items() if each["changed"]] == [FILE]
    other = opened(drafts_site, title="Another")
    assert read(browser, other, FILE)["content"] == before["content"]


def test_the_second_of_two_people_gets_theirs_and_loses_nothing(drafts_site: Site) -> None:
    draft = opened(drafts_site)
    ouyang, admin = drafts_site.browser("ouyang"), drafts_site.browser("max")
    path, mine = "forms/lead_accept.ui.json", '{"ui:order": ["acceptance"]}'
    version = read(ouyang, draft, path)["version"]
    assert save(admin, draft, path, '{"ui:order": ["refusal_reason"]}', version).status_code == 200
    refused = save(ouyang, draft, path, mine, version)
    assert refused.status_code == 409
    theirs = refused.json["theirs"]
    assert (theirs["content"], theirs["version"], theirs["by"]) == ('{"ui:order": ["refusal_reason"]}', 1, "马克斯")
    assert save(ouyang, draft, path, mine, theirs["version"]).json["version"] == 2


def test_a_deleted_file_is_gone_from_the_draft_and_may_come_back(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("ouyang")
    address = f"/drafts/{draft}/files/scenarios/lead_idle.yaml"
    content = read(browser, draft, "scenarios/lead_idle.yaml")["content"]
    assert send(browser, "DELETE", address, {"version": 7}).status_code == 409
    assert send(browser, "DELETE", address, {"version": 0}).json["version"] == 1
    assert browser.get(address, headers=JSON).status_code == 404
    assert save(browser, draft, "scenarios/lead_idle.yaml", content, 1).json["version"] == 2


def test_checking_names_the_element_in_the_language_of_the_reader_and_saves_nothing(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("ouyang")
    assert send(browser, "POST", f"/drafts/{draft}/check").json == []
    content = read(browser, draft, FILE)["content"]
    broken = content.replace('serviceTaskOperator id="', 'serviceTaskOperator id="no.', 1)
    found = send(browser, "POST", f"/drafts/{draft}/check", {"files": {FILE: broken}}).json
    assert {"file": FILE, "severity": "error"}.items() <= found[0].items()
    assert found[0]["element"]
    assert "没有处理程序" in found[0]["message"]
    lane = content.replace('name="role" value="sales_mgmt"', 'name="role" value="negotiator"')
    [nobody] = send(browser, "POST", f"/drafts/{draft}/check", {"files": {FILE: lane}}).json
    assert (nobody["rule"], nobody["severity"]) == ("role-not-held", "warning"), "the company is known here"
    assert read(browser, draft, FILE)["version"] == 0


REFUSED = [
    ("../secrets.bpmn", "<x/>"),
    ("forms/../lead.bpmn", "<x/>"),
    ("forms/page.html", "<b>hi</b>"),
    ("decisions/.hidden.dmn", "<x/>"),
    ("lead.schema.json", "{}"),
    (FILE, "this is no XML"),
    (FILE, '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'),
    (FILE, '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'),
    (FILE, "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL'>" + " " * 5_000_000),
    ("decisions/sla.dmn", "<definitions xmlns='http://example.com/other'/>"),
    ("forms/lead_accept.schema.json", '{"title": '),
    ("forms/lead_accept.schema.json", "[" * 100_000),
    ("forms/lead_accept.schema.json", '"only text"'),
    ("scenarios/lead_idle.yaml", "a: [1, 2"),
    ("forms/lead_accept.schema.json", '{"a": "\ud800"}'),
]
FORGED = [None, [], {"content": 1, "version": 0}, {"content": "{}"}, {"content": "{}", "version": True}]


def test_hostile_broken_and_forged_files_are_refused_and_the_draft_stays(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("ouyang")
    for path, content in REFUSED:
        assert save(browser, draft, path, content, 0).status_code in {404, 422}, (path, content[:80])
    for given in FORGED:
        answer = send(browser, "PUT", f"/drafts/{draft}/files/forms/lead_accept.ui.json", given)
        assert answer.status_code == 422, given
    files = browser.get(f"/drafts/{draft}/files", headers=JSON).json["files"]
    assert not [each for each in files if each["changed"]]


def test_only_those_who_may_edit_get_through_the_door_and_only_with_the_token(drafts_site: Site) -> None:
    draft, stranger = opened(drafts_site), drafts_site.browser("suran")
    for method, address in [
        ("GET", "files"), ("GET", f"files/{FILE}"), ("PUT", f"files/{FILE}"), ("DELETE", f"files/{FILE}"),
        ("POST", "check"),
    ]:  # fmt: skip
        assert send(stranger, method, f"/drafts/{draft}/{address}", {}).status_code == 403, (method, address)
    assert stranger.get("/catalogue.json", headers=JSON).status_code == 403
    owner = drafts_site.browser("ouyang")
    owner.token = ""
    assert save(owner, draft, "forms/lead_accept.ui.json", "{}", 0).status_code == 400
    assert read(owner, draft, "forms/lead_accept.ui.json")["version"] == 0


def test_the_catalogue_offers_what_a_diagram_may_name_in_both_languages(drafts_site: Site) -> None:
    browser = drafts_site.browser("ouyang")
    found = browser.get("/catalogue.json", headers=JSON).json
    handlers = {each["id"]: each for each in found["handlers"]}
    assert handlers["lead.check"]["label"] == {"en": "Check the lead", "zh_CN": "检查线索"}
    assert {"complete", "missing"} <= {each["name"] for each in handlers["lead.check"]["results"]}
    choices = [each for task in found["handlers"] for each in task["parameters"] if each["choices"]]
    assert choices, "parameters with a closed list of values tell them"
    form = next(each for each in found["forms"] if each["schema"] == "lead_accept.schema.json")
    assert [each["name"] for each in form["fields"]] == ["acceptance", "refusal_reason"]
    assert form["title"]["zh_CN"] == "接收线索"
    assert {"sla", "lead_exit"} <= {each["id"] for each in found["decisions"]}
    assert "lead" in {each["id"] for each in found["processes"]}
    assert "lead.captured" in found["messages"]
    assert {"key": "lead_manager", "label": {"en": "Lead manager", "zh_CN": "线索经理"}} in found["roles"]
    assert {"key": "VALID", "label": {"en": "Valid", "zh_CN": "有效"}} in found["statuses"]["lead"]


def test_the_catalogue_of_a_draft_knows_what_is_new_in_it(drafts_site: Site) -> None:
    draft, browser = opened(drafts_site), drafts_site.browser("ouyang")
    form = (
        '{"title": "Ask again", "x-title-zh": "再次询问", "type": "object", "properties": {"why": {"type": "string"}}}'
    )
    assert save(browser, draft, "forms/ask_again.schema.json", form, 0).status_code == 200
    names = [each["name"] for each in browser.get(f"/catalogue.json?draft={draft}", headers=JSON).json["forms"]]
    assert "ask_again" in names
    assert "ask_again" not in browser.get("/catalogue.json", headers=JSON).text
