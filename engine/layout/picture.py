"""A diagram as SVG, drawn from its own layout (BPMN DI): for people without a modeler at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.sax.saxutils import escape

from lxml import etree

from engine.layout.labels import LINE, Box, wrapped
from engine.layout.model import BPMN, NS, parse

DI = {"bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI", "dc": "http://www.omg.org/spec/DD/20100524/DC",
      "di": "http://www.omg.org/spec/DD/20100524/DI"}  # fmt: skip
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
MARGIN = 20
STYLE = (
    "text{font:12px 'Noto Sans CJK SC','PingFang SC','Microsoft YaHei UI',system-ui,sans-serif;fill:#182433}"
    ".s{fill:#fff;stroke:#182433;stroke-width:1.5}.band{fill:none;stroke:#8a97a6}.flow{fill:none;stroke:#3a4859;"
    "stroke-width:1.5;marker-end:url(#arrow)}.end{stroke-width:3.5}.call{stroke-width:3.5}.m{fill:none;"
    "stroke:#182433;stroke-width:1.5}.mark{font-size:11px;fill:#5a6878}.person{fill:none;stroke:#5a6878}"
    ".ring{fill:none;stroke-width:3}.way{fill:none;stroke-width:8;opacity:.35}.sign{fill:#fff;font-weight:700}"
    ".ring.added,.way.added{stroke:#1a7f37}.ring.removed,.way.removed{stroke:#c0362c;stroke-dasharray:7 4}"
    ".ring.changed,.way.changed{stroke:#b35c00}.ring.problem,.way.problem{stroke:#c0362c}"
    ".ring.missed,.way.missed{stroke:#8a5a00;stroke-dasharray:3 4}.dot.missed{fill:#8a5a00}"
    ".dot.added{fill:#1a7f37}.dot.removed,.dot.problem{fill:#c0362c}.dot.changed{fill:#b35c00}"
)
MARKED = {"added": "+", "removed": "−", "changed": "~", "problem": "!", "missed": "?"}
MARKS = {
    "serviceTask": "⚙", "businessRuleTask": "▦", "scriptTask": "≡", "manualTask": "☞",
    "sendTask": "✉", "receiveTask": "✉",
}  # fmt: skip
PERSON = "M7 1a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5zM2 12c0-3 2-4.500 5-4.500s5 1.500 5 4.500z"
"""Drawn, because few machines have a letter for it."""
EVENTS = {
    "messageEventDefinition": "✉", "timerEventDefinition": "◷", "terminateEventDefinition": "●",
    "errorEventDefinition": "ϟ", "signalEventDefinition": "△", "escalationEventDefinition": "⇑",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Drawn:
    element: etree._Element
    box: Box
    label: Box | None


def svg(content: bytes, language: str = "en", marks: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return the picture of a laid-out diagram, its names in ``language`` (``en`` or ``zh_CN``).

    ``marks`` gives elements and flows by their id one of the marks of ``MARKED``: a coloured ring with a sign.

    Raises ``ValueError`` for a diagram without a layout, ``lxml.etree.XMLSyntaxError`` for what is no XML.
    """
    root = parse(content)
    elements = {each.get("id"): each for each in root.iter(f"{{{BPMN}}}*") if each.get("id")}
    shapes = [
        _Drawn(elements[shape.get("bpmnElement")], _box(bounds), _label(shape))
        for shape in root.iterfind(".//bpmndi:BPMNShape", DI)
        if (bounds := shape.find("dc:Bounds", DI)) is not None and shape.get("bpmnElement") in elements
    ]
    if not shapes:
        raise ValueError("the diagram has no layout yet")
    out = [part for shape in shapes for part in _shape(shape, language)]
    out += [part for shape in shapes for part in _ring(shape, marks)]
    for edge in root.iterfind(".//bpmndi:BPMNEdge", DI):
        points = [(float(p.get("x", 0)), float(p.get("y", 0))) for p in edge.iterfind("di:waypoint", DI)]
        way = " ".join(f"{x:g},{y:g}" for x, y in points)
        mark = marks.get(edge.get("bpmnElement", ""), "")
        if mark in MARKED:
            out.append(f'<polyline class="way {mark}" points="{way}"/>')
        out.append(f'<polyline class="flow" points="{way}"/>')
        flow, label = elements.get(edge.get("bpmnElement")), _label(edge)
        if flow is not None and label is not None:
            out += _text(_name(flow, language), label)
    right = max(shape.box.x + shape.box.width for shape in shapes)
    bottom = max(shape.box.y + shape.box.height for shape in shapes)
    left, top = min(shape.box.x for shape in shapes), min(shape.box.y for shape in shapes)
    view = f"{left - MARGIN:g} {top - MARGIN:g} {right - left + 2 * MARGIN:g} {bottom - top + 2 * MARGIN:g}"
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0L10 5L0 10z" fill="#3a4859"/></marker></defs>'
    )
    size = f'width="{right - left + 2 * MARGIN:g}" height="{bottom - top + 2 * MARGIN:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{view}"><style>{STYLE}</style>{arrow}'
    return "\n".join([head, *out, "</svg>", ""]).encode()


def _ring(drawn: _Drawn, marks: Mapping[str, str]) -> list[str]:
    mark = marks.get(drawn.element.get("id", ""), "")
    if mark not in MARKED:
        return []
    box = drawn.box
    right, top = box.x + box.width + 6, box.y - 6
    edges = f'x="{box.x - 6:g}" y="{top:g}" width="{box.width + 12:g}" height="{box.height + 12:g}"'
    sign = f'<text class="sign" text-anchor="middle" x="{right:g}" y="{top + 4:g}">{MARKED[mark]}</text>'
    dot = f'<circle class="dot {mark}" cx="{right:g}" cy="{top:g}" r="9"/>'
    return [f'<rect class="ring {mark}" rx="10" {edges}/>', dot, sign]


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(name, 0)) for name in ("x", "y", "width", "height")))


def _label(parent: etree._Element) -> Box | None:
    bounds = parent.find("bpmndi:BPMNLabel/dc:Bounds", DI)
    return None if bounds is None else _box(bounds)


def _name(element: etree._Element, language: str) -> str:
    if language.startswith("zh"):
        for each in element.iterfind(f"bpmn:extensionElements//{PROPERTY}[@name='label.zh_CN']", NS):
            return each.get("value", "")
    return element.get("name", "")


def _shape(drawn: _Drawn, language: str) -> list[str]:
    kind, box = etree.QName(drawn.element).localname, drawn.box
    name = _name(drawn.element, language)
    x, y, middle, centre = box.x, box.y, box.x + box.width / 2, box.y + box.height / 2
    rectangle = f'x="{x:g}" y="{y:g}" width="{box.width:g}" height="{box.height:g}"'
    if kind in {"participant", "lane"}:
        turned = f'<text text-anchor="middle" transform="translate({x + 19:g} {centre:g}) rotate(-90)">'
        return [f'<rect class="band" {rectangle}/>', f"{turned}{escape(name)}</text>"]
    outside = _text(name, drawn.label) if drawn.label else []
    if kind.endswith("Gateway"):
        points = f"{middle:g},{y:g} {x + box.width:g},{centre:g} {middle:g},{y + box.height:g} {x:g},{centre:g}"
        mark = {"exclusiveGateway": "✕", "parallelGateway": "＋", "inclusiveGateway": "◯"}.get(kind, "⬠")
        return [
            f'<polygon class="s" points="{points}"/>',
            f'<text text-anchor="middle" x="{middle:g}" y="{centre + 5:g}">{mark}</text>', *outside,
        ]  # fmt: skip
    if kind.lower().endswith("event"):
        radius = box.width / 2
        circle = f'cx="{middle:g}" cy="{centre:g}"'
        out = [f'<circle class="s{" end" if kind == "endEvent" else ""}" {circle} r="{radius:g}"/>']
        if kind not in {"startEvent", "endEvent"}:
            dash = ' stroke-dasharray="4 3"' if drawn.element.get("cancelActivity") == "false" else ""
            out.append(f'<circle class="m" {circle} r="{radius - 3:g}"{dash}/>')
        marks = [EVENTS[tag] for each in drawn.element if (tag := etree.QName(each).localname) in EVENTS]
        out += [f'<text text-anchor="middle" x="{middle:g}" y="{centre + 5:g}">{mark}</text>' for mark in marks]
        return [*out, *outside]
    call = " call" if kind == "callActivity" else ""
    mark = f'<text class="mark" x="{x + 6:g}" y="{y + 15:g}">{MARKS.get(kind, "")}</text>'
    if kind == "userTask":
        mark = f'<path class="person" transform="translate({x + 5:g} {y + 5:g})" d="{PERSON}"/>'
    inside = Box(x + 5, y, box.width - 10, box.height)
    return [f'<rect class="s{call}" rx="8" {rectangle}/>', mark, *_text(name, inside)]


def _text(text: str, box: Box) -> list[str]:
    lines = wrapped(text, max(box.width, 40))
    top = box.y + box.height / 2 - len(lines) * LINE / 2 + LINE - 3
    middle = box.x + box.width / 2
    return [
        f'<text text-anchor="middle" x="{middle:g}" y="{top + i * LINE:g}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]
