"""Trying a diagram without a case: nothing real is touched, people and handlers are played."""

from engine.sandbox.opening import Opened, open_files
from engine.sandbox.playing import Act, Sandbox

__all__ = ["Act", "Opened", "Sandbox", "open_files"]
