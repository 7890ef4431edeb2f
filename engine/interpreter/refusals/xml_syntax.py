"""Found while reading XML."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "xml-syntax",
    Text("The file is not readable XML", "文件不是可读的 XML"),
    Text("It was cut off or edited by hand.", "文件被截断或被手工改动。"),
    Text("Export the diagram again from the designer.", "请从设计器重新导出该图。"),
)
