"""Where the elements of a diagram are drawn."""

from __future__ import annotations

import math

from lxml import etree

from engine.interpreter.xml import bpmn

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
FAR = 100_000
"""Nobody scrolls so far."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def _number(text: str | None) -> float:
    try:
        found = float(text or "nan")
    except ValueError:
        return math.nan
    return found


def _box(bounds: etree._Element) -> Box:
    x, y, width, height = (_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


class Drawn:
    """The shapes and lines of one file."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self.shapes: dict[str, Box] = {}
        for shape in root.iter(f"{_DI}BPMNShape"):
            bounds = shape.find(_BOUNDS)
            if bounds is not None:
                self.shapes[shape.get("bpmnElement", "")] = _box(bounds)
        self.lines = {edge.get("bpmnElement", "") for edge in root.iter(f"{_DI}BPMNEdge")}

    def pools(self) -> dict[str, Box]:
        """Return the box of each process that has a pool."""
        return {
            each.get("processRef", ""): self.shapes[each.get("id", "")]
            for each in self._root.iter(bpmn("participant"))
            if each.get("id", "") in self.shapes
        }

    def overlap(self, one: str, other: str) -> bool:
        """Return whether two shapes share more than an edge."""
        a, b = self.shapes[one], self.shapes[other]
        return a[0] + 1 < b[2] and b[0] + 1 < a[2] and a[1] + 1 < b[3] and b[1] + 1 < a[3]

    def is_off(self, box: Box) -> bool:
        """Return whether a box has no size or lies where nobody looks."""
        sized = box[2] > box[0] and box[3] > box[1]
        return not sized or not all(math.isfinite(each) and -FAR < each < FAR for each in box)

    def inside(self, box: Box, pool: Box) -> bool:
        """Return whether a box lies in a pool."""
        return pool[0] <= box[0] and pool[1] <= box[1] and box[2] <= pool[2] and box[3] <= pool[3]
