"""Two elements are connected once."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at_flow
from engine.text import Text

RULE = Rule(
    "flow-twice",
    Text("Two flows connect the same elements", "两条连线连接相同元素"),
    Text("The interpreter keeps one of them only, so that a condition is lost.", "解释器只保留其中一条，条件会丢失。"),
    Text("Keep one and join the conditions with or.", "请保留一条，并用 or 合并条件。"),
)


def find(release: Release) -> Findings:
    """No two flows have the same ends."""
    for scope in release.scopes():
        seen = set()
        for flow in scope.flows:
            if (flow.source, flow.target) in seen:
                yield at_flow(
                    RULE,
                    scope,
                    flow,
                    ("Another flow connects the same elements.", "另一条连线连接了相同的元素。"),
                    fix={"action": "delete", "element": flow.id},
                )
            seen.add((flow.source, flow.target))
