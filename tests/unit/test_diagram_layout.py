"""Every shipped diagram is drawn so that a person can read it."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from engine.layout import tidy

PROCESSES = Path(__file__).parent.parent.parent / "processes"
DIAGRAMS = sorted(PROCESSES.glob("*.bpmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
Rectangle = tuple[float, float, float, float]


class Drawing:
    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content)
        self.kinds = {each.get("id"): etree.QName(each).localname for each in self.root.iter() if each.get("id")}
        self.shapes: dict[str, Rectangle] = {}
        self.labels: dict[str, Rectangle] = {}
        for shape in self.root.iter(f"{{{NS['bpmndi']}}}BPMNShape", f"{{{NS['bpmndi']}}}BPMNEdge"):
            element = shape.get("bpmnElement")
            if (bounds := shape.find("dc:Bounds", NS)) is not None:
                self.shapes[element] = self._rectangle(bounds)
            if (label := shape.find("bpmndi:BPMNLabel/dc:Bounds", NS)) is not None:
                self.labels[element] = self._rectangle(label)
        self.ways = {
            edge.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", NS)]
            for edge in self.root.iter(f"{{{NS['bpmndi']}}}BPMNEdge")
        }

    @staticmethod
    def _rectangle(bounds: etree._Element) -> Rectangle:
        x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
        return x, y, x + width, y + height

    def nodes(self) -> dict[str, Rectangle]:
        return {each: box for each, box in self.shapes.items() if self.kinds[each] not in {"lane", "participant"}}


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def segments(way: list[tuple[float, float]]) -> list[Rectangle]:
    return [(min(ax, bx), min(ay, by), max(ax, bx) + 0.01, max(ay, by) + 0.01) for (ax, ay), (bx, by) in pairwise(way)]


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return Drawing(request.param.read_bytes())


def test_there_are_diagrams() -> None:
    assert {"lead", "lead_collect", "lead_verify", "lead_distribute", "lead_nurture", "lead_decide"} <= {
        path.stem for path in DIAGRAMS
    }


def test_everything_is_drawn(drawing: Drawing) -> None:
    drawable = ("Task", "task", "Event", "Gateway", "callActivity", "lane", "participant", "sequenceFlow")
    expected = {
        each
        for each, kind in drawing.kinds.items()
        if kind.endswith(drawable) and not kind.startswith("BPMN") and kind != "laneSet"
    }
    assert expected == set(drawing.shapes) | set(drawing.ways)


def test_no_two_shapes_overlap_but_an_event_and_its_host(drawing: Drawing) -> None:
    hosts = {each.get("id"): each.get("attachedToRef") for each in drawing.root.iter(f"{{{NS['bpmn']}}}boundaryEvent")}
    for (a, box_a), (b, box_b) in combinations(drawing.nodes().items(), 2):
        if hosts.get(a) != b and hosts.get(b) != a:
            assert not overlap(box_a, box_b), (a, b)


def test_no_flow_passes_through_a_shape(drawing: Drawing) -> None:
    for flow, way in drawing.ways.items():
        for part in segments(way):
            for node, (left, top, right, bottom) in drawing.nodes().items():
                assert not overlap(part, (left + 1, top + 1, right - 1, bottom - 1)), (flow, node)


def test_flows_are_right_angled_and_end_at_their_shapes(drawing: Drawing) -> None:
    for flow in drawing.root.iter(f"{{{NS['bpmn']}}}sequenceFlow"):
        way = drawing.ways[flow.get("id")]
        for (ax, ay), (bx, by) in pairwise(way):
            assert ax == bx or ay == by, flow.get("id")
        for (x, y), end in ((way[0], flow.get("sourceRef")), (way[-1], flow.get("targetRef"))):
            left, top, right, bottom = drawing.shapes[end]
            assert left <= x <= right, (flow.get("id"), end)
            assert top <= y <= bottom, (flow.get("id"), end)


def test_everything_lies_inside_its_lane(drawing: Drawing) -> None:
    for lane in drawing.root.iter(f"{{{NS['bpmn']}}}lane"):
        left, top, right, bottom = drawing.shapes[lane.get("id")]
        for reference in lane.iterfind("bpmn:flowNodeRef", NS):
            box = drawing.shapes[reference.text]
            assert left <= box[0], reference.text
            assert box[2] <= right, reference.text
            assert top <= box[1], reference.text
            assert box[3] <= bottom, reference.text


def test_names_cover_neither_shapes_nor_each_other(drawing: Drawing) -> None:
    for label, box in drawing.labels.items():
        for node, shape in drawing.nodes().items():
            assert not overlap(box, shape), (label, node)
    for (a, box_a), (b, box_b) in combinations(drawing.labels.items(), 2):
        assert not overlap(box_a, box_b), (a, b)


def test_names_cover_no_flow(drawing: Drawing) -> None:
    for label, box in drawing.labels.items():
        for flow, way in drawing.ways.items():
            assert not any(overlap(box, part) for part in segments(way)), (label, flow)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_tidying_what_is_tidy_changes_nothing(path: Path) -> None:
    assert tidy(path.read_bytes()) == path.read_bytes()


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_name_has_its_chinese_label(path: Path) -> None:
    root = etree.fromstring(path.read_bytes())
    spiff = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
    for element in root.iter():
        if isinstance(element.tag, str) and element.get("name") and element.tag.startswith(f"{{{NS['bpmn']}}}"):
            if etree.QName(element).localname == "message":
                continue
            labels = element.iterfind(f"bpmn:extensionElements//{spiff}[@name='label.zh_CN']", NS)
            assert any(label.get("value") for label in labels), element.get("id")


def test_what_cannot_be_drawn_is_refused_in_words() -> None:
    inner = '<bpmn:process id="p"><bpmn:subProcess id="s"/></bpmn:process>'
    with pytest.raises(ValueError, match="sub-processes"):
        tidy(f'<bpmn:definitions xmlns:bpmn="{NS["bpmn"]}">{inner}</bpmn:definitions>'.encode())
    with pytest.raises(ValueError, match="no process"):
        tidy(f'<bpmn:definitions xmlns:bpmn="{NS["bpmn"]}"/>'.encode())
