"""Every way can be taken."""

from __future__ import annotations

from engine.checks.dataflow.choices import never
from engine.checks.rules.data_value import impossible
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at_flow
from engine.text import Text

RULE = Rule(
    "gateway-never",
    Text("A way that is never taken", "永远不会走的路"),
    Text(
        "Its condition never holds with the data that arrives here, so what is drawn behind it never happens.",
        "以到达此处的数据，其条件永远不成立，其后所画的内容永远不会发生。",
    ),
    Text("Correct the condition, or delete the flow.", "请更正条件，或删除该连线。"),
)


def find(subject: Subject) -> Findings:
    """Every condition can hold when it is asked; a name or value that is wrong in it is told instead."""
    if not subject.whole:
        return
    told = [(gap.question.node, gap.question.flow) for gap in subject.gaps if gap.never]
    told += [(written.node, written.flow) for written, *_ in impossible(subject)]
    places = {(node.file, flow.id) for node, flow in told if flow is not None}
    for node, flow in never(subject.flow):
        if (node.file, flow.id) in places:
            continue
        yield at_flow(RULE, node.scope, flow, ("Its condition never holds here.", "其条件在此处永远不成立。"))
