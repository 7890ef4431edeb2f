"""Every expression written in the diagrams of a release, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.interpreter.drawing import DECIDING, Flow, Node
from engine.interpreter.iso_time import looks_like_time
from engine.interpreter.release import Release, parameters_of
from engine.interpreter.xml import bpmn, spiff, text_of
from engine.text import Text

PROPERTIES = ("due", "priority", "assignee", "at_level", "subject")
"""The properties of an element that are expressions."""
_TIMES = ("timeDate", "timeDuration", "timeCycle")
_MARKERS = (
    ("multiInstanceLoopCharacteristics", "loopCardinality", "times", Text("The number", "次数")),
    ("standardLoopCharacteristics", "loopCondition", "loop", Text("The condition", "条件")),
)


@dataclass(frozen=True, slots=True)
class Written:
    """One expression: at ``node``, or on its outgoing ``flow``.

    ``kind`` is ``condition``, ``script``, ``parameter``, ``payload``, ``times``, ``loop``, ``time``, or the property.
    """

    node: Node
    kind: str
    text: str
    what: Text
    flow: Flow | None = None
    parameter: str = ""


def written_in(release: Release) -> Iterator[Written]:
    """Yield every expression of every executable process."""
    for node in release.nodes():
        yield from written_at(node)


def written_at(node: Node) -> Iterator[Written]:
    """Yield the expressions of one node, and those of the flows that it chooses between."""
    if node.kind in DECIDING and len(node.outgoing) > 1:
        for flow in node.outgoing:
            if flow.condition is not None and flow.id != node.attribute("default"):
                yield Written(node, "condition", flow.condition, Text("The condition", "条件"), flow)
    for name in PROPERTIES:
        text = node.properties.get(name, "").strip()
        if text:
            yield Written(node, name, text, Text(name, f"{name} "))
    if node.kind == "scriptTask":
        yield Written(node, "script", text_of(node.child("script")), Text("The script", "脚本"))
    elif node.kind == "serviceTask":
        for name, text in parameters_of(node).items():
            said = Text(f"The parameter {name}", f"参数 {name} ")
            yield Written(node, "parameter", text, said, parameter=name)
    yield from _at_events(node)
    yield from _at_markers(node)


def _at_events(node: Node) -> Iterator[Written]:
    for holder in node.events or ([node.xml] if node.kind in ("sendTask", "receiveTask") else []):
        payload = holder.find(f".//{spiff('messagePayload')}")
        if payload is not None:
            yield Written(node, "payload", text_of(payload), Text("The payload", "消息内容"))
        for name in _TIMES:
            found = holder.find(bpmn(name))
            if found is not None and not looks_like_time(text_of(found)):
                yield Written(node, "time", text_of(found), Text("The time", "时间"))


def _at_markers(node: Node) -> Iterator[Written]:
    for marker, name, kind, what in _MARKERS:
        holder = node.child(marker)
        found = None if holder is None else holder.find(bpmn(name))
        if found is not None:
            yield Written(node, kind, text_of(found), what)
