"""What holds of all shipped scenarios; how they go is told by the ``test_stories_of_…`` beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.scenarios import ScenarioError, play, read
from tests.stories import FILES, PARTS, STORIES, USUAL, ZONE, files_of
from webui.scenarios import demo_world


def test_every_part_of_the_road_is_played_and_no_story_is_left_out() -> None:
    for part in PARTS:
        assert Path(__file__).with_name(f"test_stories_of_{part}.py").exists()
    assert sorted(file for part in PARTS for file in files_of(part)) == sorted(story.file for story in STORIES)


def test_a_scenario_that_leaves_the_path_says_where() -> None:
    wrong = b"""
name: {en: Wrong, zh: X}
at: 2026-03-02T09:00:00+08:00
steps:
  - {start: lead, as: heyun, do: capture_information}
  - {do: verify_lead}
"""
    [scenario], _ = read({"wrong.yaml": wrong})
    with demo_world(FILES, ZONE) as world:
        failures = play(scenario, world, USUAL).failures
    assert failures == ["2: verify_lead is not open; open are analyse_information"]


NESTED = b"[" * 100_000 + b"]" * 100_000
REPEATING = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"


@pytest.mark.parametrize(
    "content",
    [b"- a list", b"name: {en: a", b"name: {en: A, zh: B}\nsteps: []", b"\xff", NESTED, REPEATING],
    ids=["list", "cut", "no steps", "bytes", "nested", "repeating"],
)
def test_what_is_no_scenario_is_refused_with_its_file(content: bytes) -> None:
    with pytest.raises(ScenarioError, match=r"broken\.yaml"):
        read({"broken.yaml": content})
