"""One way is always open."""

from __future__ import annotations

from engine.checks.dataflow.choices import stuck
from engine.checks.subject import Subject
from engine.checks.tables.covering import shown
from engine.findings import Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "gateway-stuck",
    Text("No way may be open", "可能无路可走"),
    Text(
        "When no condition holds and no flow is the default, the case stops there.",
        "当没有条件成立且没有默认连线时，案例会停在此处。",
    ),
    Text("Make one of the flows the default.", "请将其中一条连线设为默认。"),
)


def find(subject: Subject) -> Findings:
    """A gateway without a default has conditions of which one always holds."""
    for node, example in stuck(subject.flow, subject.domains):
        yield at(
            RULE,
            node,
            (f"No condition holds for {shown(example)}.", f"当 {shown(example)} 时没有条件成立。"),
            fix={"action": "set-attribute", "element": node.id, "attribute": "default", "value": node.outgoing[-1].id},
        )
