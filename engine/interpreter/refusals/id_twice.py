"""Ids must be unique."""

from __future__ import annotations

from collections import Counter

from engine.findings import Rule
from engine.interpreter.drawing import Scope
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at, in_file
from engine.interpreter.xml import bpmn, spiff
from engine.text import Text

RULE = Rule(
    "id-twice",
    Text("An id is used twice", "id 重复"),
    Text("Of two elements with one id only one would run.", "两个元素共用一个 id 时，只有一个会被执行。"),
    Text("Give each element, process and sub-process its own id.", "请为每个元素、流程和子流程使用唯一的 id。"),
)

_NAMED_DATA = frozenset((bpmn("inputDataItem"), bpmn("outputDataItem")))


def find(release: Release) -> Findings:
    """No id is used twice in a file, no id of a process or sub-process twice in the release."""
    seen: dict[str, Scope] = {}
    for scope in release.scopes():
        if scope.id in seen:
            other = seen[scope.id].file
            yield at(
                RULE,
                scope,
                (
                    f"The id {scope.id} is used twice, also in {other}.",
                    f"id {scope.id} 被使用了两次，另一处在 {other}。",
                ),
            )
        seen[scope.id] = scope
    for drawing in release.drawings:
        handed_on = {each.get("id") for each in drawing.xml.iter(spiff("*"))}
        for node in (each for process in drawing.processes for each in process.all_nodes() if each.id in handed_on):
            yield at(
                RULE,
                node,
                (
                    f"The id {node.id} is also that of a handler or parameter in the file.",
                    f"id {node.id} 与文件中的处理程序或参数重名。",
                ),
            )
        counted = Counter(
            each.get("id") for each in drawing.xml.iter(bpmn("*")) if each.get("id") and each.tag not in _NAMED_DATA
        )
        for repeated in (each for each, times in counted.items() if times > 1):
            yield in_file(
                RULE,
                drawing.file,
                (f"The id {repeated} is used twice.", f"id {repeated} 被使用了两次。"),
                element=repeated,
            )
