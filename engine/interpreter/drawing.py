"""A diagram as it is drawn: scopes, nodes, flows and lanes, read from the XML before SpiffWorkflow sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.interpreter.step import Element
from engine.interpreter.xml import BPMN, SPIFF, bpmn, spiff, text_of

GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"))
DECIDING = ("exclusiveGateway", "inclusiveGateway")
"""The gateways that ask conditions."""
SCOPES = ("subProcess", "transaction", "adHocSubProcess")
_NOT_NODES = frozenset(
    [
        "sequenceFlow",
        "laneSet",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "textAnnotation",
        "association",
        "group",
        "documentation",
        "extensionElements",
        "ioSpecification",
        "property",
        "monitoring",
        "auditing",
        "incoming",
        "outgoing",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "dataInputAssociation",
        "dataOutputAssociation",
        "category",
        "artifact",
        "supports",
        "resourceRole",
        "correlationSubscription",
        "completionCondition",
    ]
)


LABEL_ZH = "label.zh_CN"
"""The property that holds the Chinese name of what is drawn; its name is the English one."""


@dataclass(slots=True)
class Flow:
    """A sequence flow; ``condition`` is its expression."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    label_zh: str = ""


@dataclass(slots=True)
class Node:
    """A flow node: anything a token can rest at or pass."""

    id: str
    kind: str
    name: str
    xml: etree._Element
    scope: Scope
    properties: dict[str, str]
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    lane: str | None = None
    role: str | None = None
    events: list[etree._Element] = field(default_factory=list)
    """The event definitions of an event."""

    @property
    def label_zh(self) -> str:
        """Its Chinese name, or nothing."""
        return self.properties.get(LABEL_ZH, "")

    def attribute(self, name: str) -> str | None:
        """Return an attribute of the XML element."""
        return self.xml.get(name)

    def child(self, name: str) -> etree._Element | None:
        """Return the first BPMN child called ``name``."""
        return next(self.xml.iterchildren(bpmn(name)), None)  # several times as quick as ``find``

    def extension(self, name: str) -> etree._Element | None:
        """Return the first ``spiffworkflow:`` extension element called ``name``."""
        extensions = self.child("extensionElements")
        return None if extensions is None else next(extensions.iterchildren(spiff(name)), None)

    @property
    def file(self) -> str:
        """The file in which the node is drawn."""
        return self.scope.file

    @property
    def is_repeated(self) -> bool:
        """Whether it is a multi-instance or a loop."""
        return any(
            self.child(name) is not None for name in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
        )


@dataclass(slots=True)
class Scope:
    """A process or an embedded sub-process with what is drawn directly in it."""

    id: str
    kind: str
    name: str
    xml: etree._Element
    file: str
    parent: Scope | None
    properties: dict[str, str]
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    inner: list[Scope] = field(default_factory=list)
    repeated_ids: list[str] = field(default_factory=list)

    @property
    def label_zh(self) -> str:
        """Its Chinese name, or nothing."""
        return self.properties.get(LABEL_ZH, "")

    @property
    def process(self) -> Scope:
        """The process in which the scope lies."""
        return self if self.parent is None else self.parent.process

    def everywhere(self) -> Iterator[Scope]:
        """Yield the scope and all scopes inside."""
        yield self
        for each in self.inner:
            yield from each.everywhere()

    def all_nodes(self) -> Iterator[Node]:
        """Yield the nodes of the scope and of all scopes inside."""
        for scope in self.everywhere():
            yield from scope.nodes.values()

    @property
    def is_executable(self) -> bool:
        """Whether the process may run (a drawn pool of the customer may not)."""
        return self.xml.get("isExecutable", "true") == "true"

    def starts(self, message: bool = False) -> list[Node]:
        """Return the plain start events, or those that wait for a message."""
        found = [node for node in self.nodes.values() if node.kind == "startEvent"]
        return [node for node in found if bool(node.events) is message]


@dataclass(slots=True)
class Drawing:
    """One BPMN file."""

    file: str
    xml: etree._Element
    processes: list[Scope]

    def declared(self, kind: str) -> dict[str, etree._Element]:
        """Return the root elements of a kind (``message``, ``signal``, ``error``, ``escalation``) by id."""
        return {each.get("id", ""): each for each in self.xml.findall(bpmn(kind))}


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def properties_of(xml: etree._Element) -> dict[str, str]:
    """Return the ``spiffworkflow:property`` entries of an element."""
    extensions = next(xml.iterchildren(bpmn("extensionElements")), None)
    holder = None if extensions is None else next(extensions.iterchildren(spiff("properties")), None)
    if holder is None:
        return {}
    return {each.get("name", ""): each.get("value", "") for each in holder.findall(spiff("property"))}


def _condition(xml: etree._Element) -> str | None:
    found = next(xml.iterchildren(bpmn("conditionExpression")), None)
    return None if found is None else text_of(found)


def snake_case(name: str) -> str:
    """Return a lane's name as a role key: ``Lead manager`` is ``lead_manager``."""
    return re.sub(r"[^\w]+", "_", name.strip().lower()).strip("_")


def _read_lanes(scope: Scope) -> None:
    """Give every node its lane; nested lanes come later in the walk, so that the innermost wins."""
    for lane in scope.xml.findall(f"{bpmn('laneSet')}//{bpmn('lane')}"):
        role = properties_of(lane).get("role", "").strip() or snake_case(lane.get("name", ""))
        for reference in lane.findall(bpmn("flowNodeRef")):
            node = scope.nodes.get(text_of(reference))
            if node is not None:
                node.lane, node.role = lane.get("id"), role or None


def _inherit_lanes(scope: Scope, above: Node | None) -> None:
    for node in scope.nodes.values():
        if node.role is None and above is not None:
            node.lane, node.role = above.lane, above.role
    for inner in scope.inner:
        _inherit_lanes(inner, scope.nodes.get(inner.id))


def _read_scope(xml: etree._Element, file: str, parent: Scope | None) -> Scope:
    scope = Scope(xml.get("id", ""), _local(xml), xml.get("name") or "", xml, file, parent, properties_of(xml))
    for each in xml:
        name = _local(each)
        if each.tag != bpmn(name) or name in _NOT_NODES or name.endswith("EventDefinition"):
            continue
        node = Node(each.get("id", ""), name, each.get("name") or "", each, scope, properties_of(each))
        node.events = [inside for inside in each if _local(inside).endswith("EventDefinition")]
        if node.id in scope.nodes:
            scope.repeated_ids.append(node.id)
        scope.nodes[node.id] = node
        if name in SCOPES:
            scope.inner.append(_read_scope(each, file, scope))
    for each in xml.findall(bpmn("sequenceFlow")):
        flow = Flow(
            each.get("id", ""), each.get("name") or "", each.get("sourceRef", ""), each.get("targetRef", ""),
            _condition(each), properties_of(each).get(LABEL_ZH, ""),
        )  # fmt: skip
        scope.flows.append(flow)
        if flow.source in scope.nodes:
            scope.nodes[flow.source].outgoing.append(flow)
        if flow.target in scope.nodes:
            scope.nodes[flow.target].incoming.append(flow)
    _read_lanes(scope)
    return scope


def read_drawing(file: str, root: etree._Element) -> Drawing:
    """Return what is drawn in a BPMN file."""
    processes = [_read_scope(each, file, None) for each in root.findall(bpmn("process"))]
    for process in processes:
        _inherit_lanes(process, None)
    return Drawing(file, root, processes)


def element_of(node: Node) -> Element:
    """Return the element that the engine sees."""
    return Element(
        id=node.id,
        kind=node.kind,
        process_id=node.scope.process.id,
        name=node.name,
        label_zh=node.label_zh,
        lane=node.lane,
        role=node.role,
        properties=node.properties,
        documentation=text_of(node.child("documentation")),
    )


def element_of_process(process: Scope) -> Element:
    """Return a process as an element (kind ``process``)."""
    return Element(
        id=process.id,
        kind="process",
        process_id=process.id,
        name=process.name,
        label_zh=process.label_zh,
        lane=None,
        role=None,
        properties=process.properties,
        documentation=text_of(process.xml.find(bpmn("documentation"))),
    )


__all__ = [
    "BPMN", "DECIDING", "GATEWAYS", "SPIFF", "Drawing", "Flow", "Node", "Scope", "element_of", "element_of_process",
    "properties_of", "read_drawing", "snake_case",
]  # fmt: skip
