"""What could not be decided is said."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import INFO, Rule
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "table-undecided",
    Text("The table was not decided", "决策表未判定"),
    Text(
        "It has so many combinations of inputs that not all could be tried; it may still be right.",
        "输入组合过多，未能全部尝试；它仍可能是正确的。",
    ),
    Text("Split the table.", "请拆分决策表。"),
    INFO,
)


def find(subject: Subject) -> Findings:
    """Every table is small enough to try all its inputs."""
    for table, judged in subject.tables:
        if not judged.decided:
            yield in_file(
                RULE,
                table.file,
                ("Not decided: it has too many combinations of inputs.", "未判定：输入组合过多。"),
                element=table.id,
            )
