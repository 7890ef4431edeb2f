"""Found while reading tables."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "decision-twice",
    Text("Two decisions with one id", "决策 id 重复"),
    Text("Nobody could say which of them is asked.", "无法判断使用哪一个。"),
    Text("Give one of them another id.", "请为其中一个更换 id。"),
)
