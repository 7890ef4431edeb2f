"""Found while reading tables."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "decision-input",
    Text("The input of a table cannot be read", "无法识别决策输入"),
    Text("The table could not be asked.", "决策表无法使用。"),
    Text(
        "Write names, constants, comparisons, and/or/not and the listed functions only.",
        "只能使用名称、常量、比较、and/or/not 和所列函数。",
    ),
)
