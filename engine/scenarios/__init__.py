"""Example cases: played on the real engine with a clock that turns, checked, and counted for what they reach."""

from engine.scenarios.coverage import Coverage, coverage
from engine.scenarios.playing import Played, World, play
from engine.scenarios.stories import Scenario, ScenarioError, read

__all__ = ["Coverage", "Played", "Scenario", "ScenarioError", "World", "coverage", "play", "read"]
