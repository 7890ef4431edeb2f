"""Writing the drawing (BPMN DI) into the file; every other byte of it stays as it is."""

from __future__ import annotations

import re

from lxml import etree

from engine.layout.labels import Box, place_labels
from engine.layout.model import NS, Page, parse, read
from engine.layout.placing import LEFT, POOL_LABEL, arrange

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
PREFIXES = {"bpmndi": DI, "dc": DC, "di": DD}
RIGHT_MARGIN = 40
_OLD_DRAWING = re.compile(rb"[ \t]*<(\w+:|)BPMNDiagram[\s>].*?</\1BPMNDiagram>[ \t]*\r?\n?", re.DOTALL)
_CLOSING = re.compile(rb"[ \t]*</(\w+:|)definitions>\s*$")

Extras = dict[str, dict[str, str]]
"""What the old drawing said of an element beyond its place, such as colours: attributes of other namespaces."""


def tidy(content: bytes) -> bytes:
    """Return the diagram with a fresh layout: one pool, its lanes, everything from left to right.

    The same process always gets the same drawing. Raises ``ValueError`` for what cannot be drawn this way,
    ``lxml.etree.XMLSyntaxError`` for what is no XML.
    """
    root = parse(content)
    page = read(root)
    arrange(page)
    drawing = _serialised(root, _diagram(root, page, place_labels(page)))
    rest = _OLD_DRAWING.sub(b"", content)
    end = _CLOSING.search(rest)
    if end is None:
        raise ValueError("the file does not end with its definitions")
    drawn = rest[: end.start()] + drawing + rest[end.start() :]
    if len(parse(drawn).findall(f"{{{DI}}}BPMNDiagram")) != 1:
        raise ValueError("the drawing cannot be replaced: it is written in an unusual way")
    return drawn


def _serialised(root: etree._Element, diagram: etree._Element) -> bytes:
    etree.indent(diagram, level=1)
    diagram.tail = None
    text = etree.tostring(diagram)
    for prefix, uri in root.nsmap.items():
        if prefix:
            text = text.replace(f' xmlns:{prefix}="{uri}"'.encode(), b"", 1)
    return b"  " + text + b"\n"


def _extras(root: etree._Element) -> Extras:
    found: Extras = {}
    for each in root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge"):
        attributes = {str(name): str(value) for name, value in each.attrib.items() if str(name).startswith("{")}
        if attributes:
            found[each.get("bpmnElement", "")] = attributes
    return found


def _diagram(root: etree._Element, page: Page, labels: dict[str, Box]) -> etree._Element:
    extras = _extras(root)
    names = {prefix: uri for prefix, uri in root.nsmap.items() if prefix and prefix not in PREFIXES}
    diagram = etree.Element(f"{{{DI}}}BPMNDiagram", nsmap={**names, **PREFIXES}, id=f"diagram_{page.process}")
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
    width = right + RIGHT_MARGIN - LEFT
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
    for drawn in plane:
        for name, value in extras.get(drawn.get("bpmnElement", ""), {}).items():
            drawn.set(name, value)
    return diagram


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
