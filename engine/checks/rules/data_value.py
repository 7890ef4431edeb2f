"""Names are compared with values that they can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.checks.dataflow.comparisons import compared
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at, at_flow
from engine.interpreter.written import Written
from engine.text import Text

RULE = Rule(
    "data-value",
    Text("A value that never occurs", "永不出现的值"),
    Text(
        "Every source of the name lists its values, and this is none of them: the comparison never holds.",
        "该名称的所有来源都列出了取值，此值不在其中：比较永远不成立。",
    ),
    Text(
        "Correct the value, or add it to the form or table where the name is set.",
        "请更正该值，或在设置该名称的表单、决策表中增加它。",
    ),
)


def impossible(subject: Subject) -> Iterator[tuple[Written, str, Any, list[Any]]]:
    """Yield the comparisons with values that never occur: where, the name, the value, and those that do occur."""
    for written, name, constants in compared(subject.release):
        known = subject.domains.get(name)
        listed = None if known is None else known.listed
        if listed is None:
            continue
        for each in constants:
            if each is not None and each not in listed and type(each) in {type(value) for value in listed}:
                yield written, name, each, listed


def find(subject: Subject) -> Findings:
    """A constant in a comparison is one of the possible values."""
    for written, name, value, listed in impossible(subject):
        values = ", ".join(map(str, listed))
        said = (f"{name} is never {value!r}; it is one of {values}.", f"{name} 不会是 {value!r}，只能是 {values}。")
        if written.flow is None:
            yield at(RULE, written.node, said)
        else:
            yield at_flow(RULE, written.node.scope, written.flow, said)
