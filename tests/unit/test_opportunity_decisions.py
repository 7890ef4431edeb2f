"""The shipped decision tables of the opportunity flow, walked over the whole grid of their inputs (`ltc.md` 3)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.interpreter import Program, compile_release
from handlers.opportunity.documents import NAMES
from handlers.quality.operations import SEVERITIES
from handlers.quality.records import KINDS

PROCESSES = Path(__file__).parents[2] / "processes"
SHANGHAI = ZoneInfo("Asia/Shanghai")
WAN = 1_000_000
"""Ten thousand yuan in fen."""
AMOUNTS = tuple(
    amount * WAN + cent
    for amount in (0, 1, 99, 100, 101, 499, 500, 501, 2999, 3000, 3001, 50000)
    for cent in (-1, 0, 1)
)  # fmt: skip
YES_NO = (True, False, None)
TIERS = ("strategic", "key", "general", "", None)
EVENTS = (
    "report_missing", "gate_waived", "guidance_incomplete", "level_lowered", "handover_late", "milestone_overdue",
    "receivable_overdue", "something_else", None,
)  # fmt: skip

GRIDS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "opportunity_tier": {
        "strategic": YES_NO, "amount": (*AMOUNTS, None), "customer_grade": ("S", "A", "B", "C", "", None),
    },
    "decision_body": {"amount": (*AMOUNTS, None)},
    "four_step_body": {"tier": TIERS},
    "quality_flag": {"event": EVENTS, "days_late": (*range(100), 1000, None)},
    "document_required": {
        "step": ("verify", "guidance", "solution", "negotiation", "signing", "closing", "something_else", None),
        "tier": TIERS,
    },
}  # fmt: skip
UPLIFTS: Mapping[str, tuple[Any, ...]] = {
    "risk_level": ("low", "medium", "high", None),
    "margin_percent": (-5, 0, 14, 15, 16, None),
    "prepay_percent": (0, 1, 30, None),
    "last_payment_percent": (0, 30, 31, None),
    "payment_days": (0, 90, 91, None),
    "credit_rating": ("A", "B", "C", "D", "", None),
    "credit_overdue": YES_NO,
    "unlimited_liability": YES_NO,
}


@pytest.fixture(scope="module")
def program() -> Program:
    tables = {f"decisions/{path.name}": path.read_bytes() for path in (PROCESSES / "decisions").glob("*.dmn")}
    return compile_release(tables, {})


def grid(names: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*names.values()):
        yield dict(zip(names, values, strict=True))


@pytest.mark.parametrize("table", GRIDS)
def test_exactly_one_row_matches_anywhere_on_the_grid(program: Program, table: str) -> None:
    decision = program.decisions[table]
    assert decision.hit_policy == "UNIQUE"
    assert [column.expression for column in decision.inputs] == list(GRIDS[table])
    used = set()
    for inputs in grid(GRIDS[table]):
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


def test_the_tier_follows_d2(program: Program) -> None:
    for inputs in grid(GRIDS["opportunity_tier"]):
        amount = inputs["amount"] or 0
        key = amount >= 500 * WAN or (amount >= 100 * WAN and inputs["customer_grade"] in {"S", "A"})
        expected = "strategic" if inputs["strategic"] else "key" if key else "general"
        assert program.decide("opportunity_tier", inputs) == {"tier": expected}, inputs


def test_the_base_level_follows_d3(program: Program) -> None:
    for inputs in grid(GRIDS["decision_body"]):
        amount = inputs["amount"] or 0
        expected = 1 if amount < 500 * WAN else 2 if amount < 3000 * WAN else 3
        assert program.decide("decision_body", inputs) == {"base_level": expected}, inputs


def test_every_risk_lifts_the_decision_by_exactly_one_level(program: Program) -> None:
    # The whole grid has 124 416 points; each factor against every state of each other one is enough: rows of one
    # factor never read another's columns, which is asserted first.
    groups = (
        ("risk_level",), ("margin_percent",), ("prepay_percent", "last_payment_percent", "payment_days"),
        ("credit_rating", "credit_overdue"), ("unlimited_liability",),
    )  # fmt: skip
    decision = program.decisions["decision_uplift"]
    assert decision.hit_policy == "COLLECT"
    columns = [column.expression for column in decision.inputs]
    assert columns == list(UPLIFTS)
    for rule in decision.rules:
        read = {name for name, test in zip(columns, rule.tests, strict=True) if not test.is_anything}
        assert sum(bool(read & set(group)) for group in groups) == 1, rule.id
        assert [cell.result for cell in rule.outputs] == [1], rule.id
    quiet = dict.fromkeys(UPLIFTS)
    for one, other in itertools.combinations(groups, 2):
        for inputs in grid({name: UPLIFTS[name] for name in (*one, *other)}):
            given = quiet | inputs
            assert sum(program.decide("decision_uplift", given)["uplift"]) == risks(given), given


def risks(given: Mapping[str, Any]) -> int:
    margin, last, days = given["margin_percent"], given["last_payment_percent"] or 0, given["payment_days"] or 0
    rating, overdue = given["credit_rating"], given["credit_overdue"]
    return sum(
        (
            given["risk_level"] == "high",
            margin is not None and margin < 15,
            (given["prepay_percent"] == 0 and last > 30) or days > 90,
            rating == "D" or (rating == "C" and overdue is True),
            given["unlimited_liability"] is True,
        )
    )


def test_quality_flags_follow_d9_and_are_kinds_that_can_be_raised(program: Program) -> None:
    late = {"report_missing": 10, "milestone_overdue": 1, "receivable_overdue": 60}
    grave = late | {"milestone_overdue": 30}
    raised = set()
    for inputs in grid(GRIDS["quality_flag"]):
        said = program.decide("quality_flag", inputs)
        assert said["severity"] in SEVERITIES
        if inputs["event"] in late:
            assert bool(said["flag"]) is ((inputs["days_late"] or 0) >= late[inputs["event"]]), inputs
            assert (said["severity"] == "high") is ((inputs["days_late"] or 0) >= grave[inputs["event"]]), inputs
        raised.add(said["flag"])
    assert raised == {*KINDS, ""}


def test_every_document_that_d11_asks_for_is_known_and_higher_tiers_need_no_less(program: Program) -> None:
    asked = set()
    for step in GRIDS["document_required"]["step"]:
        by_tier = {
            tier: set(program.decide("document_required", {"step": step, "tier": tier})["documents"].split(","))
            for tier in TIERS
        }
        assert by_tier["general"] <= by_tier["key"] <= by_tier["strategic"], step
        asked |= by_tier["strategic"]
    assert asked - {""} == set(NAMES)
