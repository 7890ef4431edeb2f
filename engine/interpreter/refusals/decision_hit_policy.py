"""Found while reading tables."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "decision-hit-policy",
    Text("A hit policy that is not supported", "不支持的命中策略"),
    Text("It would quietly act as First.", "它会悄悄按 First 处理。"),
    Text("Choose Unique, First or Collect without aggregation.", "请选择 Unique、First 或不带聚合的 Collect。"),
)
