"""What is read was set before."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at, at_flow
from engine.text import Text

RULE = Rule(
    "data-unknown",
    Text("It reads what nothing sets", "读取了从未设置的数据"),
    Text(
        "Nothing before it sets this name, so it is always empty; perhaps it is misspelt.",
        "之前没有任何表单、脚本、处理程序、决策或消息设置该名称，因此它总是空的；可能是拼写错误。",
    ),
    Text(
        "Correct the name, or set it before; what a message brings is named at its event (brings).",
        "请更正名称，或在此之前设置它；消息带来的数据请在其事件上列出（brings）。",
    ),
)


def find(subject: Subject) -> Findings:
    """Every name that is read is set on some way that leads there."""
    for gap in subject.gaps:
        if gap.never is True:
            asked, name = gap.question, gap.read.name
            said = (
                f"{asked.what.en} “{asked.text[:80]}” reads {name}, which nothing before sets.",
                f"{asked.what.zh}“{asked.text[:80]}”读取了 {name}，但之前没有任何步骤设置它。",
            )
            if asked.flow is None:
                yield at(RULE, asked.node, said)
            else:
                yield at_flow(RULE, asked.node.scope, asked.flow, said)
