"""What the shipped contract processes leave behind: documents, what is kept at gates, flags raised and resolved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import reading
from engine.directory import SYSTEM
from engine.inbox.records import Notice, WorkItem
from engine.instances.records import ProcessInstance
from engine.scenarios import play
from engine.text import Text
from handlers.contract import brought
from handlers.contract import queries as contracts
from handlers.contract.records import Contract
from handlers.customer import queries as customers
from handlers.deciding import queries as deciding
from handlers.deciding.records import GATES
from handlers.documents import catalogue, queries
from handlers.documents.model import Document, Facts, Money, Table
from handlers.documents.subjects import sources_of
from handlers.organisation import queries as organisation
from handlers.quality import queries as quality
from handlers.quality.records import QualityFlag
from tests.stories import FILES, STORIES, USUAL, ZONE
from webui.scenarios import DemoWorld, demo_world

TOLD = (
    "contract_late_and_dunned", "contract_handover_rejected", "contract_closed_after_work",
    "contract_two_changes_and_a_dispute", "contract_risks_watched", "contract_reported_early",
)  # fmt: skip
DUNNED, REJECTED, CLOSED, CHANGED, ENDED_EARLY = 0, 1, 2, 3, 5
"""The places of the contracts that are looked at one by one."""


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    """The demo company after six contracts."""
    with demo_world(FILES, ZONE) as world:
        for name in TOLD:
            [story] = [each for each in STORIES if Path(each.file).stem == name]
            assert play(story, world, USUAL).failures == []
        yield world


@pytest.fixture
def session(world: DemoWorld) -> Iterator[Session]:
    with reading(world.factory) as session:
        yield session


@pytest.fixture(scope="module")
def made(world: DemoWorld) -> dict[str, Document]:
    """The documents of all contracts by kind; of one kind, those of the last contract that has it."""
    with reading(world.factory) as session:
        found = {}
        for contract_id in session.scalars(sa.select(Contract.id).order_by(Contract.id)):
            known = sources_of(session, "contract", contract_id)
            found |= {each.kind: queries.built(known, each) for each in queries.fitting(known)}
    return found


def _tables(document: Document) -> dict[str, Table]:
    return {part.title.en: part for part in document.parts if isinstance(part, Table) and part.title is not None}


def test_six_contracts_have_every_document_between_them(made: dict[str, Document]) -> None:
    assert set(made) == {each.kind for each in catalogue.of_record("contract")}


def test_the_hand_over_shows_side_by_side_how_each_understands_the_key_terms(made: dict[str, Document]) -> None:
    compared = _tables(made["contract_handover_acceptance"])["Understanding of the key terms"]
    assert len(compared.columns) == 6, "the term, what is registered, AR, SR, FR and the delivery manager"
    price = next(row for row in compared.rows if isinstance(row[1], Money))
    assert len(set(map(str, price[1:]))) == 1, "all agree with the contract before the hand-over is accepted"
    terms = {row[0].en: row for row in compared.rows if isinstance(row[0], Text)}
    assert terms["Warranty (months)"][1:3] == ("12", "12")
    assert terms["Cap of penalties"][1] == terms["Cap of penalties"][2] != "", "also with what the draft said of them"
    head = {each.label.en: each.value for each in made["contract_sheet"].parts[0].rows}
    assert head["Warranty"] == Text("12 months", "12 个月")


def test_money_is_shown_milestone_by_milestone_with_invoices_and_receipts(made: dict[str, Document]) -> None:
    tables = _tables(made["contract_billing"])
    assert {"Milestones", "Invoices", "Receipts"} <= set(tables)
    received = sum(row[-1].fen for row in tables["Receipts"].rows if isinstance(row[-1], Money))
    paid = sum(row[-1].fen for row in tables["Milestones"].rows if isinstance(row[-1], Money))
    assert received == paid > 0
    headings = [part.title.en for part in made["contract_billing"].parts if isinstance(part, Facts) and part.title]
    assert len(set(headings)) == len(headings), "every delivery and acceptance says of which milestone it is"


def test_changes_and_disputes_stand_under_the_number_of_their_case(made: dict[str, Document]) -> None:
    orders = made["contract_change_orders"]
    headings = [part.title.en for part in orders.parts if isinstance(part, Facts) and part.title is not None]
    numbered = [each for each in headings if each.startswith(f"{orders.number}/C")]
    assert numbered == [f"{orders.number}/C{place}" for place in range(1, len(numbered) + 1)]
    assert len(numbered) > 1
    first, second = (headings.index(each) for each in numbered[:2])
    assert GATES["ATAC"].en in headings[first:second], "what was decided about a change stands with that change"
    disputes = [part.title.en for part in made["contract_dispute_file"].parts if isinstance(part, Facts) and part.title]
    assert f"{made['contract_dispute_file'].number}/D1" in disputes


def test_a_change_without_a_table_moves_the_last_milestone_and_with_one_what_is_agreed_anew(session: Session) -> None:
    contract = session.scalars(sa.select(Contract).order_by(Contract.id)).all()[CHANGED]
    stones = {each.no: each for each in contracts.milestones(session, contract.id)}
    assert (stones[2].payment_days, stones[2].planned_on) == (45, date(2026, 6, 30))
    assert (stones[4].amount, stones[4].planned_on) == (17_000_000, date(2026, 9, 10)), "ten days after it was agreed"
    dropped = contracts.change(session, contract.id, 5)
    assert (dropped.status, dropped.facts["sign"]["drop_reason"]) == ("WITHDRAWN", "客户法务不同意")
    assert not contract.changing


def test_a_change_of_party_makes_the_new_one_the_customer_and_the_baselines_name_both(session: Session) -> None:
    contract = session.scalars(sa.select(Contract).order_by(Contract.id)).all()[CHANGED]
    old, new = "上海申江精密制造有限公司", "上海申江智能装备有限公司"
    assert (contract.customer_name, customers.get(session, contract.customer_id or 0).name) == (new, new)
    found = contracts.listing(session, SYSTEM, contracts.Wanted(search="智能装备"))
    assert [each.id for each in found.rows] == [contract.id]
    page = contracts.page_of(session, contract.id, SYSTEM)
    assert [each.customer_name for each in page.baselines][:2] == [old, new]
    mine = ProcessInstance.record_type == "contract", ProcessInstance.record_id == contract.id
    labels = set(session.scalars(sa.select(ProcessInstance.label).where(*mine)))
    assert all(new in each for each in labels), labels
    [cash, *_] = session.scalars(sa.select(WorkItem).where(WorkItem.element == "change_assess_cash"))
    assert old in cash.case_label, "what was done is called as it was then"


def test_people_are_told_of_a_waived_change_and_of_a_dispute(session: Session) -> None:
    def told(kind: str, username: str) -> list[dict[str, str]]:
        person = organisation.user_named(session, username)
        assert person is not None
        found = session.scalars(sa.select(Notice).where(Notice.user_id == person.id, Notice.kind == kind))
        return [each.params for each in found]

    [waived] = told("contract.change_waived", "dairui")
    assert waived["change"] == "C1"
    assert {each["dispute"] for each in told("contract.dispute_opened", "anrui")} == {"D1", "D3"}, "D2 says nothing yet"
    assert told("contract.dispute_opened", "cheng") == [], "who registered it knows"


def test_what_a_project_taught_is_known_at_the_next_hand_over_that_of_the_same_customer_first(session: Session) -> None:
    told = session.scalars(sa.select(Contract).order_by(Contract.id)).all()
    known = brought.earlier_projects(session, told[CHANGED]) or ""
    taught = told[CLOSED].number
    assert f"坚持：交接会上逐条核对验收标准（{taught}）" in Text.of(known).zh
    assert f"Keep: 交接会上逐条核对验收标准 ({taught})" in Text.of(known).en
    assert brought.earlier_projects(session, told[CLOSED]) is None, "not what it taught itself"


def test_an_early_end_explains_all_money_and_what_was_given_up_stays_with_its_milestone(session: Session) -> None:
    contract = session.scalars(sa.select(Contract).order_by(Contract.id)).all()[ENDED_EARLY]
    money = contract.taken_out, contract.paid, contract.written_off, contract.credited
    assert money == (60_000_000, 170_000_000, 30_000_000, 40_000_000)
    assert (sum(money), contract.open_amount) == (contract.amount, 0)
    first, second, third, _ = contracts.milestones(session, contract.id)
    assert [(each["way"], each["amount"]) for each in first.facts["given_up"]] == [
        ("write_off", 30_000_000), ("credit", 10_000_000),
    ]  # fmt: skip
    assert first.facts["given_up"][1]["credit_note_no"] == "HZ-701"
    assert all(each["clearing_reason"] and each["clearing_file"] for each in first.facts["given_up"])
    assert (second.paid, third.credited) == (60_000_000, 30_000_000)
    decided = [(each.body, each.verdict) for each in deciding.decisions(session, "contract", contract.id)]
    called = {GATES[each.gate].zh for each in deciding.decisions(session, "contract", contract.id)}
    assert called == {"提前终止决策", "放弃款项决策", "合同关闭决策"}, "none of these changes the contract"
    assert ("rep", "approve") in decided, "ten percent of the contract: the body that signed"
    assert ("region", "refuse") in decided, "more than fifteen percent in all: one above"


def test_a_contract_keeps_its_documents_at_hand_over_change_and_closing(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        kept = [
            (each.gate, each.kind, queries.is_untouched(each))
            for contract_id in session.scalars(sa.select(Contract.id))
            for each in queries.kept_of(session, "contract", contract_id)
        ]
    assert {gate for gate, _, _ in kept} == {"handover", "ATAC", "END", "GIVE_UP", "ATCC"}
    assert ("handover", "contract_handover_package", True) in kept
    assert ("ATAC", "contract_change_orders", True) in kept
    assert ("ATCC", "contract_closing_checklist", True) in kept
    assert all(untouched for _, _, untouched in kept)
    assert catalogue.GATES["ATAC"] == Text("Change decision", "合同变更决策")


def flags(session: Session, place: int, kind: str) -> list[QualityFlag]:
    """Return the flags of the contract at ``place`` in the order in which they were raised."""
    contract_id = session.scalars(sa.select(Contract.id).order_by(Contract.id)).all()[place]
    return [each for each in reversed(quality.flags(session, "contract", contract_id)) if each.kind == kind]


def test_a_late_milestone_is_flagged_graver_with_time_and_resolved_when_delivered(session: Session) -> None:
    first, again = flags(session, DUNNED, "MILESTONE_OVERDUE")
    assert (first.severity, first.subject, first.detail) == ("high", "1", {"what": "1/1 交付验收", "days_late": 32})
    assert first.raised_at.date().isoformat() == "2026-03-11", "raised a day after it was planned"
    assert first.detail["days_late"] > 30, "on day 30 a dispute held it up; graver when that was over"
    assert first.resolved_at is not None
    assert first.how_resolved == Text("Delivered on 11 Apr 2026", "2026年4月11日已交付")
    assert again.raised_at == first.resolved_at == again.resolved_at, "refused by the customer it was late once more"


def test_money_sixty_days_overdue_is_flagged_and_resolved_by_the_last_payment(session: Session) -> None:
    [flag] = flags(session, DUNNED, "RECEIVABLE_OVERDUE")
    assert (flag.severity, flag.subject, flag.detail["days_late"]) == ("high", "FP-101", 60)
    assert flag.resolved_at is not None
    assert (flag.resolved_at - flag.raised_at).days >= 29, "a part written off does not resolve it"
    fang = organisation.user_named(session, "fang")
    assert fang is not None
    told = session.scalars(sa.select(Notice).where(Notice.user_id == fang.id, Notice.kind == "quality.raised")).all()
    assert [each.params["flag_zh"] for each in told] == ["应收逾期"], "the role that D9 names is told, once"


def test_a_late_hand_over_and_an_early_start_are_flagged_and_resolved_but_kept(session: Session) -> None:
    [late] = flags(session, REJECTED, "HANDOVER_LATE")
    assert (late.severity, late.raised_by) == ("medium", None), "the clock raised it, nobody by hand"
    assert late.how_resolved == Text("Handed over", "交接已完成")
    [waived] = flags(session, REJECTED, "GATE_WAIVED")
    assert (waived.subject, waived.resolved_at) == ("handover", None), "what was waived stays waived"
    assert waived.detail["what"]
