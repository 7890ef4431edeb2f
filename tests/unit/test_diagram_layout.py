"""Every shipped diagram is drawn so that a person can read it, and says everything in both languages."""

from __future__ import annotations

import os
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from engine.layout import tidy
from engine.layout.labels import LINE, wrapped

PROCESSES = Path(__file__).parent.parent.parent / "processes"
DIAGRAMS = sorted(PROCESSES.glob("*.bpmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
MOST_FLOWS = 15
"""Larger diagrams take up to half a minute each to tidy: `make soak` does that."""

Rectangle = tuple[float, float, float, float]
Way = list[tuple[float, float]]

CROSSINGS = {
    # screening and verification both lead to "merged" and to "invalid", and all four lie on one side of the lanes
    "lead_verify": {frozenset({"screened_to_merge_lead", "verdict_invalid"})},
    # the way back after a first refusal encloses the gateway from which acceptance leads on
    "lead_distribute": {frozenset({"accepted_to_announce_accepted", "refused_once"})},
    # what was in before the deadline goes back to the task from which the missed deadline leads away
    "opportunity_solution": {frozenset({"extended_to_submit_proposal", "missed_it_to_after_deadline"})},
    "four_step_solution": {frozenset({"extended_to_hand_in", "missed_it_to_after_deadline"})},
    # what was replanned is taken up anew, left of the question that leads to the delivery
    "contract_milestone": {frozenset({"what_is_due_to_deliver_milestone", "replanned_to_begin_milestone"})},
}
"""Where two flows have to cross; everywhere else none does."""

UNSEEN = {"message", "signal", "inputDataItem"}
"""What has a name that no diagram shows."""


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


def crosses(one: Rectangle, other: Rectangle) -> bool:
    """Whether a level and an upright part of two ways cross in their middles."""
    level, upright = (one, other) if one[3] - one[1] < 0.1 else (other, one)
    if level[3] - level[1] > 0.1 or upright[2] - upright[0] > 0.1:
        return False
    return level[0] + 0.1 < upright[0] < level[2] - 0.1 and upright[1] + 0.1 < level[1] < upright[3] - 0.1


def runs_along(one: Rectangle, other: Rectangle) -> bool:
    """Whether two parts lie on one line and share more than a point of it."""
    level = one[3] - one[1] < 0.1 and other[3] - other[1] < 0.1 and abs(one[1] - other[1]) < 0.1
    upright = one[2] - one[0] < 0.1 and other[2] - other[0] < 0.1 and abs(one[0] - other[0]) < 0.1
    shared = min(one[2], other[2]) - max(one[0], other[0]) if level else min(one[3], other[3]) - max(one[1], other[1])
    return (level or upright) and shared > 1


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def segments(way: Way) -> list[Rectangle]:
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


def test_flows_cross_only_where_they_must(drawing: Drawing) -> None:
    process = drawing.root.find("bpmn:process", NS).get("id")
    crossing = {
        frozenset({a, b})
        for (a, way_a), (b, way_b) in combinations(drawing.ways.items(), 2)
        if any(crosses(one, other) for one in segments(way_a) for other in segments(way_b))
    }
    assert crossing == CROSSINGS.get(process, set())


def test_only_flows_with_a_common_end_run_along_each_other(drawing: Drawing) -> None:
    ends = {
        each.get("id"): (each.get("sourceRef"), each.get("targetRef"))
        for each in drawing.root.iter(f"{{{NS['bpmn']}}}sequenceFlow")
    }
    for (a, way_a), (b, way_b) in combinations(drawing.ways.items(), 2):
        if ends[a][0] != ends[b][0] and ends[a][1] != ends[b][1]:
            along = [one for one in segments(way_a) for other in segments(way_b) if runs_along(one, other)]
            assert along == [], (a, b)


def test_boundary_events_sit_on_the_edge_of_their_host(drawing: Drawing) -> None:
    for event in drawing.root.iter(f"{{{NS['bpmn']}}}boundaryEvent"):
        left, top, right, bottom = drawing.shapes[event.get("id")]
        host = drawing.shapes[event.get("attachedToRef")]
        assert (top + bottom) / 2 in {host[1], host[3]}, event.get("id")
        assert host[0] <= (left + right) / 2 <= host[2], event.get("id")


def test_flows_and_names_stay_inside_the_pool(drawing: Drawing) -> None:
    [pool] = [box for each, box in drawing.shapes.items() if drawing.kinds[each] == "participant"]
    for element, box in drawing.labels.items():
        assert pool[0] <= box[0], element
        assert box[2] <= pool[2], element
        assert pool[1] <= box[1], element
        assert box[3] <= pool[3], element
    for flow, way in drawing.ways.items():
        for x, y in way:
            assert pool[0] < x < pool[2], flow
            assert pool[1] < y < pool[3], flow


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


def test_names_of_tasks_fit_their_shapes_and_leave_no_letter_alone(drawing: Drawing) -> None:
    for task in drawing.root.iter(f"{{{NS['bpmn']}}}*"):
        if etree.QName(task).localname.endswith(("Task", "callActivity")):
            left, top, right, bottom = drawing.shapes[task.get("id")]
            for name in (task.get("name", ""), in_chinese(task, "label")):
                lines = wrapped(name, right - left - 10)
                assert len(lines) * LINE < bottom - top, name
                assert len(lines) == 1 or len(lines[-1]) > 1, name


def test_names_cover_no_flow(drawing: Drawing) -> None:
    for label, box in drawing.labels.items():
        for flow, way in drawing.ways.items():
            assert not any(overlap(box, part) for part in segments(way)), (label, flow)


def flows_in(path: Path) -> int:
    return path.read_text().count("<bpmn:sequenceFlow ")


@pytest.mark.parametrize(
    "path",
    [path for path in DIAGRAMS if "SOAK_SECONDS" in os.environ or flows_in(path) <= MOST_FLOWS],
    ids=lambda path: path.stem,
)
def test_tidying_what_is_tidy_changes_nothing(path: Path) -> None:
    assert tidy(path.read_bytes()) == path.read_bytes()


def in_chinese(element: etree._Element, name: str) -> str:
    found = element.iterfind(f"bpmn:extensionElements//{SPIFF}[@name='{name}.zh_CN']", NS)
    return next((each.get("value", "") for each in found), "")


def test_every_name_has_its_chinese_label(drawing: Drawing) -> None:
    for element in drawing.root.iter(f"{{{NS['bpmn']}}}*"):
        if element.get("name") and etree.QName(element).localname not in UNSEEN:
            assert in_chinese(element, "label"), element.get("id")
            assert not set(element.get("name")) & set("{}[]<>"), element.get("name")


def test_gateways_are_questions_and_the_flows_behind_them_answers(drawing: Drawing) -> None:
    outgoing: dict[str, list[etree._Element]] = {}
    for flow in drawing.root.iter(f"{{{NS['bpmn']}}}sequenceFlow"):
        outgoing.setdefault(flow.get("sourceRef"), []).append(flow)
    for gateway in drawing.root.iter(f"{{{NS['bpmn']}}}exclusiveGateway"):
        answers = outgoing[gateway.get("id")]
        if len(answers) > 1:
            assert gateway.get("name", "").endswith("?"), gateway.get("id")
            assert in_chinese(gateway, "label").endswith("？"), gateway.get("id")
            assert all(each.get("name") for each in answers), gateway.get("id")
            assert gateway.get("default") in {each.get("id") for each in answers}


def test_user_tasks_say_in_both_languages_what_to_do(drawing: Drawing) -> None:
    for task in drawing.root.iter(f"{{{NS['bpmn']}}}userTask"):
        assert task.findtext("bpmn:documentation", "", NS).endswith((".", "?", "!")), task.get("id")
        assert in_chinese(task, "documentation").endswith(("。", "？", "！")), task.get("id")


def test_what_a_person_may_start_says_in_both_languages_what_it_is_for(drawing: Drawing) -> None:
    process = drawing.root.find("bpmn:process", NS)
    if process.find(f"bpmn:extensionElements//{SPIFF}[@name='start']", NS) is not None:
        assert process.findtext("bpmn:documentation", "", NS).endswith(".")
        assert in_chinese(process, "documentation").endswith("。")
