"""Variables of events are not supported."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import spiff
from engine.text import Text

RULE = Rule(
    "event-variable",
    Text("An event with a variable", "事件变量"),
    Text(
        "What a message brings becomes process data by its own names; a variable would stay empty.",
        "消息内容按其名称成为流程数据，变量会一直为空。",
    ),
    Text(
        "Delete the variable: what a message brings becomes process data by its own names.",
        "请删除变量：消息内容按其名称成为流程数据。",
    ),
)


def find(release: Release) -> Findings:
    """Events name neither variables nor payload expressions of their own."""
    for node in release.nodes():
        for holder in node.events or ([node.xml] if node.kind in ("sendTask", "receiveTask") else []):
            if any(
                holder.find(f".//{spiff(each)}") is not None
                for each in ("messageVariable", "variableName", "payloadExpression")
            ):
                yield at(RULE, node, ("Variables of events are not supported.", "不支持事件变量。"))
