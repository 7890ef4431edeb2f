"""At most one timer behind an event-based gateway."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release, kind_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "event-gateway-timers",
    Text("Two timers behind one gateway", "网关后有两个定时器"),
    Text(
        "They would share one due time, so that one of them fires wrongly.",
        "它们会共用一个到期时间，其中一个会误触发。",
    ),
    Text("Keep the earlier timer.", "请只保留较早的定时器。"),
)


def find(release: Release) -> Findings:
    """No two timers are waited for by one gateway."""
    for node in release.nodes():
        if node.kind == "eventBasedGateway":
            targets = [node.scope.nodes[flow.target] for flow in node.outgoing if flow.target in node.scope.nodes]
            if sum(kind_of(event) == "timer" for each in targets for event in each.events) > 1:
                yield at(
                    RULE,
                    node,
                    ("Two timers behind it would share one due time.", "其后的两个定时器会共用一个到期时间。"),
                )
