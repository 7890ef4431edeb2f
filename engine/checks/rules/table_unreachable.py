"""Every row answers something."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "table-unreachable",
    Text("A row that never answers", "永不成立的行"),
    Text(
        "Rows above it answer everything that it would, or its input never has such a value.",
        "上面的行已涵盖它，或其输入永远不会有此值；有人会误以为它有效。",
    ),
    Text("Delete the row, move it up, or correct its cells.", "请删除该行、上移，或更正其单元格。"),
)


def find(subject: Subject) -> Findings:
    """Every row is the answer to some input."""
    for table, judged in subject.tables:
        for row in judged.unreachable:
            yield in_file(
                RULE,
                table.file,
                (f"Row {row} never answers.", f"第 {row} 行永远不会成立。"),
                element=table.rules[row - 1].id,
            )
