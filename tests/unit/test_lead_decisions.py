"""The shipped decision tables of the lead flow, walked over the whole grid of their inputs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from engine.calendar import working_minutes
from engine.interpreter import Program, compile_release

PROCESSES = Path(__file__).parents[2] / "processes"
SHANGHAI = ZoneInfo("Asia/Shanghai")
YES_NO = (True, False, None)
MATURITIES = ("hot", "warm", "cold", None)
LEVELS = ("account", "rep", "region", "company", None)


@pytest.fixture(scope="module")
def program() -> Program:
    tables = {f"decisions/{path.name}": path.read_bytes() for path in (PROCESSES / "decisions").glob("*.dmn")}
    return compile_release(tables, {})


GRIDS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "lead_priority": {"score": (*range(101), None), "maturity": MATURITIES},
    "lead_exit": {
        "need_remains": YES_NO,
        "pain_acknowledged": YES_NO,
        "kdm_met": YES_NO,
        "amount_and_date_known": YES_NO,
        "idle_days": (0, 1, 59, 60, 61, 179, 180, 181, 1000, None),
    },
    "lead_routing": {"secrecy": YES_NO, "has_team": YES_NO},
    "sla": {
        "kind": (
            "lead_screening", "lead_verification", "lead_distribution", "lead_acceptance", "lead_first_contact",
            "opportunity_understanding", "opportunity_fit", "gate_ati", "review", "gate_atb", "gate_atc",
            "authority_extension", "handover", "invoice", "gate_atac", "win_loss_report", "gate_atcc",
            "something_else", None,
        ),
        "level": LEVELS,
        "maturity": MATURITIES,
    },
}  # fmt: skip


def grid(table: str) -> Iterator[dict[str, Any]]:
    names = GRIDS[table]
    for values in itertools.product(*names.values()):
        yield dict(zip(names, values, strict=True))


@pytest.mark.parametrize("table", GRIDS)
def test_exactly_one_row_matches_anywhere_on_the_grid(program: Program, table: str) -> None:
    decision = program.decisions[table]
    assert decision.hit_policy == "UNIQUE"
    assert [column.expression for column in decision.inputs] == list(GRIDS[table])
    used = set()
    for inputs in grid(table):
        matching = [
            rule.id
            for rule in decision.rules
            if all(
                test.matches(inputs[column.expression], SHANGHAI)
                for test, column in zip(rule.tests, decision.inputs, strict=True)
            )
        ]
        assert len(matching) == 1, (inputs, matching)
        used.update(matching)
    assert used == {rule.id for rule in decision.rules}, "a row is never reached"


def test_grade_priority_and_beat_follow_d1(program: Program) -> None:
    for inputs in grid("lead_priority"):
        score, hot = inputs["score"] or 0, inputs["maturity"] == "hot"
        grade = "A" if score >= 80 else "B" if score >= 60 else "C"
        if grade == "C":
            expected = (2, 14) if hot and inputs["score"] is not None else (3, 30)
        else:
            expected = (1, 7) if hot else (2, 14)
        assert program.decide("lead_priority", inputs) == {
            "grade": grade, "priority": expected[0], "beat_days": expected[1],
        }  # fmt: skip


def test_the_advice_follows_d1b_and_an_unanswered_need_counts_as_remaining(program: Program) -> None:
    for inputs in grid("lead_exit"):
        idle = inputs["idle_days"] or 0
        if inputs["need_remains"] is False:
            advice = "CLOSE"
        elif not inputs["pain_acknowledged"]:
            advice = "CLOSE" if idle >= 180 else "NURTURE"
        elif inputs["kdm_met"] and inputs["amount_and_date_known"]:
            advice = "CONVERT"
        else:
            advice = "NURTURE_NEW_OWNER" if idle >= 60 else "NURTURE"
        assert program.decide("lead_exit", inputs) == {"advice": advice}, inputs


def test_confidential_leads_only_go_to_a_named_owner(program: Program) -> None:
    for inputs in grid("lead_routing"):
        routing = "named_owner" if inputs["secrecy"] else "least_load" if inputs["has_team"] else "lead_manager"
        assert program.decide("lead_routing", inputs) == {"routing": routing}


@pytest.mark.parametrize(
    ("kind", "rep", "region", "company"),
    [
        ("lead_screening", "P1D", "P1D", "P1D"),
        ("lead_distribution", "P1D", "P1D", "P1D"),
        # with a day each for the level and the team: 5, 5 and 7 days for the whole verification
        ("opportunity_understanding", "P2D", "P2D", "P3D"),
        ("opportunity_fit", "P1D", "P1D", "P2D"),
        ("gate_ati", "P3D", "P5D", "P7D"),
        ("review", "P2D", "P3D", "P3D"),
        ("gate_atb", "P2D", "P3D", "P5D"),
        ("gate_atc", "P2D", "P3D", "P5D"),
        ("authority_extension", "P1D", "P1D", "P2D"),
        ("handover", "P10D", "P10D", "P15D"),
        ("invoice", "P3D", "P3D", "P3D"),
        ("gate_atac", "P3D", "P5D", "P7D"),
        ("win_loss_report", "P10D", "P10D", "P10D"),
        ("gate_atcc", "P5D", "P5D", "P5D"),
    ],
)
def test_the_time_allowed_follows_d5(program: Program, kind: str, rep: str, region: str, company: str) -> None:
    expected = {"account": rep, "rep": rep, "region": region, "company": company, None: rep}
    for level, maturity in itertools.product(LEVELS, MATURITIES):
        given = {"kind": kind, "level": level, "maturity": maturity}
        assert program.decide("sla", given) == {"duration": expected[level]}


@pytest.mark.parametrize(
    ("kind", "hot", "warm", "cold"),
    [
        ("lead_verification", "P1D", "P5D", "P5D"),
        ("lead_acceptance", "PT4H", "P1D", "P2D"),
        ("lead_first_contact", "PT4H", "P1D", "P2D"),
    ],
)
def test_hot_leads_are_in_a_hurry(program: Program, kind: str, hot: str, warm: str, cold: str) -> None:
    expected = {"hot": hot, "warm": warm, "cold": cold, None: warm}
    for level, maturity in itertools.product(LEVELS, MATURITIES):
        given = {"kind": kind, "level": level, "maturity": maturity}
        assert program.decide("sla", given) == {"duration": expected[maturity]}


def test_every_time_allowed_is_working_time(program: Program) -> None:
    for inputs in grid("sla"):
        assert working_minutes(program.decide("sla", inputs)["duration"]) > 0


@pytest.mark.parametrize("path", sorted((PROCESSES / "decisions").glob("*.dmn")), ids=lambda path: path.stem)
def test_tables_rows_and_columns_are_named_in_both_languages(path: Path) -> None:
    root = etree.parse(path).getroot()
    dmn = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
    assert root.tag == f"{dmn}definitions", "not DMN 1.3"
    said = [each.get("name") for each in root.iter(f"{dmn}decision")]
    said += [each.get("label") for kind in ("input", "output") for each in root.iter(f"{dmn}{kind}")]
    said += [each.text for each in root.iter(f"{dmn}description")]
    assert len(said) > len(list(root.iter(f"{dmn}rule")))
    for text in said:
        english, _, chinese = text.partition(" / ")
        assert re.search(r"[A-Za-z]", english), text
        assert re.search(r"[\u4e00-\u9fff]", chinese), text
