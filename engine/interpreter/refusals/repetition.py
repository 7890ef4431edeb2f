"""Multi-instance and loop markers: what of them runs as drawn."""

from __future__ import annotations

from engine.errors import ExpressionError
from engine.interpreter import expressions
from engine.interpreter.refusals.release import Release
from engine.interpreter.refusals.report import EXPRESSION_CURE, Findings, at, expression_reason
from engine.interpreter.xml import bpmn, text_of

_REPEATABLE = ("userTask", "manualTask", "serviceTask", "receiveTask", "subProcess", "callActivity")


def hosts(release: Release) -> Findings:
    """Only activities that take time are repeated, by one marker."""
    for node in release.nodes():
        if node.is_repeated and node.kind not in _REPEATABLE:
            yield at(
                node,
                "repeat-host",
                (f"A {node.kind} cannot be repeated.", f"{node.kind} 不能重复。"),
                ("Put it into a sub-process and repeat that.", "请放入子流程并重复该子流程。"),
            )
        markers = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
        if all(node.child(each) is not None for each in markers):
            yield at(
                node, "repeat-host", ("It has two markers.", "它有两种重复标记。"), ("Keep one.", "请只保留一种。")
            )


def multi_instances(release: Release) -> Findings:
    """Repeated a number of times or over a list; results stay in the submissions."""
    for node in release.nodes():
        marker = node.child("multiInstanceLoopCharacteristics")
        if marker is None:
            continue
        cardinality, collection = marker.find(bpmn("loopCardinality")), marker.find(bpmn("loopDataInputRef"))
        if (cardinality is None) is (collection is None):
            yield at(
                node,
                "repeat-how-often",
                ("It needs either a number of times or a list.", "需要指定次数或列表（二选一）。"),
                ("Give the number, or the name of a list.", "请填写次数或列表名称。"),
            )
        if cardinality is not None:
            try:
                expressions.check(text_of(cardinality))
            except ExpressionError as error:
                yield at(node, "expression", expression_reason(error, "The number", "次数"), EXPRESSION_CURE)
        item = marker.find(bpmn("inputDataItem"))
        if item is not None and not (item.get("id") or "").isidentifier():
            yield at(
                node,
                "repeat-item",
                ("The name of the item is not a plain name.", "列表项名称无效。"),
                ("Use letters, digits and _.", "请使用字母、数字和 _。"),
            )
        if marker.find(bpmn("loopDataOutputRef")) is not None or marker.find(bpmn("outputDataItem")) is not None:
            yield at(
                node,
                "repeat-output",
                ("Collecting results into a list does not work reliably.", "把结果收集到列表并不可靠。"),
                ("Delete the output: every answer is kept as a submission.", "请删除输出：每次答复都会作为提交保存。"),
            )
        if marker.find(bpmn("completionCondition")) is not None:
            yield at(
                node,
                "repeat-condition",
                ("A completion condition would see only the last answer.", "完成条件只能看到最后一次答复。"),
                ("Let all answer, and decide behind it.", "请让所有人答复，然后再判断。"),
            )


def loops(release: Release) -> Findings:
    """A loop marker ends by a condition or after a number of turns."""
    for node in release.nodes():
        marker = node.child("standardLoopCharacteristics")
        if marker is None:
            continue
        maximum, condition = marker.get("loopMaximum"), marker.find(bpmn("loopCondition"))
        if (maximum is None and condition is None) or (maximum is not None and not maximum.isdigit()):
            yield at(
                node,
                "repeat-how-often",
                ("The loop has no end.", "循环没有终点。"),
                ("Give a condition or the most turns.", "请设置条件或最大次数。"),
            )
        if condition is not None:
            try:
                expressions.check(text_of(condition))
            except ExpressionError as error:
                yield at(node, "expression", expression_reason(error, "The condition", "条件"), EXPRESSION_CURE)


RULES = (hosts, multi_instances, loops)
