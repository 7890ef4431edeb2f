"""The documents of the shipped contract processes: hand-over, money, changes, disputes, closing; and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.database import reading
from engine.releases.operations import read_folder
from engine.scenarios import play, read
from engine.settings import Settings
from engine.text import Text
from handlers.contract.records import Contract
from handlers.documents import catalogue, queries
from handlers.documents.model import Document, Facts, Money, Table
from handlers.documents.subjects import sources_of
from webui.scenarios import DemoWorld, demo_world

PROCESSES = Path(__file__).parent.parent.parent / "processes"
FILES = read_folder(PROCESSES)
SCENARIOS, USUAL = read({path: content for path, content in FILES.items() if path.startswith("scenarios/")})
TOLD = ("contract_closed_after_work", "contract_two_changes_and_a_dispute", "contract_risks_watched")


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    """The demo company after three contracts."""
    with demo_world(FILES, Settings.from_environment({"LTC_DATA": "var"}).zone) as world:
        for scenario in SCENARIOS:
            if Path(scenario.file).stem in TOLD:
                assert play(scenario, world, USUAL).failures == []
        yield world


@pytest.fixture(scope="module")
def made(world: DemoWorld) -> dict[str, Document]:
    """The documents of all three contracts by kind; of one kind, those of the last contract that has it."""
    with reading(world.factory) as session:
        found = {}
        for contract_id in session.scalars(sa.select(Contract.id).order_by(Contract.id)):
            known = sources_of(session, "contract", contract_id)
            found |= {each.kind: queries.built(known, each) for each in queries.fitting(known)}
    return found


def _tables(document: Document) -> dict[str, Table]:
    return {part.title.en: part for part in document.parts if isinstance(part, Table) and part.title is not None}


def test_three_contracts_have_every_document_between_them(made: dict[str, Document]) -> None:
    assert set(made) == {each.kind for each in catalogue.of_record("contract")}


def test_the_hand_over_shows_side_by_side_how_each_understands_the_key_terms(made: dict[str, Document]) -> None:
    compared = _tables(made["contract_handover_acceptance"])["Understanding of the key terms"]
    assert len(compared.columns) == 6, "the term, what is registered, AR, SR, FR and the delivery manager"
    price = next(row for row in compared.rows if isinstance(row[1], Money))
    assert len(set(map(str, price[1:]))) == 1, "all agree with the contract before the hand-over is accepted"


def test_money_is_shown_milestone_by_milestone_with_invoices_and_receipts(made: dict[str, Document]) -> None:
    tables = _tables(made["contract_billing"])
    assert {"Milestones", "Invoices", "Receipts"} <= set(tables)
    received = sum(row[-1].fen for row in tables["Receipts"].rows if isinstance(row[-1], Money))
    paid = sum(row[-1].fen for row in tables["Milestones"].rows if isinstance(row[-1], Money))
    assert received == paid > 0


def test_changes_and_disputes_stand_under_the_number_of_their_case(made: dict[str, Document]) -> None:
    orders = made["contract_change_orders"]
    headings = [part.title.en for part in orders.parts if isinstance(part, Facts) and part.title is not None]
    numbered = [each for each in headings if each.startswith(f"{orders.number}/C")]
    assert numbered == [f"{orders.number}/C{place}" for place in range(1, len(numbered) + 1)]
    assert len(numbered) > 1
    disputes = [part.title.en for part in made["contract_dispute_file"].parts if isinstance(part, Facts) and part.title]
    assert f"{made['contract_dispute_file'].number}/D1" in disputes


def test_a_contract_keeps_its_documents_at_hand_over_change_and_closing(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        kept = [
            (each.gate, each.kind, queries.is_untouched(each))
            for contract_id in session.scalars(sa.select(Contract.id))
            for each in queries.kept_of(session, "contract", contract_id)
        ]
    assert {gate for gate, _, _ in kept} == {"handover", "ATAC", "ATCC"}
    assert ("handover", "contract_handover_package", True) in kept
    assert ("ATAC", "contract_change_orders", True) in kept
    assert ("ATCC", "contract_closing_checklist", True) in kept
    assert all(untouched for _, _, untouched in kept)
    assert catalogue.GATES["ATAC"] == Text("Change decision", "合同变更决策")
