"""A diagram in words: numbered steps, for whoever reads or hears it instead of looking at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext

from engine.interpreter.drawing import Drawing, Flow, Node, Scope, properties_of
from engine.text import Text
from webui.i18n import say

LABEL_ZH = "label.zh_CN"


@dataclass(frozen=True, slots=True)
class Way:
    """Where it goes on: ``answer`` is what the way is called, ``step`` the number of the step it leads to."""

    flow: str
    answer: str
    step: int
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One element: ``kind`` says in words what it is, ``who`` does it (a lane), ``ways`` lead on."""

    number: int
    element: str
    kind: str
    name: str
    who: str
    explanation: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the diagram with its steps."""

    name: str
    steps: tuple[Step, ...]


def parts(drawing: Drawing) -> list[Part]:
    """Return every process of a drawing in the language of the page; steps are numbered in the order of the way."""
    return [_part(each) for each in drawing.processes]


def _part(scope: Scope) -> Part:
    lanes = {lane.get("id"): lane for lane in scope.xml.iter("{*}lane")}
    order = list(_in_order(scope))
    numbers = {node.id: number for number, node in enumerate(order, 1)}
    steps = []
    for node in order:
        lane = lanes.get(node.lane)
        who = "" if lane is None else say(Text(lane.get("name", ""), properties_of(lane).get(LABEL_ZH, "")))
        ways = tuple(_way(each, scope, numbers) for each in node.outgoing if each.target in numbers)
        explanation = node.child("documentation")
        told = Text(
            (explanation.text or "") if explanation is not None else "", node.properties.get("documentation.zh_CN", "")
        )
        steps.append(Step(numbers[node.id], node.id, _kind(node, scope), _name(node), who, say(told).strip(), ways))
    return Part(say(Text(scope.name or scope.id, scope.properties.get(LABEL_ZH, ""))), tuple(steps))


def _in_order(scope: Scope) -> Iterator[Node]:
    """Yield every node: from the starts along the flows, an attached event after what it hangs on, loose ones last."""
    attached: dict[str, list[Node]] = {}
    for node in scope.nodes.values():
        if node.kind == "boundaryEvent":
            attached.setdefault(node.attribute("attachedToRef") or "", []).append(node)
    seen: set[str] = set()
    starts = [each for each in scope.nodes.values() if not each.incoming and each.kind != "boundaryEvent"]
    waiting = [*reversed(scope.nodes.values()), *reversed(starts)]
    while waiting:
        node = waiting.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        yield node
        next_ones = [scope.nodes[flow.target] for flow in node.outgoing if flow.target in scope.nodes]
        waiting += [*reversed(attached.get(node.id, [])), *reversed(next_ones)]


def _name(node: Node) -> str:
    return say(Text(node.name, node.properties.get(LABEL_ZH, "")))


def _way(flow: Flow, scope: Scope, numbers: dict[str, int]) -> Way:
    xml = next((each for each in scope.xml.iter("{*}sequenceFlow") if each.get("id") == flow.id), None)
    chinese = "" if xml is None else properties_of(xml).get(LABEL_ZH, "")
    target = scope.nodes[flow.target]
    return Way(flow.id, say(Text(flow.name, chinese)), numbers[flow.target], _name(target))


def _kind(node: Node, scope: Scope) -> str:
    event = node.events[0].tag.rpartition("}")[2] if node.events else ""
    if node.kind == "boundaryEvent":
        host = scope.nodes.get(node.attribute("attachedToRef") or "")
        return gettext("Instead of “%(step)s”, if this happens", step=_name(host) if host else "")
    if node.kind.endswith("Event"):
        return _event(node.kind, event)
    kinds = {
        "userTask": gettext("Somebody fills in a form"),
        "manualTask": gettext("Somebody does this"),
        "serviceTask": gettext("Happens by itself"),
        "businessRuleTask": gettext("A decision table answers"),
        "scriptTask": gettext("A formula is worked out"),
        "callActivity": gettext("Another process runs"),
        "sendTask": gettext("A message is sent"),
        "receiveTask": gettext("Waits for a message"),
        "exclusiveGateway": gettext("Question: one way is taken"),
        "inclusiveGateway": gettext("Question: every way that fits is taken"),
        "parallelGateway": gettext("All ways at once"),
        "eventBasedGateway": gettext("Whatever happens first"),
    }
    return kinds.get(node.kind, gettext("Step"))


def _event(kind: str, event: str) -> str:
    if kind == "startEvent":
        return gettext("Starts with a message") if event == "messageEventDefinition" else gettext("Here it begins")
    if kind == "endEvent":
        return gettext("Here it ends")
    if kind == "intermediateThrowEvent":
        return gettext("A message is sent") if event == "messageEventDefinition" else gettext("Passed by")
    return gettext("Waits for a time") if event == "timerEventDefinition" else gettext("Waits for a message")
