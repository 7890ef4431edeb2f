"""Does a diagram always end well? Its states are explored, token by token, with what it calls."""

from engine.checks.soundness.exploring import LIMIT, Explored, Trouble, explore
from engine.checks.soundness.game import Game

__all__ = ["LIMIT", "Explored", "Game", "Trouble", "explore"]
