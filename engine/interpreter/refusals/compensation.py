"""Compensation is not supported."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "compensation",
    Text("Compensation", "补偿"),
    Text(
        "The interpreter does not carry out compensation: nothing would be undone.",
        "解释器不执行补偿，什么都不会撤销。",
    ),
    Text("Draw the undoing as a path of its own.", "请把撤销画成单独的路径。"),
)


def find(release: Release) -> Findings:
    """No activity is meant for compensation."""
    for node in release.nodes():
        if node.attribute("isForCompensation") == "true":
            yield at(RULE, node, ("Compensation is not supported.", "不支持补偿。"))
