"""The decision tables of contracts, walked over the grid of their inputs, and the comparison of key terms."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.interpreter import Program, compile_release, expressions
from engine.text import Text
from handlers.contract.key_terms import TERMS, compare, registered, told
from handlers.contract.records import Contract, Milestone

PROCESSES = Path(__file__).parents[2] / "processes"
BODY_OF = (
    'change_body = "rep" if authority == "rep" else (body if authority == "signer" else '
    '("region" if body == "rep" else "company"))\n'
    'change_body = ("region" if change_body == "rep" else "company") if higher_body else change_body'
)
"""The script behind the table ``change_authority`` in ``contract_change.bpmn``."""


@pytest.fixture(scope="module")
def program() -> Program:
    tables = {f"decisions/{path.name}": path.read_bytes() for path in (PROCESSES / "decisions").glob("*.dmn")}
    return compile_release(tables, {})


def expected_authority(percent: int, days: int, margin_down: bool) -> str:
    """Return who decides by the words of `ltc.md` D3c."""
    if percent <= 5 and days <= 10 and not margin_down:
        return "rep"
    return "signer" if percent <= 15 and days <= 30 else "above"


def test_one_row_decides_on_every_change_and_it_is_the_one_of_the_domain(program: Program) -> None:
    grid = itertools.product(
        (0, 1, 4, 5, 6, 14, 15, 16, 100), (0, 9, 10, 11, 29, 30, 31, 365), (True, False)
    )  # fmt: skip
    for percent, days, margin_down in grid:
        inputs = {"effect_percent": percent, "delay_days": days, "margin_down": margin_down}
        decided = program.decide("change_authority", inputs)
        assert decided == {"authority": expected_authority(percent, days, margin_down)}, inputs


@pytest.mark.parametrize(
    ("authority", "body", "higher", "decides"),
    [
        ("rep", "company", False, "rep"),
        ("signer", "rep", False, "rep"),
        ("signer", "region", False, "region"),
        ("signer", "company", False, "company"),
        ("above", "rep", False, "region"),
        ("above", "region", False, "company"),
        ("above", "company", False, "company"),
        ("rep", "company", True, "region"),
        ("signer", "region", True, "company"),
        ("above", "company", True, "company"),
    ],
)
def test_the_body_that_decides_on_a_change_is_never_above_the_company(
    authority: str, body: str, higher: bool, decides: str
) -> None:
    drawn = (PROCESSES / "contract_change.bpmn").read_text()
    assert f"<bpmn:script>{BODY_OF}</bpmn:script>" in drawn
    data: dict[str, Any] = {"authority": authority, "body": body, "higher_body": higher}
    expressions.execute(BODY_OF, data)
    assert data["change_body"] == decides


@pytest.mark.parametrize(
    ("size", "form"), [(0, "documents"), (1, "documents"), (2, "video"), (3, "on_site"), (4, "on_site")]
)
def test_the_larger_the_contract_the_closer_its_people_meet(program: Program, size: int, form: str) -> None:
    assert program.decide("handover_form", {"size": size}) == {"suggested_form": form}


SHEET: dict[str, Any] = {
    "scope": ["software", "training"], "price": 300_000_000, "price_basis": "fixed", "prepayment": 30,
    "last_payment": 10, "longest_terms": 30, "acceptance_by": "certificate", "acceptance_days": 15,
    "final_delivery_on": "2026-09-30", "warranty_months": 12, "penalty_per_week": 1, "penalty_cap": 5,
}  # fmt: skip


def test_sheets_that_say_the_same_agree_whatever_the_order_of_lists_and_the_remarks() -> None:
    assert set(SHEET) == set(TERMS)
    other = {**SHEET, "scope": ["training", "software"], "scope_note": "no cables"}
    assert compare({"ar": SHEET, "sr": other, "fr": SHEET, "pm": SHEET}, {}) == {}


@pytest.mark.parametrize("term", TERMS)
def test_each_term_read_unlike_by_one_reader_is_named_with_all_four_answers(term: str) -> None:
    odd = {**SHEET, term: "something else"}
    found = compare({"ar": SHEET, "sr": SHEET, "fr": SHEET, "pm": odd}, {})
    assert found == {term: {"ar": SHEET[term], "sr": SHEET[term], "fr": SHEET[term], "pm": "something else"}}


def test_four_who_are_wrong_together_differ_from_the_contract() -> None:
    contract = Contract(amount=300_000_000, delivery_on=date(2026, 9, 30))
    plan = [("none", 90, 10), ("certificate", 180, 30), ("certificate", 0, 90), ("certificate", 30, 45)]
    stones = [
        Milestone(status="PLANNED", evidence=evidence, amount=wan * 1_000_000, payment_days=days)
        for evidence, wan, days in plan
    ]
    contract.warranty_months, contract.penalty_cap = 24, 0
    known = registered(contract, stones)
    assert known == {
        "price": 300_000_000, "prepayment": 30, "last_payment": 10, "longest_terms": 45,
        "final_delivery_on": "2026-09-30", "warranty_months": 24, "penalty_cap": 0,
    }, "a milestone free of charge says nothing of payments"  # fmt: skip
    sheet = {**SHEET, **known}
    assert compare({"ar": sheet, "sr": sheet}, known) == {}
    wrong = {**sheet, "price": 3_000_000}
    assert compare({"ar": wrong, "sr": wrong}, known) == {
        "price": {"ar": 3_000_000, "sr": 3_000_000, "registered": 300_000_000}
    }
    hurried = {**sheet, "warranty_months": 12, "penalty_cap": 5}
    assert compare({"ar": hurried, "sr": hurried}, known) == {
        "warranty_months": {"ar": 12, "sr": 12, "registered": 24},
        "penalty_cap": {"ar": 5, "sr": 5, "registered": 0},
    }
    assert registered(Contract(amount=90_000_000), stones[:1]) == {
        "price": 90_000_000, "prepayment": 100, "longest_terms": 10,
    }, "of one payment nobody knows whether it is the last; of a delivery without a day nothing"  # fmt: skip


def test_what_differs_is_told_in_the_language_of_the_reader() -> None:
    words = told(
        {"price": {"ar": 300_000_000, "registered": 280_000_050}, "scope": {"ar": ["software", "training"], "pm": []}}
    )
    assert (
        words.en == "Price with tax: AR CNY 3,000,000, Registered CNY 2,800,000.50; Scope: AR software + training, PM –"
    )
    assert words.zh == "含税总价：AR 300 万元，合同登记 280.00005 万元；交付范围：AR 软件、培训，PM –"
    assert Text.of(words.both()) == words
    assert Text.of("合同正本 / original") == Text("合同正本 / original", "合同正本 / original")
