"""Where the names stand that have no room in their shape: where they cover neither shapes nor flows nor each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.layout.model import Flow, Node, Page

CHARACTER, LINE, WIDEST = 7.0, 14, 110


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def size_of(text: str) -> tuple[float, float]:
    """Return the room that a name takes when it is wrapped as bpmn.io wraps it."""
    lines, line = 1, 0.0
    widest = 0.0
    for word in text.split():
        length = len(word) * CHARACTER
        if line and line + CHARACTER + length > WIDEST:
            lines, line = lines + 1, length
        else:
            line += (CHARACTER if line else 0) + length
        widest = max(widest, line)
    return max(widest, 20.0), lines * float(LINE)


def segments(flow: Flow) -> list[Box]:
    """Return the straight parts of a flow as thin rectangles."""
    return [
        Box(min(ax, bx) - 1, min(ay, by) - 1, abs(ax - bx) + 2, abs(ay - by) + 2)
        for (ax, ay), (bx, by) in zip(flow.waypoints, flow.waypoints[1:], strict=False)
    ]


def place_labels(page: Page) -> dict[str, Box]:
    """Return the place of each name that stands outside a shape, by element id."""
    shapes = [Box(node.x, node.y, *node.size) for node in page.nodes.values()]
    lines = [box for flow in page.flows for box in segments(flow)]
    placed: dict[str, Box] = {}

    def choose(element: str, candidates: Iterator[Box]) -> None:
        others = [*shapes, *lines, *placed.values()]
        options = list(candidates)
        placed[element] = min(options, key=lambda box: sum(box.meets(other) for other in others))

    for flow in page.flows:
        if flow.name and flow.waypoints:
            choose(flow.id, _along(flow, *size_of(flow.name)))
    for node in page.nodes.values():
        if node.labelled_outside and node.name:
            choose(node.id, _around(node, *size_of(node.name)))
    return placed


def _along(flow: Flow, width: float, height: float) -> Iterator[Box]:
    """Beside the first parts of the flow, near its source: that is where an answer belongs to its question."""
    for (ax, ay), (bx, by) in list(zip(flow.waypoints, flow.waypoints[1:], strict=False))[:4]:
        if ay == by:
            left, right = min(ax, bx), max(ax, bx)
            if right - left < width * 0.5:
                continue
            for x in (left + 4, (left + right - width) / 2, right - width - 4):
                yield Box(x, ay - height - 3, width, height)
                yield Box(x, ay + 4, width, height)
        else:
            top, bottom = min(ay, by), max(ay, by)
            for y in (top + 6, (top + bottom - height) / 2, bottom - height - 6):
                yield Box(ax + 5, y, width, height)
                yield Box(ax - width - 5, y, width, height)
    ax, ay = flow.waypoints[0]
    yield Box(ax + 4, ay - height - 3, width, height)


def _around(node: Node, width: float, height: float) -> Iterator[Box]:
    (x, y), (w, h) = (node.x, node.y), node.size
    middle = x + w / 2 - width / 2
    yield Box(middle, y + h + 4, width, height)
    yield Box(middle, y - height - 4, width, height)
    for gap in (4, 12, 24):
        yield Box(x + w + gap, y + h + 2, width, height)
        yield Box(x + w + gap, y - height - 2, width, height)
        yield Box(x - width - gap, y + h + 2, width, height)
        yield Box(x - width - gap, y - height - 2, width, height)
    for gap in (16, 24, 30):
        yield Box(middle, y + h + gap, width, height)
        yield Box(middle, y - height - gap, width, height)
    for away in (30, 60, 90):
        for side in (x + w + away, x - width - away):
            yield Box(side, y + h / 2 + 6, width, height)
            yield Box(side, y + h + 8, width, height)
