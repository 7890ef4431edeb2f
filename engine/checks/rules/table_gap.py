"""Every input has an answer."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.checks.tables.covering import shown
from engine.findings import Rule
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "table-gap",
    Text("No row answers", "没有对应的行"),
    Text(
        "For such an input the table has no answer, and the case stops with an error.",
        "遇到此类输入，决策表没有答案，案例会出错停下。",
    ),
    Text("Add a row for it, widen one, or give the outputs a default.", "请增加一行、扩大某一行，或为输出设置默认值。"),
)

MOST_SHOWN = 3


def find(subject: Subject) -> Findings:
    """Every combination of inputs that the cells can tell apart is answered."""
    for table, judged in subject.tables:
        for example in judged.gaps[:MOST_SHOWN]:
            yield in_file(
                RULE,
                table.file,
                (f"No row answers {shown(example)}.", f"没有任何一行对应 {shown(example)}。"),
                element=table.id,
            )
