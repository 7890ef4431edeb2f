"""Behind an event-based gateway stand events, each reached only from it."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "event-gateway",
    Text("An event-based gateway without events", "事件网关后缺少事件"),
    Text(
        "It waits for the first of several events; anything else behind it would not be waited for.",
        "它等待多个事件中最先发生的一个，其他元素不会被等待。",
    ),
    Text(
        "Draw at least two intermediate catch events behind it, reached from it alone.",
        "请在其后画至少两个只由它到达的中间捕获事件。",
    ),
)

_CATCHING = ("intermediateCatchEvent", "receiveTask")


def find(release: Release) -> Findings:
    """At least two events follow, reached only from the gateway, none of them repeated."""
    for node in release.nodes():
        if node.kind != "eventBasedGateway":
            continue
        targets = [node.scope.nodes[flow.target] for flow in node.outgoing if flow.target in node.scope.nodes]
        if len(targets) < 2 or any(each.kind not in _CATCHING or len(each.incoming) != 1 for each in targets):
            yield at(
                RULE,
                node,
                (
                    "It must be followed by at least two events or receive tasks that nothing else leads to.",
                    "其后必须至少有两个仅由它到达的事件或接收任务。",
                ),
            )
        if any(each.is_repeated for each in targets) or node.attribute("instantiate") == "true":
            yield at(
                RULE,
                node,
                ("It starts a process, or an event behind it is repeated.", "它用于启动流程，或其后的事件被重复。"),
                ("Use a message start event; repeat in a loop.", "请使用消息开始事件；重复请画成循环。"),
            )
