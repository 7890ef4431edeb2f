"""With Unique only one row answers."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.checks.tables.covering import shown
from engine.findings import Rule
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "table-overlap",
    Text("Two rows answer at once", "两行同时成立"),
    Text(
        "The table promises one answer; with two the case stops with an error.",
        "该表承诺只有一个答案；两行同时成立时案例会出错停下。",
    ),
    Text("Narrow one of the rows, or choose the hit policy First.", "请收窄其中一行，或改用命中策略 First。"),
)


def find(subject: Subject) -> Findings:
    """No two rows of a UNIQUE table answer the same input."""
    for table, judged in subject.tables:
        for (one, other), example in judged.overlaps.items():
            yield in_file(
                RULE,
                table.file,
                (
                    f"Rows {one} and {other} both answer {shown(example)}.",
                    f"第 {one} 行与第 {other} 行都对应 {shown(example)}。",
                ),
                element=table.rules[other - 1].id,
            )
