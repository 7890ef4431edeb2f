"""Data objects may be drawn, but nothing is carried through them."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import Node, Scope
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "data-association",
    Text("Data associations are not carried out", "数据关联不会被执行"),
    Text(
        "Every element sees the process data; an association would suggest that it changes something.",
        "每个元素都能看到流程数据，关联会让人误以为有作用。",
    ),
    Text("Delete it: every element sees the process data.", "请删除：每个元素都能看到流程数据。"),
)

_CARRIERS = ("dataInputAssociation", "dataOutputAssociation", "ioSpecification")


def find(release: Release) -> Findings:
    """No element has data associations."""
    everything: list[Node | Scope] = [*release.nodes(), *release.processes]
    for node in everything:
        if any(node.xml.find(bpmn(each)) is not None for each in _CARRIERS):
            yield at(RULE, node, ("Data associations are not carried out.", "数据关联不会被执行。"))
