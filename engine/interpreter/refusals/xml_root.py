"""Found while reading XML."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "xml-root",
    Text("The file is something else", "文件类型不符"),
    Text("Its root is not the definitions of a diagram or decision.", "其根元素不是流程图或决策的 definitions。"),
    Text("Check that the file has the right ending.", "请检查文件扩展名是否正确。"),
)
