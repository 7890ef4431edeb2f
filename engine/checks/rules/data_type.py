"""Names are compared with values of their own type."""

from __future__ import annotations

from engine.checks.dataflow.comparisons import compared
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at, at_flow
from engine.text import Text

RULE = Rule(
    "data-type",
    Text("Different types are compared", "比较了不同类型"),
    Text(
        "Text is never equal to a number, and to compare them by size stops the case.",
        "文本永远不等于数字，比较大小则会使案例停下。",
    ),
    Text(
        "Write text in quotes, numbers without, and True or False for yes and no.",
        "文本加引号，数字不加，是否用 True 或 False。",
    ),
)


def find(subject: Subject) -> Findings:
    """A constant in a comparison is of a type that the name can have."""
    for written, name, constants in compared(subject.release):
        known = subject.domains.get(name)
        if known is None or known.untyped or not known.types:
            continue
        types = {*known.types, *({int, float} if known.types & {int, float} else ())}
        for each in constants:
            if each is not None and type(each) not in types:
                kinds = ", ".join(sorted(kind.__name__ for kind in known.types))
                said = (
                    f"{name} is of the type {kinds}, not like {each!r}.",
                    f"{name} 的类型是 {kinds}，与 {each!r} 不符。",
                )
                if written.flow is None:
                    yield at(RULE, written.node, said)
                else:
                    yield at_flow(RULE, written.node.scope, written.flow, said)
