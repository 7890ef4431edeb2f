"""The tables of bid, credit and negotiation (D4, D8, D10): one row anywhere on the grid, and the one of `ltc.md`."""

from __future__ import annotations

import itertools
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.interpreter import Program, compile_release

DECISIONS = Path(__file__).parents[2] / "processes" / "decisions"
TABLES = ("bid_go_no_go", "credit_terms", "negotiation_authority")
YES_NO = (True, False, None)


@pytest.fixture(scope="module")
def program() -> Program:
    tables = {f"decisions/{name}.dmn": (DECISIONS / f"{name}.dmn").read_bytes() for name in TABLES}
    return compile_release(tables, {}, ZoneInfo("Asia/Shanghai"))


def test_every_score_of_four_dimensions_has_one_advice_and_it_is_that_of_d4(program: Program) -> None:
    for red_flag, lowest, score in itertools.product(YES_NO, (None, *range(7)), (None, *range(-1, 102))):
        if red_flag is not False or lowest is None or lowest < 2 or score is None or score < 50:
            advice = "no_go"
        elif score < 70 or lowest == 2:
            advice = "conditional"
        else:
            advice = "go"
        given = {"red_flag": red_flag, "lowest_score": lowest, "bid_score": score}
        assert program.decide("bid_go_no_go", given) == {"advice": advice}, given


def test_the_weights_of_the_dimensions_make_a_whole_number_between_20_and_100() -> None:
    for s, d, c, f in itertools.product(range(1, 6), repeat=4):
        exact = 100 * (30 * s + 25 * d + 20 * c + 25 * f) / 100 / 5
        assert 6 * s + 5 * d + 4 * c + 5 * f == exact
        assert 20 <= exact <= 100


def test_every_rating_has_its_terms_and_an_unknown_customer_pays_first(program: Program) -> None:
    terms = {"A": (60, 0, False), "B": (45, 0, False), "C": (30, 30, False)}
    for rating, overdue in itertools.product(("A", "B", "C", "D", "", "E", None), YES_NO):
        days, prepaid, uplift = terms.get(rating or "", (0, 100, True))
        if rating == "C" and overdue is not False:
            uplift = True
        found = program.decide("credit_terms", {"credit_rating": rating, "credit_overdue": overdue})
        assert found == {"allowed_days": days, "least_prepaid": prepaid, "credit_uplift": uplift}, (rating, overdue)


def test_terms_are_inside_the_grant_beyond_it_or_forbidden_and_never_two_of_these(program: Program) -> None:
    floors = {"price_over": 15, "payment_over": 90, "liability_over": 1, "delivery_over": 60}
    edges = [sorted({-1, 0, 1, floor, floor + 1}) for floor in floors.values()]
    for *over, amount in itertools.product(*edges, YES_NO):
        if any(each > floor for each, floor in zip(over, floors.values(), strict=True)):
            authority = "forbidden"
        elif any(each > 0 for each in over) or amount is not False:
            authority = "ask"
        else:
            authority = "inside"
        given = {**dict(zip(floors, over, strict=True)), "amount_over": amount}
        assert program.decide("negotiation_authority", given) == {"authority": authority}, given
