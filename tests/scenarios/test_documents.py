"""The documents of the shipped processes: what they say after a whole case, and what was kept at its decisions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.database import reading, transaction
from engine.errors import NotFound
from engine.instances.records import ProcessInstance
from engine.releases.operations import read_folder
from engine.scenarios import play, read
from engine.settings import Settings
from engine.text import Text
from handlers.documents import catalogue, queries
from handlers.documents.model import Document, Facts, NineCells, Radar, Table
from handlers.documents.subjects import sources_of
from handlers.lead.records import Lead
from handlers.opportunity.records import Opportunity
from webui.scenarios import DemoWorld, demo_world

PROCESSES = Path(__file__).parent.parent.parent / "processes"
FILES = read_folder(PROCESSES)
SCENARIOS, USUAL = read({path: content for path, content in FILES.items() if path.startswith("scenarios/")})
TOLD = ("lead_converted", "lead_meetings", "opportunity_market_won")


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    """The demo company after one case of each kind of record."""
    with demo_world(FILES, Settings.from_environment({"LTC_DATA": "var"}).zone) as world:
        for scenario in SCENARIOS:
            if Path(scenario.file).stem in TOLD:
                assert play(scenario, world, USUAL).failures == []
        yield world


def _lead(world: DemoWorld) -> int:
    with reading(world.factory) as session:
        return session.scalars(sa.select(Lead.id).where(Lead.status == "CONVERTED")).one()


def _values(document: Document) -> list[object]:
    said: list[object] = []
    for part in document.parts:
        if isinstance(part, Facts):
            said += [row.value for row in part.rows]
        elif isinstance(part, Table):
            said += [value for row in part.rows for value in row]
    return said


def test_a_lead_has_its_documents_under_the_titles_of_the_forms(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        known = sources_of(session, "lead", _lead(world))
        made = {each.kind: queries.built(known, each) for each in queries.fitting(known)}
    assert set(made) == {"lead_record", "lead_verification", "lead_competitors", "lead_guidance"}
    record = made["lead_record"]
    assert record.number.startswith("LD-202603-")
    tables = {part.title: part for part in record.parts if isinstance(part, Table)}
    assert Text("Pains", "痛点") in tables
    assert "交期延误赔付" in _values(record)
    assert Text("Valid", "有效") in _values(made["lead_verification"]), "a choice is said in both languages"
    [board] = [part for part in made["lead_guidance"].parts if isinstance(part, NineCells)]
    cells = {cell.key: cell.lines for cell in board.cells}
    assert cells["R3"] == ("再这样排下去，下半年一定出事。",)
    assert list(cells) == ["R1", "R2", "R3", "I1", "I2", "I3", "C1", "C2", "C3"]


def test_the_minutes_of_a_lead_meeting_belong_to_its_case(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        case = session.scalars(
            sa.select(ProcessInstance.id).where(ProcessInstance.process_id == "lead_meeting")
        ).first()
        assert case is not None
        minutes = queries.current(session, "case", case, "lead_meeting_minutes")
    assert any("林经理、安睿、苏然" in str(value) for value in _values(minutes))


def _won(world: DemoWorld) -> int:
    with reading(world.factory) as session:
        return session.scalars(sa.select(Opportunity.id).where(Opportunity.status == "WON")).one()


def test_an_opportunity_has_its_documents_with_a_board_for_each_decision_maker(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        known = sources_of(session, "opportunity", _won(world))
        made = {each.kind: queries.built(known, each) for each in queries.fitting(known)}
    assert set(made) == {each.kind for each in catalogue.of_record("opportunity")}, "a whole case has them all"
    boards = [part for part in made["nine_cell_board"].parts if isinstance(part, NineCells)]
    assert [board.title.zh for board in boards if board.title] == ["周建国 · 生产副总", "李敏 · 信息部长"]
    assert all(any(cell.lines for cell in board.cells if cell.key == "C1") for board in boards)
    said = _values(made["approval_report"])
    assert Text("Approve with conditions", "有条件同意") in said
    assert "两周内拿到接口清单" in said, "a condition is an action of the decision"
    [radar] = [part for part in made["four_dimension_opinions"].parts if isinstance(part, Radar)]
    assert [(axis.label.zh, axis.value) for axis in radar.axes] == [
        ("解决方案", 4), ("交付", 4), ("商法", 4), ("财经", 4),
    ]  # fmt: skip
    assert Text("Shanghai representative office", "上海代表处") in _values(made["authority_letter"])
    assert "预付款提到四成" in _values(made["give_get_list"])


def test_a_gate_keeps_what_it_was_decided_on_together_with_the_decision(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        kept = queries.kept_of(session, "opportunity", _won(world))
        by_gate = {(each.gate, each.kind): Document.read(each.content) for each in kept}
    approved = by_gate["ATI", "approval_report"]
    assert Text("Approve with conditions", "有条件同意") in _values(approved)
    assert ("report", "win_loss_report") in by_gate
    assert {gate for gate, _ in by_gate} == {"ATI", "ATB", "ATC", "report"}
    assert ("ATB", "bid_report") in by_gate
    assert ("ATC", "signing_report") in by_gate
    assert ("ATI", "value_proposition") not in by_gate


def test_documents_are_kept_when_a_decision_falls_and_say_what_was_known_then(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        kept = queries.kept_of(session, "lead", _lead(world))
        by_gate = {(each.gate, each.kind): queries.kept(session, each.id) for each in kept}
        then, at_the_end = by_gate["verdict", "lead_record"], by_gate["handling", "lead_record"]
        assert "交期延误赔付" not in _values(Document.read(then.content)), "the pains came later"
        assert "交期延误赔付" in _values(Document.read(at_the_end.content))
        assert then.id < at_the_end.id
        assert all(queries.is_untouched(queries.kept(session, each.id)) for each in kept)
    assert {gate for gate, _ in by_gate} == {"verdict", "handling"}


def test_an_edited_kept_document_is_found_by_its_fingerprint(world: DemoWorld) -> None:
    lead_id = _lead(world)
    with transaction(world.factory) as session:
        found = queries.kept(session, queries.kept_of(session, "lead", lead_id)[0].id)
        honest = dict(found.content)
        found.content = {**honest, "subject": "something else"}
        session.flush()
        assert not queries.is_untouched(found)
        found.content = honest


def test_a_document_of_another_record_or_of_nothing_known_is_not_found(world: DemoWorld) -> None:
    with reading(world.factory) as session:
        for record_type, record_id, kind in (
            ("lead", _lead(world), "lead_meeting_minutes"),
            ("lead", 4711, "lead_record"),
            ("customer", 1, "lead_record"),
            ("lead", _lead(world), "nonsense"),
        ):
            with pytest.raises(NotFound):
                queries.current(session, record_type, record_id, kind)


def test_every_document_is_called_something_in_both_languages() -> None:
    assert all(each.title.en and each.title.zh for each in catalogue.kinds().values())


def test_every_document_that_the_method_names_is_made_of_one_of_the_three_records() -> None:
    """In the order of `ltc.md` 2.4; milestone, invoice and receipt records are one document."""
    named = {
        "lead": ("lead_record", "lead_verification", "lead_competitors", "lead_guidance"),
        "case": ("lead_meeting_minutes",),
        "opportunity": (
            "opportunity_verification", "approval_report", "decision_minutes", "competitor_sheet", "value_proposition",
            "nine_cell_board", "bid_analysis", "solution_review", "proposal", "four_dimension_opinions", "bid_report",
            "clarification_log", "credit_file", "give_get_list", "strength_sheet", "authority_letter",
            "negotiation_minutes", "signing_report", "signature_sheet", "win_loss_report",
        ),
        "contract": (
            "contract_sheet", "contract_handover_package", "contract_handover_acceptance", "contract_billing",
            "contract_change_orders", "contract_risk_register", "contract_dispute_file", "contract_closing_checklist",
            "contract_satisfaction", "contract_evaluation", "contract_lessons",
        ),
    }  # fmt: skip
    assert {kind: set(names) for kind, names in named.items()} == {
        kind: {each.kind for each in catalogue.of_record(kind)} for kind in named
    }
