"""Decision tables: whether every input has exactly one answer, and every row answers something."""

from engine.checks.tables.covering import Judged, judge

__all__ = ["Judged", "judge"]
