"""Joining two changes of the same files: file by file, then element by element. What cannot be joined is a conflict."""

from engine.merging.conflicts import BOTH, MINE, THEIRS, Choices, Conflict
from engine.merging.folders import Joined, join, join_file

__all__ = ["BOTH", "MINE", "THEIRS", "Choices", "Conflict", "Joined", "join", "join_file"]
