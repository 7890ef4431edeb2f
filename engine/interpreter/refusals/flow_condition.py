"""Only gateways decide."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import DECIDING
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at_flow
from engine.text import Text

RULE = Rule(
    "flow-condition",
    Text("A condition that would be ignored", "条件会被忽略"),
    Text(
        "A condition counts only on a flow behind an exclusive or inclusive gateway.",
        "只有排他或包容网关之后的连线，其条件才有效。",
    ),
    Text("Draw an exclusive gateway behind the element.", "请在该元素之后画一个排他网关。"),
)


def find(release: Release) -> Findings:
    """Flows with a condition leave an exclusive or inclusive gateway."""
    for scope in release.scopes():
        for flow in scope.flows:
            source = scope.nodes.get(flow.source)
            if flow.condition is not None and source is not None and source.kind not in DECIDING:
                yield at_flow(
                    RULE,
                    scope,
                    flow,
                    ("A condition here would be ignored.", "此处的条件会被忽略。"),
                    fix={"action": "delete-condition", "element": flow.id},
                )
