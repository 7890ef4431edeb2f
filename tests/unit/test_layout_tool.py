"""``ltc layout``: it draws any flow in lanes, always alike, and touches nothing but the drawing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from engine.layout import svg, tidy
from tests.unit.test_diagram_layout import NS, Drawing, overlap, segments
from webui.cli.layout import command

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<bpmn:definitions xmlns:bpmn="{NS["bpmn"]}" xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" id="d" targetNamespace="t">\n'
)
ROOT = Path(__file__).parents[2]


def diagram(nodes: dict[str, tuple[str, int]], flows: list[tuple[str, str]], lanes: int = 1, extra: str = "") -> bytes:
    """A diagram with one pool; ``nodes`` are kind and lane by id, ``host:x`` in the place of a kind sits on ``x``."""
    parts = ['<bpmn:collaboration id="c"><bpmn:participant id="pool" name="Pool" processRef="p"/></bpmn:collaboration>']
    parts.append('<bpmn:process id="p" isExecutable="true"><bpmn:laneSet id="s">')
    for lane in range(lanes):
        members = "".join(
            f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each, (_, at) in nodes.items() if at == lane
        )
        parts.append(f'<bpmn:lane id="lane{lane}" name="Lane {lane}">{members}</bpmn:lane>')
    parts.append("</bpmn:laneSet>")
    for node, (kind, _) in nodes.items():
        if kind.startswith("host:"):
            parts.append(f'<bpmn:boundaryEvent id="{node}" name="{node}" attachedToRef="{kind[5:]}"/>')
        else:
            parts.append(f'<bpmn:{kind} id="{node}" name="{node}"/>')
    parts += [f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows]
    return (HEAD + "\n".join([*parts, "</bpmn:process>", extra]) + "\n</bpmn:definitions>\n").encode()


def chain(*ids: str) -> list[tuple[str, str]]:
    return list(pairwise(ids))


SMALL = diagram(
    {"begin": ("startEvent", 0), "ask": ("userTask", 0), "ok": ("exclusiveGateway", 1), "end": ("endEvent", 1)},
    [*chain("begin", "ask", "ok", "end"), ("ok", "ask")],
    lanes=2,
)


def test_everything_but_the_drawing_stays_byte_for_byte() -> None:
    odd = SMALL.replace(b"</bpmn:laneSet>", b"</bpmn:laneSet>\n\n<!--  a note -->   <bpmn:extensionElements  />\t")
    drawn = tidy(odd)
    start, end = drawn.index(b"  <bpmndi:BPMNDiagram"), drawn.index(b"</bpmndi:BPMNDiagram>\n")
    assert drawn[:start] + drawn[end + len(b"</bpmndi:BPMNDiagram>\n") :] == odd


def test_an_old_drawing_is_replaced_and_its_colours_are_kept() -> None:
    old = tidy(SMALL).replace(b'bpmnElement="ask"', b'bpmnElement="ask" bioc:stroke="#c62828"')
    assert old.count(b"bioc:stroke") == 1
    moved = old.replace(b'<dc:Bounds x="', b'<dc:Bounds x="9')
    assert moved != old
    again = tidy(moved)
    assert again.count(b"BPMNPlane ") == 1
    assert b'bioc:stroke="#c62828"' in again
    assert Drawing(again).shapes == Drawing(tidy(SMALL)).shapes


def test_the_same_diagram_always_gets_the_same_drawing() -> None:
    path = ROOT / "processes" / "lead_decide.bpmn"
    script = (
        "import hashlib,sys;from engine.layout import tidy;"
        "print(hashlib.sha256(tidy(open(sys.argv[1],'rb').read())).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script, str(path)],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert digests == {hashlib.sha256(path.read_bytes()).hexdigest()}


def test_flows_go_from_left_to_right_but_those_that_lead_back() -> None:
    drawing = Drawing(tidy(SMALL))
    lefts = [drawing.shapes[each][0] for each in ("begin", "ask", "ok", "end")]
    assert lefts == sorted(lefts)
    assert drawing.ways["ok_ask"][0][0] > drawing.ways["ok_ask"][-1][0]


def test_a_second_start_stands_beside_what_it_starts() -> None:
    nodes = dict.fromkeys(("a", "b", "c", "d"), ("userTask", 0))
    drawing = Drawing(
        tidy(
            diagram(
                {"first": ("startEvent", 0), **nodes, "late": ("startEvent", 0), "end": ("endEvent", 0)},
                [*chain("first", "a", "b", "c", "d", "end"), ("late", "d")],
            )
        )
    )
    assert drawing.shapes["late"][0] > drawing.shapes["b"][2]


def test_a_boundary_event_faces_where_it_leads() -> None:
    nodes = {
        "begin": ("startEvent", 1), "work": ("userTask", 1), "up": ("host:work", 1), "down": ("host:work", 1),
        "boss": ("userTask", 0), "pool": ("serviceTask", 2), "end": ("endEvent", 1),
    }  # fmt: skip
    flows = [*chain("begin", "work", "end"), ("up", "boss"), ("down", "pool")]
    drawing = Drawing(tidy(diagram(nodes, flows, lanes=3)))
    host, up, down = (drawing.shapes[each] for each in ("work", "up", "down"))
    assert (up[1] + up[3]) / 2 == host[1]
    assert (down[1] + down[3]) / 2 == host[3]


def test_straight_chains_are_drawn_straight() -> None:
    ids = ["begin", "one", "two", "three", "end"]
    kinds = {"begin": "startEvent", "end": "endEvent"}
    drawing = Drawing(tidy(diagram({each: (kinds.get(each, "userTask"), 0) for each in ids}, chain(*ids))))
    assert all(len(way) == 2 for way in drawing.ways.values())
    assert len({way[0][1] for way in drawing.ways.values()}) == 1


def random_diagram(seed: int) -> bytes:
    dice = random.Random(seed)
    lanes = dice.randint(1, 4)
    kinds = ["userTask", "serviceTask", "exclusiveGateway", "intermediateCatchEvent", "callActivity"]
    inner = [f"n{i}" for i in range(dice.randint(3, 11))]
    nodes = {each: (dice.choice(kinds), dice.randrange(lanes)) for each in inner}
    nodes = {"begin": ("startEvent", dice.randrange(lanes)), **nodes, "end": ("endEvent", dice.randrange(lanes))}
    flows = set(chain(*nodes))
    for _ in range(dice.randint(0, 6)):
        source = dice.choice(inner)
        flows.add((source, dice.choice([each for each in [*inner, "end"] if each != source])))
    host = dice.choice(inner)
    if nodes[host][0].endswith(("Task", "Activity")):
        nodes["alarm"] = (f"host:{host}", nodes[host][1])
        flows.add(("alarm", dice.choice([each for each in inner if each != host])))
    return diagram(nodes, sorted(flows), lanes=lanes)


@pytest.mark.parametrize("seed", range(200 if "SOAK_SECONDS" in os.environ else 8))
def test_random_diagrams_are_drawn_without_collisions(seed: int) -> None:
    drawn = tidy(random_diagram(seed))
    drawing = Drawing(drawn)
    hosts = {each.get("id"): each.get("attachedToRef") for each in drawing.root.iter(f"{{{NS['bpmn']}}}boundaryEvent")}
    for (a, box_a), (b, box_b) in combinations(drawing.nodes().items(), 2):
        assert hosts.get(a) == b or hosts.get(b) == a or not overlap(box_a, box_b), (seed, a, b)
    for flow in drawing.root.iter(f"{{{NS['bpmn']}}}sequenceFlow"):
        way = drawing.ways[flow.get("id")]
        for part in segments(way):
            for node, (left, top, right, bottom) in drawing.nodes().items():
                inside = (left + 1, top + 1, right - 1, bottom - 1)
                assert not overlap(part, inside), (seed, flow.get("id"), node)
        for (x, y), end in ((way[0], flow.get("sourceRef")), (way[-1], flow.get("targetRef"))):
            left, top, right, bottom = drawing.shapes[end]
            assert x in {left, right} or y in {top, bottom}, (seed, flow.get("id"), end)
            assert left <= x <= right, (seed, flow.get("id"), end)
            assert top <= y <= bottom, (seed, flow.get("id"), end)
    assert tidy(drawn) == drawn


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<bpmn:definitions xmlns:bpmn="%s"/>' % NS["bpmn"].encode(), "no process"),
        (SMALL.replace(b"</bpmn:process>", b'<bpmn:subProcess id="inner"/></bpmn:process>'), "sub-processes"),
        (b"<!DOCTYPE x []>" + SMALL.partition(b"\n")[2], "document type"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        tidy(content)


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(etree.XMLSyntaxError):
        tidy(b"<bpmn")


def test_a_picture_shows_the_names_in_the_language_of_the_reader() -> None:
    content = (ROOT / "processes" / "lead_decide.bpmn").read_bytes()
    english, chinese = svg(content).decode(), svg(content, "zh_CN").decode()
    assert "Confirmed?" in english
    assert "是否确认？" in chinese
    assert "Confirmed?" not in chinese
    flows = len(Drawing(content).ways)
    assert len(etree.fromstring(chinese.encode()).findall("{http://www.w3.org/2000/svg}polyline")) == flows


def test_a_picture_of_what_was_never_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="no layout"):
        svg(SMALL)


def test_the_command_lays_out_and_then_finds_nothing_to_do(tmp_path: Path) -> None:
    path = tmp_path / "small.bpmn"
    path.write_bytes(SMALL)
    checked = CliRunner().invoke(command, ["--check", str(path)])
    assert (checked.exit_code, path.read_bytes()) == (1, SMALL)
    assert "not tidy" in checked.output
    assert CliRunner().invoke(command, [str(path)]).exit_code == 0
    assert path.read_bytes() == tidy(SMALL)
    again = CliRunner().invoke(command, ["--check", "--json", str(path)])
    assert (again.exit_code, json.loads(again.output)) == (0, {str(path): "tidy"})


def test_the_command_writes_pictures_beside_the_diagrams(tmp_path: Path) -> None:
    path = tmp_path / "small.bpmn"
    path.write_bytes(tidy(SMALL))
    assert CliRunner().invoke(command, ["--svg", str(path)]).exit_code == 0
    assert (tmp_path / "small.svg").read_bytes() == svg(path.read_bytes())
    assert path.read_bytes() == tidy(SMALL)


def test_the_command_says_which_file_it_cannot_draw(tmp_path: Path) -> None:
    path = tmp_path / "broken.bpmn"
    path.write_bytes(b"<bpmn")
    result = CliRunner().invoke(command, [str(path)])
    assert result.exit_code == 1
    assert "broken.bpmn" in result.output
