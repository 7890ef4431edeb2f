"""What is read was set on every way."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at, at_flow
from engine.text import Text

RULE = Rule(
    "data-unset",
    Text("It reads what some way leaves unset", "某些路径上数据未设置"),
    Text(
        "On some way nothing has set the name, or a question that may stay empty asked it last; the case would stop.",
        "至少有一条到达此元素的路径没有设置该名称，或最后一次询问它的问题可以不填；案例会在此停下或走错。",
    ),
    Text(
        "Set it on every way, ask for it always, or write what holds without it: x or 0, x != None and …",
        "请在每条路径上设置它，改为必填，或写明为空时的取值：x or 0、x != None and …",
    ),
)


def find(subject: Subject) -> Findings:
    """Every name that is read is set on every way that leads there, where an empty one would do harm."""
    for gap in subject.gaps:
        if gap.never is False:
            asked, name = gap.question, gap.read.name
            said = (
                f"{asked.what.en} “{asked.text[:80]}” reads {name}, which may be empty on some way.",
                f"{asked.what.zh}“{asked.text[:80]}”读取了 {name}，但在某些路径上它可能为空。",
            )
            if asked.flow is None:
                yield at(RULE, asked.node, said)
            else:
                yield at_flow(RULE, asked.node.scope, asked.flow, said)
