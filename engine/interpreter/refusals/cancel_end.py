"""A cancel end event belongs into a transaction."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release, kind_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "cancel-end",
    Text("A cancel end that ends nothing", "取消结束事件有误"),
    Text("Only a transaction can be cancelled.", "只有事务可以取消。"),
    Text("Use a terminate end event.", "请使用终止结束事件。"),
)


def find(release: Release) -> Findings:
    """Cancel end events lie in transactions."""
    for node in release.nodes():
        cancels = node.kind == "endEvent" and any(kind_of(each) == "cancel" for each in node.events)
        if cancels and node.scope.kind != "transaction":
            yield at(RULE, node, ("It ends no transaction.", "它没有结束任何事务。"))
