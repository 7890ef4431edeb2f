"""The decisions of tasks exist."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import text_of
from engine.text import Text

RULE = Rule(
    "decision-missing",
    Text("The decision does not exist", "决策不存在"),
    Text("There would be no answer.", "将没有答案。"),
    Text("Choose an existing decision.", "请选择已有的决策。"),
)


def find(release: Release) -> Findings:
    """A business rule task asks a decision table of the release."""
    for node in release.nodes():
        if node.kind == "businessRuleTask":
            wanted = text_of(node.extension("calledDecisionId"))
            if wanted not in release.decisions:
                said = (f"There is no readable decision {wanted or '(none chosen)'}.", f"没有可读的决策 {wanted}。")
                yield at(RULE, node, said)
