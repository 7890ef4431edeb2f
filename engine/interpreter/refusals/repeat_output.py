"""Results are not collected into lists."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "repeat-output",
    Text("Results collected into a list", "把结果收集到列表"),
    Text(
        "The interpreter loses or repeats results of such collections in loops.",
        "在循环中，解释器会丢失或重复收集的结果。",
    ),
    Text("Delete the output: every answer is kept as a submission.", "请删除输出：每次答复都会作为提交保存。"),
)


def find(release: Release) -> Findings:
    """Multi-instances have no output collection."""
    for node in release.nodes():
        marker = node.child("multiInstanceLoopCharacteristics")
        if marker is not None and any(
            marker.find(bpmn(each)) is not None for each in ("loopDataOutputRef", "outputDataItem")
        ):
            yield at(
                RULE, node, ("Collecting results into a list does not work reliably.", "把结果收集到列表并不可靠。")
            )
