"""A process must stay readable, for people and for the parser."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "process-size",
    Text("The process is too large", "流程过大"),
    Text(
        "Nobody can read it, and the parser has a limit to the depth of what it follows.",
        "无人能读懂，且解析器的跟踪深度有限。",
    ),
    Text("Split it with call activities.", "请用调用活动拆分。"),
)

MAX_NODES = 250


def find(release: Release) -> Findings:
    """A process has no more elements than one can read."""
    for process in release.processes:
        count = sum(1 for _ in process.all_nodes())
        if count > MAX_NODES:
            yield at(
                RULE,
                process,
                (
                    f"The process has {count} elements; {MAX_NODES} are the most.",
                    f"该流程有 {count} 个元素，最多 {MAX_NODES} 个。",
                ),
            )
