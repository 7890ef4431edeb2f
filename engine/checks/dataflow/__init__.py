"""What is known of the process data at each element, on every way that leads there."""

from engine.checks.dataflow.analysis import DataFlow, Gap

__all__ = ["DataFlow", "Gap"]
