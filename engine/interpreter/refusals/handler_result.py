"""Results become process data by their own names."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release, operator_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "handler-result",
    Text("A result variable", "结果变量"),
    Text("It would stay empty.", "它会一直为空。"),
    Text("Delete it: results become process data by their own names.", "请删除：结果按其名称成为流程数据。"),
)


def find(release: Release) -> Findings:
    """No service task names a result variable."""
    for node in release.nodes():
        operator, _ = operator_of(node)
        if node.kind == "serviceTask" and operator is not None and operator.get("resultVariable"):
            yield at(
                RULE,
                node,
                ("A result variable is not supported.", "不支持结果变量。"),
                fix={"action": "delete-attribute", "element": node.id, "attribute": "resultVariable"},
            )
