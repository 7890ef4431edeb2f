"""A boundary event sits on an activity of its own scope that waits."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "boundary-host",
    Text("A boundary event without an activity", "边界事件没有附着对象"),
    Text("It could never happen.", "它永远不会发生。"),
    Text(
        "Attach it to a user task, a service task, a sub-process or a call activity.",
        "请附着到用户任务、服务任务、子流程或调用活动。",
    ),
)

HOSTS = frozenset(("userTask", "manualTask", "serviceTask", "receiveTask", "subProcess", "transaction", "callActivity"))
"""The activities that wait, so that something can happen meanwhile."""


def find(release: Release) -> Findings:
    """Boundary events are attached to activities that wait."""
    for node in release.nodes():
        host = node.scope.nodes.get(node.attribute("attachedToRef") or "")
        if node.kind == "boundaryEvent" and (host is None or host.kind not in HOSTS):
            yield at(
                RULE, node, ("The event is not attached to an activity that waits.", "该事件没有附着在会等待的活动上。")
            )
