"""Found while reading tables."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "decision-output",
    Text("Outputs need names of their own", "输出列需要唯一的名称"),
    Text("They become process data by these names.", "它们按这些名称成为流程数据。"),
    Text("Give each output its own name of letters, digits and _.", "请为每个输出列起唯一的名称（字母、数字、_）。"),
)
