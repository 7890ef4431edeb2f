"""Example cases: played on the real engine with a clock that turns, checked, and counted for what they reach."""

from engine.scenarios.coverage import Coverage, coverage
from engine.scenarios.playing import Left, Played, Problem, World, play
from engine.scenarios.stories import Scenario, ScenarioError, read, read_each

__all__ = [
    "Coverage", "Left", "Played", "Problem", "Scenario", "ScenarioError", "World", "coverage", "play", "read",
    "read_each",
]  # fmt: skip
