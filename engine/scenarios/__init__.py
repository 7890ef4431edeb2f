"""Example cases: played on the real engine with a clock that turns, checked, and counted for what they reach."""

from engine.scenarios.coverage import Coverage, coverage
from engine.scenarios.playing import Left, Played, Problem, World, play, play_step, told_answers, work_item_of
from engine.scenarios.stories import Scenario, ScenarioError, read, read_each

__all__ = [
    "Coverage", "Left", "Played", "Problem", "Scenario", "ScenarioError", "World", "coverage", "play", "play_step",
    "read", "read_each", "told_answers", "work_item_of",
]  # fmt: skip
