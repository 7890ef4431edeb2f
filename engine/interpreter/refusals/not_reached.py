"""A disconnected element would be dropped without a word."""

from __future__ import annotations

from collections.abc import Iterable

from engine.findings import Rule
from engine.interpreter.drawing import Node, Scope
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "not-reached",
    Text("No way leads to the element", "没有路径通向该元素"),
    Text(
        "The interpreter drops what no flow reaches; the drawing would promise something that never happens.",
        "解释器会丢弃不可达的元素，图中所画永远不会发生。",
    ),
    Text("Connect it, or delete it.", "请连接或删除它。"),
)


def _reached(scope: Scope) -> set[str]:
    todo: list[Node] = [node for node in scope.nodes.values() if node.kind == "startEvent"]
    seen: set[str] = set()
    boundary: dict[str, list[Node]] = {}
    for node in scope.nodes.values():
        if node.kind == "boundaryEvent":
            boundary.setdefault(node.attribute("attachedToRef") or "", []).append(node)
    while todo:
        node = todo.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        following: Iterable[Node] = (scope.nodes[flow.target] for flow in node.outgoing if flow.target in scope.nodes)
        todo.extend([*following, *boundary.get(node.id, ())])
    return seen


def find(release: Release) -> Findings:
    """Every element lies on a way from a start event."""
    for scope in release.scopes():
        seen = _reached(scope)
        for node in scope.nodes.values():
            if node.id not in seen:
                yield at(
                    RULE,
                    node,
                    ("No way leads to the element.", "没有路径通向该元素。"),
                    fix=None if node.incoming or node.outgoing else {"action": "delete", "element": node.id},
                )
