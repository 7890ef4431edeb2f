"""The shipped stories of contracts: each goes as told, and together they take every flow of their diagrams."""

from __future__ import annotations

import pytest

from tests.stories import Told, files_of, play_part


@pytest.fixture(scope="module")
def told() -> Told:
    return play_part("contracts")


@pytest.mark.parametrize("file", files_of("contracts"))
def test_a_story_goes_as_told_and_leaves_no_incident(file: str, told: Told) -> None:
    assert told.failures[file] == []


def test_every_flow_and_boundary_event_is_taken(told: Told) -> None:
    assert told.flows > 50
    assert told.missed == {}
