"""Found while reading XML."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "xml-size",
    Text("The file is too large", "文件过大"),
    Text(
        "Nobody can read such a diagram, and it could bring the product to a halt.",
        "无人能读懂这样的图，且可能拖垮系统。",
    ),
    Text("Split the diagram with call activities.", "用调用活动拆分该图。"),
)
