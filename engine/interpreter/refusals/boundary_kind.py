"""Errors interrupt, and only come out of what can raise them."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import Node
from engine.interpreter.release import Release, kind_of, operator_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "boundary-kind",
    Text("An event that cannot happen here", "此处不会发生的事件"),
    Text("The way behind it would never be taken.", "其后的路径永远不会被执行。"),
    Text("Attach an interrupting event to the activity that raises it.", "请把中断型事件附着到会引发它的活动上。"),
)

_SOURCES = {
    "error": ("serviceTask", "subProcess", "transaction", "callActivity"),
    "escalation": ("subProcess", "transaction", "callActivity"),
    "cancel": ("transaction",),
}


def find(release: Release) -> Findings:
    """Boundary events are attached to what can bring them about."""
    for node in release.nodes():
        host = node.scope.nodes.get(node.attribute("attachedToRef") or "")
        if node.kind != "boundaryEvent" or len(node.events) != 1 or host is None:
            continue
        kind = kind_of(node.events[0])
        interrupts = node.attribute("cancelActivity") != "false"
        sources = _SOURCES.get(kind)
        if (sources and host.kind not in sources) or (kind in ("error", "cancel") and not interrupts):
            yield at(RULE, node, (f"A {kind} event cannot happen here like this.", f"{kind} 事件不会在此处这样发生。"))
        elif host.kind == "serviceTask" and kind != "error" and _runs_at_once(release, host):
            yield at(
                RULE,
                node,
                (
                    "The service task never waits, so the event would never happen.",
                    "该服务任务从不等待，事件永远不会发生。",
                ),
                ("Attach only error events to it.", "只能附着错误事件。"),
            )


def _runs_at_once(release: Release, node: Node) -> bool:
    handler = release.catalogue.get(operator_of(node)[1])
    return handler is not None and handler.transactional
