"""Found while reading tables."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "decision-rows",
    Text("The rows do not fit the columns", "行与列不符"),
    Text("A cell would be compared with the wrong input.", "单元格会与错误的输入比较。"),
    Text("Delete the row and enter it again.", "请删除该行并重新录入。"),
)
