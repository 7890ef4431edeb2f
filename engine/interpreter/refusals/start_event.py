"""Every scope has one plain start; a process may have message starts instead."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "start-event",
    Text("Where does it start?", "从哪里开始？"),
    Text(
        "With none nothing runs, with several nobody knows which one is meant.",
        "没有开始事件就无法运行；有多个则不知从哪一个开始。",
    ),
    Text("Draw exactly one plain start event.", "请只画一个普通开始事件。"),
)


def find(release: Release) -> Findings:
    """One plain start event, message starts only in processes, and one that people may start has a plain one."""
    for scope in release.scopes():
        plain, by_message = scope.starts(), scope.starts(message=True)
        is_process = scope.kind == "process"
        if len(plain) > 1 or (not plain and not (is_process and by_message)):
            yield at(
                RULE,
                plain[-1] if plain else scope,
                (f"There are {len(plain)} plain start events.", f"有 {len(plain)} 个普通开始事件。"),
            )
        for node in by_message:
            events = node.events
            if not is_process or len(events) != 1 or not events[0].tag.endswith("messageEventDefinition"):
                yield at(
                    RULE,
                    node,
                    (
                        "A start event may only wait for a message, and only in a process.",
                        "开始事件只能等待消息，且只能位于流程中。",
                    ),
                    ("Draw a plain start event.", "请画普通开始事件。"),
                )
        if is_process and by_message and not plain and scope.properties.get("start"):
            yield at(
                RULE,
                scope,
                ("People may start it, but it has no plain start event.", "人员可以启动它，但它没有普通开始事件。"),
                ("Draw one, or delete the property start.", "请画一个，或删除 start 属性。"),
            )
