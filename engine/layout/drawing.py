"""Writing the drawing (BPMN DI) into the file; everything else in it stays as it is."""

from __future__ import annotations

from lxml import etree

from engine.layout.labels import Box, place_labels
from engine.layout.model import NS, Page, read
from engine.layout.placing import LEFT, POOL_LABEL, place
from engine.layout.routing import route

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)


def tidy(content: bytes) -> bytes:
    """Return the diagram with a fresh layout: one pool, its lanes, everything from left to right.

    Raises ``ValueError`` for what cannot be drawn this way, ``lxml.etree.XMLSyntaxError`` for what is no XML.
    """
    root = etree.fromstring(content, _PARSER)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type declaration is not allowed")
    page = read(root)
    place(page)
    route(page)
    _write(root, page, place_labels(page))
    drawn: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return drawn


def _write(root: etree._Element, page: Page, labels: dict[str, Box]) -> None:
    for old in root.findall(f"{{{DI}}}BPMNDiagram"):
        root.remove(old)
    etree.cleanup_namespaces(root, top_nsmap={"bpmndi": DI, "dc": DC, "di": DD}, keep_ns_prefixes=["bpmndi", "xsi"])
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", id=f"diagram_{page.process}")
    plane = etree.SubElement(
        diagram,
        f"{{{DI}}}BPMNPlane",
        id=f"plane_{page.process}",
        bpmnElement=_collaboration(root) or page.process,
    )
    right = max(
        [
            *(node.x + node.size[0] for node in page.nodes.values()),
            *(x for flow in page.flows for x, _ in flow.waypoints),
            *(box.x + box.width for box in labels.values()),
        ]
    )
    width = right + 40 - LEFT
    first, last = page.lanes[0], page.lanes[-1]
    if page.participant:
        _shape(plane, page.participant, Box(LEFT, first.y, width, last.y + last.height - first.y), horizontal=True)
    for lane in page.lanes:
        if lane.id:
            box = Box(LEFT + POOL_LABEL, lane.y, width - POOL_LABEL, lane.height)
            _shape(plane, lane.id, box, horizontal=True)
    for node in page.nodes.values():
        box = Box(node.x, node.y, *node.size)
        marker = node.kind == "exclusiveGateway"
        _shape(plane, node.id, box, label=labels.get(node.id), marker=marker)
    for flow in page.flows:
        edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{flow.id}_di", bpmnElement=flow.id)
        for x, y in flow.waypoints:
            etree.SubElement(edge, f"{{{DD}}}waypoint", x=_number(x), y=_number(y))
        if flow.id in labels:
            _label(edge, labels[flow.id])


def _collaboration(root: etree._Element) -> str | None:
    found = root.find("bpmn:collaboration", NS)
    return None if found is None else found.get("id")


def _shape(
    plane: etree._Element,
    element: str,
    box: Box,
    *,
    label: Box | None = None,
    horizontal: bool = False,
    marker: bool = False,
) -> None:
    shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{element}_di", bpmnElement=element)
    if horizontal:
        shape.set("isHorizontal", "true")
    if marker:
        shape.set("isMarkerVisible", "true")
    _bounds(shape, box)
    if label is not None:
        _label(shape, label)


def _label(parent: etree._Element, box: Box) -> None:
    _bounds(etree.SubElement(parent, f"{{{DI}}}BPMNLabel"), box)


def _bounds(parent: etree._Element, box: Box) -> None:
    etree.SubElement(
        parent,
        f"{{{DC}}}Bounds",
        x=_number(box.x),
        y=_number(box.y),
        width=_number(box.width),
        height=_number(box.height),
    )


def _number(value: float) -> str:
    return f"{round(value, 1):g}"
