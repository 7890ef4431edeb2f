"""The handlers of service tasks exist."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release, operator_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "handler-unknown",
    Text("The handler does not exist", "处理程序不存在"),
    Text("The automatic step could not be carried out.", "自动步骤无法执行。"),
    Text("Choose a handler from the list.", "请从列表中选择处理程序。"),
)


def find(release: Release) -> Findings:
    """Every service task names a handler of the catalogue."""
    for node in release.nodes():
        if node.kind == "serviceTask":
            operator, handler_id = operator_of(node)
            if operator is None or handler_id not in release.catalogue:
                said = (f"There is no handler {handler_id or '(none chosen)'}.", f"没有处理程序 {handler_id}。")
                yield at(RULE, node, said)
