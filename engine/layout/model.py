"""A process as the layout sees it: nodes with a size in lanes, and the flows between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NS = {"bpmn": BPMN}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)

TASK, EVENT, GATEWAY = (120, 80), (36, 36), (50, 50)
BESIDE, SPREAD, WIDE_SPREAD, MANY_GUESTS = 26, 48, 80, 4
"""How far boundary events stand from the corner of their host and from each other; more of them widen the host."""
_GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")
_EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")


@dataclass(slots=True, eq=False)
class Node:
    """One flow node; ``x`` and ``y`` are its top left corner once it is placed."""

    id: str
    kind: str
    name: str
    lane: int
    host: str | None = None
    layer: int = 0
    row: int = 0
    above: bool = False
    x: float = 0
    y: float = 0
    guests: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as bpmn.io draws them; a task with many boundary events is as wide as they need.

        ``guests`` is how many sit on it.
        """
        if self.kind in _EVENTS or self.kind in _GATEWAYS:
            return EVENT if self.kind in _EVENTS else GATEWAY
        many = self.guests > MANY_GUESTS
        return (2 * BESIDE + WIDE_SPREAD * (self.guests - 1) if many else TASK[0], TASK[1])

    @property
    def labelled_outside(self) -> bool:
        """Whether the name stands beside the shape instead of inside it."""
        return self.kind in _EVENTS or self.kind in _GATEWAYS

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the shape."""
        return self.x + self.size[0] / 2, self.y + self.size[1] / 2


@dataclass(slots=True, eq=False)
class Flow:
    """One sequence flow with its way over the page."""

    id: str
    source: str
    target: str
    name: str
    waypoints: list[tuple[float, float]] = field(default_factory=list)


@dataclass(slots=True)
class Lane:
    """One lane, from ``y`` on, ``rows`` rows high."""

    id: str
    name: str
    rows: int = 1
    y: float = 0
    height: float = 0
    padding: float = 0


@dataclass(slots=True)
class Page:
    """Everything that is drawn of one process."""

    process: str
    participant: str | None
    lanes: list[Lane]
    nodes: dict[str, Node]
    flows: list[Flow]


def parse(content: bytes) -> etree._Element:
    """Return the root of a diagram's file.

    Raises ``ValueError`` for a file with a document type declaration, ``lxml.etree.XMLSyntaxError`` for what is no XML.
    """
    root = etree.fromstring(content, _PARSER)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type declaration is not allowed")
    return root


def read(root: etree._Element) -> Page:
    """Read the one process of a diagram; raises ``ValueError`` when it has none or sub-processes to be drawn inside."""
    process = root.find("bpmn:process", NS)
    if process is None:
        raise ValueError("the file has no process")
    if process.find("bpmn:subProcess", NS) is not None:
        raise ValueError("embedded sub-processes are not laid out; call another diagram instead")
    lanes: list[Lane] = []
    lane_of: dict[str, int] = {}
    for lane in process.iterfind("bpmn:laneSet/bpmn:lane", NS):
        for reference in lane.iterfind("bpmn:flowNodeRef", NS):
            lane_of[(reference.text or "").strip()] = len(lanes)
        lanes.append(Lane(lane.get("id", ""), lane.get("name", "")))
    nodes: dict[str, Node] = {}
    flows: list[Flow] = []
    for element in process.iterchildren(f"{{{BPMN}}}*"):
        kind = etree.QName(element).localname
        if kind == "sequenceFlow":
            flows.append(
                Flow(element.get("id", ""), element.get("sourceRef", ""), element.get("targetRef", ""),
                     element.get("name", ""))
            )  # fmt: skip
        elif kind in _GATEWAYS or kind in _EVENTS or kind.lower().endswith(("task", "activity")):
            node_id = element.get("id", "")
            nodes[node_id] = Node(
                node_id, kind, element.get("name", ""), lane_of.get(node_id, 0), element.get("attachedToRef")
            )
    for node in nodes.values():
        if node.host in nodes:
            node.lane = nodes[node.host].lane
            nodes[node.host].guests += 1
    participant = root.find(f"bpmn:collaboration/bpmn:participant[@processRef='{process.get('id')}']", NS)
    return Page(
        process.get("id", ""),
        participant.get("id") if participant is not None else None,
        lanes or [Lane("", "")],
        nodes,
        [flow for flow in flows if flow.source in nodes and flow.target in nodes],
    )
