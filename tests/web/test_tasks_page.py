"""Doing tasks on their pages: one after the other, with drafts, refusals that lose nothing, and stale pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.database import transaction
from engine.directory import SYSTEM
from engine.inbox.records import Notice, Submission, WorkItem
from engine.journal import verify
from handlers.deciding import operations as deciding
from handlers.deciding.records import ActionItem, GateDecision
from handlers.lead.records import Lead
from tests.web.conftest import Site
from tests.web.lead_pages import ANALYSE, CAPTURE, begin_lead, next_page, submit_form, submit_lead
from webui.forms import known
from webui.people import colleagues


def _item(address: str) -> int:
    return int(address.rsplit("/", 1)[1])


def test_after_the_first_form_the_next_own_task_of_the_case_opens_until_the_lead_is_submitted(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    analyse = begin_lead(browser)
    assert "Analyse" in browser.get(analyse).text
    assert browser.post(analyse, {}).status_code == 422
    fill_in = next_page(browser.post(analyse, ANALYSE))
    page = browser.get(fill_in).text
    assert "which was refused" not in page, "a question left open is nothing to tell colleagues"
    known = page.partition('id="known-title"')[2].partition("</aside>")[0]
    assert known.index("焊装车间主任") < known.index(CAPTURE["heard"]), "what was answered stands beside the form"
    assert 'value="东麟汽车零部件有限公司"' in page, "what the case knows need not be typed again"
    assert next_page(browser.post(fill_in, submit_form(leads_site))) == "/inbox/"
    with transaction(leads_site.product.sessions) as session:
        lead = session.scalars(sa.select(Lead)).one()
    assert (lead.status, lead.expected_amount, lead.product_areas) == ("SUBMITTED", 95_500_000, ["energy", "software"])
    assert lead.number is not None
    assert lead.number in browser.get("/leads/").text


def test_an_abandoned_first_form_leaves_no_case(leads_site: Site) -> None:
    browser = leads_site.browser("eve")
    assert browser.get("/start/lead").status_code == 200
    assert browser.post("/start/lead", {"channel": "other"}).status_code == 422
    with transaction(leads_site.product.sessions) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Lead)) == 0


def test_a_refused_form_says_what_is_missing_links_to_the_field_and_loses_nothing(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    browser.get("/start/lead")
    refused = browser.post("/start/lead", {**CAPTURE, "channel": "other", "seen_on": "", "customer": "Haverkamp <&>"})
    assert refused.status_code == 422
    assert "2 answers need a change" in refused.text
    assert 'href="#f-seen_on"' in refused.text
    assert 'href="#f-source_detail"' in refused.text
    assert "焊装车间能耗太高" in refused.text
    assert 'value="Haverkamp &lt;&amp;&gt;"' in refused.text


def test_the_errors_are_in_the_language_of_the_reader(leads_site: Site) -> None:
    browser = leads_site.browser("anrui")
    browser.get("/start/lead")
    refused = browser.post("/start/lead", {"channel": "partner"}).text
    assert "有 3 处需要修改" in refused
    assert "客户名称" in refused
    assert "此项必填。" in refused


@pytest.mark.parametrize(
    ("field", "value"), [("unit_id", "9999"), ("maturity", "boiling"), ("status", "CONVERTED"), ("product_areas", "x")]
)
def test_forged_options_and_unknown_fields_are_refused_by_name(leads_site: Site, field: str, value: str) -> None:
    browser = leads_site.browser("suran")
    fill_in = next_page(browser.post(begin_lead(browser), ANALYSE))
    refused = browser.post(fill_in, submit_form(leads_site, **{field: value}))
    assert refused.status_code == 422
    summary = refused.text[refused.text.index('id="errors"') :]
    names = {"unit_id": "Region or unit", "maturity": "Maturity", "status": "status", "product_areas": "Product or"}
    assert names[field] in summary
    with transaction(leads_site.product.sessions) as session:
        assert session.scalars(sa.select(Lead.status)).one() == "DRAFT"


def test_a_person_without_the_role_cannot_be_made_owner_by_a_forged_option(leads_site: Site) -> None:
    submitter = leads_site.browser("suran")
    submit_lead(leads_site, submitter)
    screener = leads_site.browser("anrui")
    item = _claim(screener)
    screener.post(f"/tasks/{item}", {"screening": "keep"})
    lin = leads_site.browser("lin")
    verdict = {
        "customer_real": "true", "need_real": "true", "strategic_fit": "high", "maturity": "warm", "win_chance": "4",
        "estimated_amount": "90", "our_capability": "full", "evidence": "spoke with them", "verdict": "valid",
    }  # fmt: skip
    lin.post(f"/tasks/{_claim(lin)}", verdict)
    item = _claim(lin)
    form = {"owner_id": str(leads_site.users["eve"].id), "co_owner_id": str(leads_site.users["anrui"].id)}
    lin.get(f"/tasks/{item}")
    refused = lin.post(f"/tasks/{item}", form)
    assert refused.status_code == 422
    assert 'href="#f-owner_id"' in refused.text
    assert leads_site.stored(item).completed_at is None
    su_ran, successor = leads_site.users["suran"].id, leads_site.users["max"].id
    assert lin.post(f"/tasks/{item}", form | {"owner_id": str(su_ran)}).status_code == 302
    _somebody_else_takes_the_place_of_the_owner(leads_site, leads_site.stored(item).instance_id, su_ran, successor)


def _somebody_else_takes_the_place_of_the_owner(site: Site, case: int, former: int, new: int) -> None:
    change = {"role": "lead_owner", "to": str(new), "reason": "苏然调往西区"}
    stranger, manager = site.browser("suran"), site.browser("max")
    assert "/team" not in stranger.get(f"/cases/{case}").text
    assert stranger.post(f"/cases/{case}/team", change).status_code == 403
    assert f"/cases/{case}/team" in manager.get(f"/cases/{case}").text
    for wrong in ({"reason": " "}, {"role": "sponsor"}, {"to": str(former)}, {"to": ""}):
        assert manager.post(f"/cases/{case}/team", change | wrong).status_code == 422
    assert manager.post(f"/cases/{case}/team", change).status_code == 302
    with transaction(site.product.sessions) as session:
        accept = session.scalars(sa.select(WorkItem).where(WorkItem.element == "accept_lead")).one()
        assert accept.assignee_id == new
        assert session.scalars(sa.select(Lead.owner_id)).one() == new
        told = session.scalars(sa.select(Notice.kind).where(Notice.user_id == new)).all()
        assert told == ["team_changed"]
        assert verify(session, case).whole
    successor = site.browser("max")
    assert "苏然调往西区" in successor.get(f"/cases/{case}").text
    assert successor.post(f"/tasks/{accept.id}", {"acceptance": "accept"}).status_code == 302


def test_a_task_is_handed_on_by_whoever_does_it_and_by_whoever_oversees_the_unit(
    leads_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    screener, colleague = leads_site.browser("anrui"), leads_site.users["suran"].id
    item = _claim(screener)
    address = f"/tasks/{item}/hand-on"
    assert address in screener.get(f"/tasks/{item}").text
    assert f'value="{leads_site.users["anrui"].id}"' not in screener.get(address).text, "it is the own task already"
    for without in ({"to": str(colleague), "reason": " "}, {"reason": "休假"}):
        assert screener.post(address, without).status_code == 422
    assert screener.post(address, {"to": str(colleague), "reason": "下周休假"}).status_code == 302
    assert leads_site.stored(item).assignee_id == colleague
    assert screener.get(address).status_code == 403
    # the sales manager of the unit sees where it lies, and moves it back
    manager = leads_site.browser("max")
    case = f"/cases/{leads_site.stored(item).instance_id}"
    page = manager.get(case).text
    assert address in page
    assert "下周休假" in page
    assert address not in screener.get(case).text
    first, many = leads_site.users["anrui"].id, manager.get(address).text
    assert 'name="who"' not in many, "few are offered at once"
    monkeypatch.setattr(colleagues, "MOST", 1)
    assert 'name="who"' in manager.get(address).text
    found = manager.get(f"{address}?who=anrui").text
    assert f'value="{first}"' in found
    assert found.count("<option") == 2, "whoever is called so, and nobody"
    assert manager.get(f"{address}?who=nobody-is-called-so").text.count("<option") == 1, "nobody"
    assert manager.post(address, {"to": str(leads_site.users["anrui"].id), "reason": "Back"}).status_code == 302
    assert screener.post(f"/tasks/{item}", {"screening": "keep"}).status_code == 302


def _claim(browser: object) -> int:
    """Claim the first task that waits for the roles of this person; return its id."""
    page = browser.get("/inbox/?box=roles").text  # type: ignore[attr-defined]
    found = re.search(r"/inbox/(\d+)/claim", page)
    assert found, page
    browser.post(f"/inbox/{found[1]}/claim")  # type: ignore[attr-defined]
    return int(found[1])


def test_a_duplicate_is_chosen_among_the_leads_of_its_customer_before_all_others(
    leads_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.forms.references.LEADS_OFFERED", 1)
    submitter, screener = leads_site.browser("suran"), leads_site.browser("anrui")
    for title, customer in (("own", "甲公司"), ("alike", "甲公司"), ("newest", "乙公司")):
        submit_lead(leads_site, submitter, title=title, customer=customer)
    page = screener.post(f"/tasks/{_claim(screener)}", {"screening": "duplicate", "refresh": "1"}).text
    offered = re.findall(r"<option[^>]*>LD-\S+ (.*?)</option>", page)
    assert offered == ["甲公司 · alike", "乙公司 · newest"]


def test_a_question_that_an_answer_opens_is_shown_when_the_form_is_refreshed(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    analyse = begin_lead(browser)
    assert 'name="problem_owner"' not in browser.get(analyse).text
    opened = browser.post(analyse, {"customer_problem": "true", "refresh": "1"})
    assert opened.status_code == 200
    assert 'name="problem_owner"' in opened.text
    assert 'name="discard_reason"' not in opened.text
    other_way = browser.post(analyse, {"customer_problem": "false", "problem_owner": "hidden now", "refresh": "1"})
    assert 'name="discard_reason"' in other_way.text
    assert "hidden now" not in other_way.text


def test_a_draft_is_kept_and_shown_again_and_gone_after_submitting(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    analyse = begin_lead(browser)
    kept = browser.post(analyse, {"customer_problem": "true", "problem_owner": "谁知道", "draft": "1"})
    assert next_page(kept) == analyse
    page = browser.get(analyse).text
    assert 'value="谁知道"' in page
    assert "This is the draft that you kept." in page
    browser.post(analyse, ANALYSE)
    assert leads_site.stored(_item(analyse)).draft is None


def test_submitting_twice_is_refused_as_done_and_changes_nothing(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    analyse = begin_lead(browser)
    assert browser.post(analyse, ANALYSE).status_code == 302
    again = browser.post(analyse, ANALYSE)
    assert again.status_code == 409
    assert "This task is already done." in again.text
    with transaction(leads_site.product.sessions) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 2


def test_a_page_of_a_case_that_moved_on_is_shown_again_with_the_answers(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    analyse = begin_lead(browser)
    revision = re.search(r'name="revision" value="(\d+)"', browser.get(analyse).text)
    assert revision
    stale = browser.post(analyse, ANALYSE | {"revision": str(int(revision[1]) - 1)})
    assert stale.status_code == 409
    assert 'value="焊装车间主任"' in stale.text
    assert "nothing was submitted" in stale.text
    assert browser.post(analyse, ANALYSE | {"revision": revision[1]}).status_code == 302


def test_a_case_that_moved_on_elsewhere_makes_nobody_submit_twice(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    analyse = begin_lead(browser)
    shown = dict(re.findall(r'name="(revision|seen)" value="(\w+)"', browser.get(analyse).text))
    before = {"revision": str(int(shown["revision"]) - 1)}
    assert browser.post(analyse, ANALYSE | before | {"seen": "0" * 64}).status_code == 409
    assert browser.post(analyse, ANALYSE | before | {"seen": shown["seen"]}).status_code == 302


def test_the_task_of_somebody_else_does_not_exist_for_an_outsider(leads_site: Site) -> None:
    analyse = begin_lead(leads_site.browser("suran"))
    eve = leads_site.browser("eve")
    assert eve.get(analyse).status_code == 404
    assert eve.post(analyse, ANALYSE).status_code == 404
    assert leads_site.stored(_item(analyse)).completed_at is None


def test_a_done_task_shows_what_was_answered(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    analyse = begin_lead(browser)
    browser.post(analyse, ANALYSE)
    page = browser.get(analyse).text
    assert "Su Ran did this task" in page
    assert "焊装车间主任" in page
    assert 'name="problem_owner"' not in page


def test_a_form_tells_how_many_days_are_left_until_a_deadline_and_nothing_of_one_that_is_over(leads_site: Site) -> None:
    ui = {"ui:shows": [{"data": "closes", "type": "deadline", "title": "Deadline", "x-title-zh": "截标日期"}]}
    today = leads_site.clock.now().astimezone(leads_site.product.settings.zone).date()
    told = []
    with leads_site.app.test_request_context(), transaction(leads_site.product.sessions) as session:
        for days in (3, 1, 0, -1):
            data = {"closes": (today + timedelta(days=days)).isoformat()}
            told.append([each.words.partition(" · ")[2] for each in known.facts(session, ui, data)])
    assert told == [["3 days left"], ["1 day left"], ["0 days left"], []]


def test_a_form_tells_each_condition_of_a_decision_with_who_until_when_and_whether_it_is_done(leads_site: Site) -> None:
    ui = {"ui:shows": [{"data": "decision_id", "type": "conditions", "title": "Conditions", "x-title-zh": "附带条件"}]}
    now, day = leads_site.clock.now(), leads_site.clock.now().astimezone(leads_site.product.settings.zone).date()
    owner = leads_site.users["suran"]
    due = {"late": -1, "paid": 2, "bond": 3}
    with transaction(leads_site.product.sessions) as session:
        made = GateDecision(
            gate="ATC", record_type="opportunity", record_id=1, round=1, verdict="conditional", decided_at=now
        )
        session.add(made)
        session.flush()
        conditions = [
            {"text": text, "owner_id": owner.id, "due_on": (day + timedelta(days=days)).isoformat()}
            for text, days in due.items()
        ]
        about = deciding.About("opportunity", 1)
        deciding.open_actions(session, about, conditions, decision_id=made.id, by=SYSTEM, now=now)
        paid = session.scalars(sa.select(ActionItem).where(ActionItem.text == "paid")).one()
        paid.done_at, decision_id = now, made.id
    told = {}
    for language in ("en", "zh-CN"):
        headers = {"Accept-Language": language}
        with leads_site.app.test_request_context(headers=headers), transaction(leads_site.product.sessions) as session:
            [fact] = known.facts(session, ui, {"decision_id": decision_id})
            told[language] = [line.split(" · ") for line in fact.words.splitlines()]
            assert known.facts(session, ui, {"decision_id": decision_id + 1}) == []
    assert [line[:2] for line in told["en"]] == [["late", "Su Ran"], ["paid", "Su Ran"], ["bond", "Su Ran"]]
    assert [line[-1].split(" on ")[0] for line in told["en"]] == ["overdue", "done", "not done yet"]
    assert [line[-1].split(" ")[-1] for line in told["zh-CN"]] == ["已逾期", "已完成", "未完成"]


def test_claiming_on_the_page_of_a_task_comes_back_to_it(leads_site: Site) -> None:
    submit_lead(leads_site, leads_site.browser("suran"))
    screener = leads_site.browser("anrui")
    found = re.search(r"/inbox/(\d+)/claim", screener.get("/inbox/?box=roles").text)
    assert found
    address = f"/tasks/{found[1]}"
    assert f'name="next" value="{address}"' in screener.get(address).text
    assert next_page(screener.post(f"/inbox/{found[1]}/claim", {"next": address})) == address
    assert leads_site.stored(int(found[1])).assignee_id == leads_site.users["anrui"].id


def test_nobody_starts_a_process_that_does_not_begin_with_people(leads_site: Site) -> None:
    browser = leads_site.browser("eve")
    assert "/start/lead" in browser.get("/start/").text
    for process in ("lead_verify", "nothing"):
        assert browser.get(f"/start/{process}").status_code == 404
        assert browser.post(f"/start/{process}", CAPTURE).status_code == 404
