"""No completion condition."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "repeat-condition",
    Text("A completion condition", "完成条件"),
    Text("It would see only the last answer, not all of them.", "它只能看到最后一次答复，看不到全部。"),
    Text("Let all answer, and decide behind it.", "请让所有人答复，然后再判断。"),
)


def find(release: Release) -> Findings:
    """Multi-instances have no completion condition."""
    for node in release.nodes():
        marker = node.child("multiInstanceLoopCharacteristics")
        if marker is not None and marker.find(bpmn("completionCondition")) is not None:
            yield at(
                RULE, node, ("A completion condition would see only the last answer.", "完成条件只能看到最后一次答复。")
            )
