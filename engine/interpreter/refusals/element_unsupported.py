"""Elements that the interpreter does not run."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at, in_file
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "element-unsupported",
    Text("This kind of element cannot be run", "不支持该类元素"),
    Text("The interpreter would skip it or do something else than drawn.", "解释器会跳过它，或不按图执行。"),
    Text("Model it with tasks and gateways.", "请用任务和网关来建模。"),
)

SUPPORTED = frozenset(
    [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "subProcess",
        "transaction",
        "callActivity",
    ]
)
_ADVICE = {
    "task": ("Choose its type: user, service, script, …", "请选择任务类型：用户、服务、脚本等。"),
    "adHocSubProcess": ("Draw the order of the tasks.", "请画出任务的先后顺序。"),
    "complexGateway": ("Use exclusive, inclusive and parallel gateways.", "请使用排他、包容和并行网关。"),
}


def find(release: Release) -> Findings:
    """Only elements that run as drawn are drawn, and nothing is asked of data stores or correlations."""
    for node in release.nodes():
        if node.kind not in SUPPORTED:
            said = (f"Elements of the kind {node.kind} cannot be run.", f"不支持 {node.kind} 类型的元素。")
            yield at(RULE, node, said, _ADVICE.get(node.kind))
    for drawing in release.drawings:
        for tag in ("dataStore", "correlationProperty"):
            found = drawing.xml.find(f".//{bpmn(tag)}")
            if found is not None:
                yield in_file(
                    RULE,
                    drawing.file,
                    (f"{tag} is not supported.", f"不支持 {tag}。"),
                    ("Delete it: messages find their case by its business key.", "请删除：消息按业务编号找到案例。"),
                    element=found.get("id"),
                )
