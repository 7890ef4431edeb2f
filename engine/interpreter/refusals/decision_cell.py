"""Found while reading tables."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "decision-cell",
    Text("A cell cannot be read", "无法识别单元格"),
    Text("It would silently never match.", "它会悄悄地永不匹配。"),
    Text(
        'Write -, values, lists "a","b", comparisons < 5, ranges [1..5] or not(…).',
        '请使用 -、值、列表 "a","b"、比较 < 5、区间 [1..5] 或 not(…)。',
    ),
)
