"""No flow into a start or out of an end."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at_flow
from engine.text import Text

RULE = Rule(
    "flow-direction",
    Text("A flow in the wrong direction", "连线方向有误"),
    Text(
        "Nothing leads into a start or boundary event, and nothing out of an end.",
        "不能进入开始或边界事件，也不能离开结束事件。",
    ),
    Text("Turn the flow round or delete it.", "请反向或删除该连线。"),
)


def find(release: Release) -> Findings:
    """Flows leave starts and boundary events, and lead into ends."""
    for scope in release.scopes():
        for flow in scope.flows:
            source, target = scope.nodes.get(flow.source), scope.nodes.get(flow.target)
            if (target is not None and target.kind in ("startEvent", "boundaryEvent")) or (
                source is not None and source.kind == "endEvent"
            ):
                yield at_flow(
                    RULE,
                    scope,
                    flow,
                    (
                        "The flow leads into a start or boundary event, or out of an end.",
                        "连线进入开始或边界事件，或离开结束事件。",
                    ),
                )
