"""What the interpreter's parser still refuses."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "unreadable",
    Text("The diagram cannot be read", "无法读取该图"),
    Text(
        "No other rule says why, but the interpreter does not accept it.", "没有其他规则能说明原因，但解释器不接受它。"
    ),
    Text("Draw the element again, or simplify the diagram around it.", "请重新绘制该元素，或简化其周围的流程。"),
)
