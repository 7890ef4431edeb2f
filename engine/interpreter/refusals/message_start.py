"""A message starts one process."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import Node
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "message-start",
    Text("A message that starts two processes", "一条消息启动两个流程"),
    Text("Nobody could say which of them a message is meant for.", "无法判断消息要启动哪一个。"),
    Text("Give the message of one of them another name.", "请为其中一个更换消息名称。"),
)


def find(release: Release) -> Findings:
    """No two start events wait for one message."""
    seen: dict[str, Node] = {}
    for process in release.processes:
        for message, node in release.message_starts_of(process):
            if message in seen:
                other = seen[message].scope.id
                said = (f"The message {message} already starts {other}.", f"消息 {message} 已用于启动 {other}。")
                yield at(RULE, node, said)
            seen[message] = node
