"""The shipped scenarios: each goes as told, and together they take every flow of every diagram."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.releases.operations import read_folder
from engine.scenarios import Coverage, Played, ScenarioError, play, read
from engine.settings import Settings
from webui.scenarios import demo_world, play_all

PROCESSES = Path(__file__).parent.parent.parent / "processes"
FILES = read_folder(PROCESSES)
SCENARIOS, USUAL = read({path: content for path, content in FILES.items() if path.startswith("scenarios/")})


@pytest.fixture(scope="module")
def played() -> tuple[dict[str, Played], Coverage]:
    told, reached = play_all(FILES, Settings.from_environment({"LTC_DATA": "var"}).zone, SCENARIOS, USUAL)
    return {each.scenario.file: each for each in told}, reached


@pytest.mark.parametrize("file", [scenario.file for scenario in SCENARIOS])
def test_a_scenario_goes_as_told_and_leaves_no_incident(file: str, played: tuple[dict[str, Played], Coverage]) -> None:
    assert played[0][file].failures == []


def test_every_flow_and_boundary_event_is_taken(played: tuple[dict[str, Played], Coverage]) -> None:
    reached = played[1]
    assert sum(map(len, reached.all.values())) > 100
    assert reached.missed == {}


def test_a_scenario_that_leaves_the_path_says_where() -> None:
    wrong = b"""
name: {en: Wrong, zh: X}
at: 2026-03-02T09:00:00+08:00
steps:
  - {start: lead, as: heyun, do: capture_information}
  - {do: verify_lead}
"""
    [scenario], _ = read({"wrong.yaml": wrong})
    with demo_world(FILES, Settings.from_environment({"LTC_DATA": "var"}).zone) as world:
        failures = play(scenario, world, USUAL).failures
    assert failures == ["2: verify_lead is not open; open are analyse_information"]


@pytest.mark.parametrize("content", [b"- a list", b"name: {en: a", b"name: {en: A, zh: B}\nsteps: []", b"\xff"])
def test_what_is_no_scenario_is_refused_with_its_file(content: bytes) -> None:
    with pytest.raises(ScenarioError, match=r"broken\.yaml"):
        read({"broken.yaml": content})
