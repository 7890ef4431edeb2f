"""Where the names stand that have no room in their shape: where they cover neither shapes nor flows nor each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.layout.model import Flow, Node, Page

CHARACTER, WIDE, LINE, WIDEST = 7.0, 12.0, 14, 110
NARROW = 60
COVERED, ON_A_BORDER, BROKEN = 1000.0, 25.0, 12.0
EVENT_SIZE = 36


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


Candidate = tuple[float, Box]
"""How far away a place is, and the place."""


def wrapped(text: str, widest: float = WIDEST) -> list[str]:
    """Return the lines of a name as bpmn.io wraps it: at blanks, and anywhere between Chinese characters."""
    lines: list[str] = []
    line = ""
    for word in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+", text):
        blank = word.isspace()
        if line and not blank and length_of(line + word) > widest:
            lines.append(line.rstrip())
            line = word
        elif line or not blank:
            line += " " if blank else word
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def length_of(text: str) -> float:
    """Return about how long ``text`` is in pixels; a Chinese character is as wide as it is high."""
    return sum(WIDE if letter >= "\u2e80" else CHARACTER for letter in text)


def size_of(text: str, widest: float = WIDEST) -> tuple[float, float]:
    """Return the room that a name takes when it is wrapped."""
    lines = wrapped(text, widest)
    return max([*map(length_of, lines), 20.0]), len(lines) * float(LINE)


def segments(flow: Flow) -> list[Box]:
    """Return the straight parts of a flow as thin rectangles."""
    return [
        Box(min(ax, bx) - 1, min(ay, by) - 1, abs(ax - bx) + 2, abs(ay - by) + 2)
        for (ax, ay), (bx, by) in pairwise(flow.waypoints)
    ]


def place_labels(page: Page) -> dict[str, Box]:
    """Return the place of each name that stands outside a shape, by element id: near, and free of everything else."""
    borders = [Box(0, lane.y - 1, 100_000, 2) for lane in page.lanes]
    last = page.lanes[-1]
    outside = [Box(0, 0, 100_000, page.lanes[0].y), Box(0, last.y + last.height, 100_000, 100_000)]
    shapes = [Box(node.x - 1, node.y - 1, node.size[0] + 2, node.size[1] + 2) for node in page.nodes.values()]
    taken = [*shapes, *outside, *(box for flow in page.flows for box in segments(flow))]
    placed: dict[str, Box] = {}

    def choose(element: str, candidates: Iterator[Candidate]) -> None:
        def price(candidate: Candidate) -> float:
            away, box = candidate
            covered = sum(box.meets(other) for other in taken)
            return away + COVERED * covered + ON_A_BORDER * sum(box.meets(border) for border in borders)

        box = min(candidates, key=price)[1]
        placed[element] = box
        taken.append(Box(box.x - 2, box.y, box.width + 4, box.height))

    for flow in sorted(page.flows, key=lambda each: sum(box.width + box.height for box in segments(each))):
        if flow.name and flow.waypoints:
            choose(flow.id, _along(flow, page, *size_of(flow.name)))
    for node in page.nodes.values():
        if node.labelled_outside and node.name:
            choose(node.id, _near(node))
    return placed


def _along(flow: Flow, page: Page, width: float, height: float) -> Iterator[Candidate]:
    """Yield places beside the flow, near its source, but not where it still runs together with its siblings."""
    siblings = [
        box for other in page.flows if other is not flow and other.source == flow.source for box in segments(other)
    ]
    walked = 0.0
    for (ax, ay), (bx, by) in pairwise(flow.waypoints):
        length = abs(bx - ax) + abs(by - ay)
        dx, dy = ((bx - ax) / length, (by - ay) / length) if length else (0.0, 0.0)
        at = 3.0
        while at < length:
            x, y = ax + dx * at, ay + dy * at
            if not any(Box(x - 0.5, y - 0.5, 1, 1).meets(box) for box in siblings):
                for side, box in enumerate(_beside(x, y, dx, dy, width, height)):
                    yield walked + at + 4 * side, box
            at += 7
        walked += length
    yield 10_000.0, Box(flow.waypoints[0][0] + 4, flow.waypoints[0][1] - height - 3, width, height)


def _beside(x: float, y: float, dx: float, dy: float, width: float, height: float) -> Iterator[Box]:
    if dx:
        left = x if dx > 0 else x - width
        yield Box(left, y - height - 3, width, height)
        yield Box(left, y + 4, width, height)
    else:
        top = y if dy > 0 else y - height
        yield Box(x + 5, top, width, height)
        yield Box(x - width - 5, top, width, height)


def _near(node: Node) -> Iterator[Candidate]:
    """Yield places around the shape, for events on the edge of a task in short lines too: they stand close together."""
    yield from _around(node, *size_of(node.name))
    if node.host is None:
        return
    for away, box in _around(node, *size_of(node.name, NARROW)):
        yield away + BROKEN, box


def _around(node: Node, width: float, height: float) -> Iterator[Candidate]:
    """Yield places around the shape: below, above, at its corners, then farther and farther away."""
    (cx, cy), (w, h) = node.centre, node.size
    half = w / 2
    diagonal = 0.25 * w if w == h and w > EVENT_SIZE else 0.0  # beside a gateway its corners leave room
    for far in (0, 4, 9, 15, 22, 30, 40, 52, 66):
        below, above = cy + h / 2 + 4 + far, cy - h / 2 - height - 4 - far
        for penalty, shift in ((0, 0.0), (3, half * 0.5), (3, -half * 0.5)):
            yield far + penalty, Box(cx - width / 2 + shift, below, width, height)
            yield far + penalty + 1, Box(cx - width / 2 + shift, above, width, height)
        for x, penalty in ((cx + 6 + far, 5), (cx - 6 - far - width, 6)):
            yield far + penalty, Box(x, below - diagonal - far, width, height)
            yield far + penalty + 1, Box(x, above + diagonal + far, width, height)
        for x in (cx + half + 5 + far, cx - half - 5 - far - width):
            for step in (0, 1, 2, 3):
                yield far + 8 + 4 * step, Box(x, cy + 3 + step * 7, width, height)
                yield far + 9 + 4 * step, Box(x, cy - 3 - step * 7 - height, width, height)
