"""The main promise of the product: one case from the lead to the last cent, each person at their own screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, expect

from engine.database import reading
from engine.jobs.incidents import open_incidents
from engine.scenarios import read
from engine.scenarios.stories import Step
from handlers.contract.records import Contract
from handlers.opportunity.records import Opportunity
from tests.browser.people import NARROW, WIDE
from tests.browser.stage import FILES, Stage, staged

[STORY], _ = read({"story.yaml": FILES["scenarios/lead_to_cash.yaml"]})
BY_BANK = ("FP-902", "FP-904")
"""The invoices whose money the bank's statement brings; the others are recorded one by one."""
HEADING = "交易流水号,交易日期,贷方金额,对方户名,摘要"
CUSTOMER = "上海临港机床有限公司"


@dataclass(frozen=True)
class Ending:
    """What the pages say when all is done."""

    contract: tuple[str, ...]
    settled: str
    won: str
    report: str
    converted: str


SUBMITTER = "heyun"
ON_A_TELEPHONE = {"screen_lead": "anrui", "accept_lead": "suran"}
"""Who does which step on the way, at 390 px."""
READER = "anrui"
ENDING = {
    "zh_CN": Ending(
        ("已评价", "268 万元 100 %", "0 万元 已开票 268 万元"), "已回款", "赢单", "赢单/丢单总结报告", "已转商机"
    ),
    "en": Ending(
        ("Evaluated", "CNY 2,680,000 100 %", "CNY 0 invoiced CNY 2,680,000"),
        "Settled",
        "Won",
        "Win/loss report",
        "Converted",
    ),
}


def go_on(stage: Stage, step: Step) -> None:
    """Play one step of the story; what it tells from outside is entered on a page, by the person whose work that is."""
    if step.do in ON_A_TELEPHONE:
        page = stage.screen(ON_A_TELEPHONE[step.do])
        page.set_viewport_size(NARROW)
        stage.play(step)
        page.set_viewport_size(WIDE)
    elif step.do == "record_result":
        tell_that_we_are_shortlisted(stage)
    elif step.message == "payment.received" and step.answers["invoice_no"] in BY_BANK:
        import_the_statement(stage, step)
    elif step.message == "payment.received":
        answers = {name: value for name, value in step.answers.items() if name != "invoice_no"}
        about = step.answers["invoice_no"]
        stage.play(Step(case=step.case, do="collect_payment", about=about, answers=answers, **{"as": "fang"}))
    else:
        stage.play(step)


def tell_that_we_are_shortlisted(stage: Stage) -> None:
    page = stage.screen("anrui")
    page.goto(f"/opportunities/{stage.record_id('opportunity')}")
    stage.understand("anrui")
    page.locator("details.acts summary").click()
    page.locator('.acts-menu a[href$="/tell/bid-shortlisted"]').click()
    page.locator(".form-do .btn-primary").click()
    page.locator("#messages .message-done").wait_for()
    stage.understand("anrui")
    stage.settle()


def import_the_statement(stage: Stage, step: Step) -> None:
    """The bank's file also holds a line that was booked before: only the new one is offered, and booked."""
    invoice, amount, reference = (step.answers[name] for name in ("invoice_no", "amount", "reference"))
    lines = [
        HEADING,
        f"BANK-901,2026-03-02,804000.00,{CUSTOMER},预付款 FP-901",
        f"{reference},2026-03-02,{amount / 100:.2f},{CUSTOMER},货款 {invoice}",
    ]
    statement = FilePayload(name="流水.csv", mimeType="text/csv", buffer="\n".join(lines).encode("gbk"))
    page = stage.screen("fang")
    page.goto("/contracts/receivables")
    stage.understand("fang")
    page.locator('main a[href="/contracts/payments/import"]').click()
    page.locator("#file").set_input_files(statement)
    page.locator("form:has(#file) button").click()
    rows = page.locator(".report-rows tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("BANK-901")
    expect(rows.nth(0).locator(".badge.tone-bad")).to_be_visible()
    expect(rows.nth(1)).to_contain_text(invoice)
    stage.understand("fang")
    page.locator(".report-do .btn-primary").click()
    page.locator('.report-do a[href="/contracts/receivables"]').wait_for()
    expect(rows.nth(1)).to_contain_text(reference)
    stage.understand("fang")
    stage.settle()


def look_back(stage: Stage) -> None:
    """One person reads the end of the story backwards, in both languages: contract, opportunity, report, lead."""
    page = stage.screen(READER)
    for language, words in ENDING.items():
        page.goto(f"/contracts/{stage.record_id('contract')}")
        stage.speak(READER, language)
        head = page.locator(".record-head")
        for each in words.contract:
            expect(head).to_contain_text(each)
        expect(page.locator(".record-steps .step-done")).to_have_count(5)
        expect(page.locator("#milestones tbody tr").filter(has_text=words.settled)).to_have_count(4)
        stage.understand(READER)
        page.locator('.links-on a[href^="/opportunities/"]').click()
        expect(page.locator(".record-head")).to_contain_text(words.won)
        stage.understand(READER)
        opportunity = page.url
        page.locator("#documents").get_by_role("link", name=words.report, exact=True).click()
        expect(page.locator("main")).to_contain_text("现场演示打动了生产副总。")
        stage.understand(READER)
        page.goto(opportunity)
        page.locator('.links-on a[href^="/leads/"]').click()
        expect(page.locator(".record-head")).to_contain_text(words.converted)
        stage.understand(READER)


def hear_what_became_of_it(stage: Stage) -> None:
    """The employee who submitted the lead has been told of every turn that it took."""
    page = stage.screen(SUBMITTER)
    page.goto("/notices/")
    assert page.get_by_text(CUSTOMER).count() >= 3
    stage.understand(SUBMITTER)


def test_one_case_goes_from_the_lead_to_the_last_cent_through_the_pages(browser: Browser, tmp_path: Path) -> None:
    with staged(browser, tmp_path) as stage:
        stage.begin(STORY)
        for step in STORY.steps:
            go_on(stage, step)
        languages = list(stage.languages.values())
        assert min(languages.count("zh_CN"), languages.count("en")) >= 5, "ten people and more, half of them in English"
        look_back(stage)
        hear_what_became_of_it(stage)
        with reading(stage.world.factory) as session:
            contract = session.get_one(Contract, stage.record_id("contract"))
            opportunity = session.get_one(Opportunity, stage.record_id("opportunity"))
            assert (contract.status, contract.paid, contract.written_off) == ("EVALUATED", contract.amount, 0)
            assert contract.closed_on is not None
            assert opportunity.report_at is not None
            assert open_incidents(session) == []
