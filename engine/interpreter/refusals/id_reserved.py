"""Ids that the interpreter uses itself."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import Node, Scope
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "id-reserved",
    Text("An id is reserved", "id 是保留字"),
    Text(
        "The interpreter has such elements itself; a drawn one would take their place, and branches would vanish.",
        "解释器内部已使用此类 id，同名元素会顶替它们，整条分支会消失。",
    ),
    Text("Give the element another id.", "请更换 id。"),
)

_RESERVED = frozenset(("Start", "End", "Root", "StartEventSplit", "StartEventJoin"))
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", "[child]")


def find(release: Release) -> Findings:
    """No node and no scope is called like an element of the interpreter."""
    for scope in release.scopes():
        everything: list[Node | Scope] = [*scope.nodes.values(), scope]
        for node in everything:
            if node.id in _RESERVED or node.id.endswith(_RESERVED_ENDS):
                yield at(RULE, node, (f"The id {node.id} is reserved.", f"id {node.id} 是保留字。"))
