"""The story over the whole road from lead to cash: it goes as told, and no completion asks the database too much."""

from __future__ import annotations

import statistics

import pytest

from benchmarks import road
from engine.scenarios import Played

MOST, USUALLY = 42, 12
"""Statements of one completion; the dearest hands a contract over: milestones begin, documents are kept."""


@pytest.fixture(scope="module")
def measured() -> tuple[Played, list[road.Cost]]:
    return road.measure(1, lambda _text: None)


def test_the_story_goes_as_told(measured: tuple[Played, list[road.Cost]]) -> None:
    assert measured[0].failures == []
    assert len(measured[1]) > 90


def test_no_completion_asks_the_database_too_much(measured: tuple[Played, list[road.Cost]]) -> None:
    costs = measured[1]
    assert [cost for cost in costs if cost.statements > MOST] == []
    assert statistics.median(cost.statements for cost in costs) <= USUALLY
