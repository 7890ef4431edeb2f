"""Every element needs an id."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import Node, Scope
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "id-missing",
    Text("An element has no id", "元素没有 id"),
    Text(
        "Cases, findings and translations refer to elements by their ids.", "案例、检查结果和译文都通过 id 引用元素。"
    ),
    Text("Give the element an id.", "请为该元素设置 id。"),
)


def find(release: Release) -> Findings:
    """Every node and every scope has an id."""
    for scope in release.scopes():
        everything: list[Node | Scope] = [*scope.nodes.values(), scope]
        for node in everything:
            if not node.id:
                yield at(RULE, node, ("The element has no id.", "元素没有 id。"))
