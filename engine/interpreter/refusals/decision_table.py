"""Found while reading tables."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "decision-table",
    Text("A decision is one table", "决策应为单个决策表"),
    Text("Other forms of decisions are not evaluated.", "其他形式的决策不会被计算。"),
    Text("Use one decision table per decision.", "每个决策使用一个决策表。"),
)
