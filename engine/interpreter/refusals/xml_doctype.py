"""Found while reading XML."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "xml-doctype",
    Text("The file contains a DOCTYPE or entities", "文件含有 DOCTYPE 或实体"),
    Text(
        "They can read files of the server or blow up in memory; diagrams need none.",
        "它们可能读取服务器文件或耗尽内存；流程图不需要。",
    ),
    Text("Remove the DOCTYPE; diagrams need none.", "请删除 DOCTYPE，流程图不需要它。"),
)
