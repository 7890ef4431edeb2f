"""The lines on which flows may run: between the columns and rows of shapes, and through the middle of each shape."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.layout.model import Node, Page

CLEARANCE, PITCH, TOO_CLOSE = 10, 12, 6
RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)
TASK_PORTS = (0, -20, 20)
WIDE_TASK_PORTS = (0, -36, 36)

Side = tuple[int, int]
Spot = tuple[int, int]
"""Column and row of the grid, not pixels."""


@dataclass(frozen=True, slots=True)
class Port:
    """Where a flow may touch a shape: the point on its edge, the first spot of the grid outside, the side."""

    x: float
    y: float
    spot: Spot
    side: Side
    middle: bool


class Way(NamedTuple):
    """One step on the grid: to ``there``, in the direction ``side``; ``step`` is the same seen from either end."""

    there: Spot
    side: Side
    step: tuple[Spot, bool]
    length: float


@dataclass(slots=True)
class Grid:
    """The lines ``xs`` and ``ys``; ``closed_right`` and ``closed_down`` hold the steps that a shape bars."""

    xs: list[float]
    ys: list[float]
    closed_right: set[Spot] = field(default_factory=set)
    closed_down: set[Spot] = field(default_factory=set)

    ways: dict[Spot, list[Way]] = field(default_factory=dict)

    def from_here(self, spot: Spot) -> list[Way]:
        """Return the steps that lead away from ``spot``."""
        known = self.ways.get(spot)
        if known is None:
            known = self.ways[spot] = list(self._ways_from(*spot))
        return known

    def _ways_from(self, i: int, j: int) -> Iterator[Way]:
        xs, ys = self.xs, self.ys
        if i + 1 < len(xs) and (i, j) not in self.closed_right:
            yield Way((i + 1, j), RIGHT, ((i, j), True), xs[i + 1] - xs[i])
        if j + 1 < len(ys) and (i, j) not in self.closed_down:
            yield Way((i, j + 1), DOWN, ((i, j), False), ys[j + 1] - ys[j])
        if i > 0 and (i - 1, j) not in self.closed_right:
            yield Way((i - 1, j), LEFT, ((i - 1, j), True), xs[i] - xs[i - 1])
        if j > 0 and (i, j - 1) not in self.closed_down:
            yield Way((i, j - 1), UP, ((i, j - 1), False), ys[j] - ys[j - 1])


def make_grid(page: Page) -> Grid:
    """Return the grid of a page whose shapes are placed."""
    nodes = list(page.nodes.values())
    points = [point for node in nodes for point in _points(node)]
    left = min(node.x for node in nodes) - 50
    right = max(node.x + node.size[0] for node in nodes) + 50
    top, bottom = page.lanes[0].y + 14, page.lanes[-1].y + page.lanes[-1].height - 14
    borders = [lane.y for lane in page.lanes]
    columns = [(node.x, node.x + node.size[0]) for node in nodes if node.host is None]
    grid = Grid(
        _lines({x for x, _, _, _ in points}, left, right, columns, []),
        _lines({y for _, y, _, _ in points}, top, bottom, [], borders),
    )
    for node in nodes:
        _close(grid, node)
    return grid


def _lines(
    wanted: set[float], start: float, end: float, spans: list[tuple[float, float]], borders: list[float]
) -> list[float]:
    """Return the ``wanted`` lines and further ones between them, but not inside the ``spans`` of shapes."""
    lines = sorted(wanted)
    between = [start + PITCH * i for i in range(int((end - start) // PITCH) + 1)]
    for line in between:
        place = bisect_left(lines, line)
        near = [*lines[max(place - 1, 0) : place + 1], *borders]
        inside = any(a < line < b for a, b in spans)
        if not inside and all(abs(line - other) >= TOO_CLOSE for other in near):
            lines.insert(place, line)
    return lines


def _points(node: Node) -> list[tuple[float, float, Side, bool]]:
    """Return where flows may touch a shape, with the side and whether it is the middle of the side."""
    (width, height), (x, y), (cx, cy) = node.size, (node.x, node.y), node.centre
    if node.kind == "boundaryEvent":
        return [(cx, y, UP, True)] if node.above else [(cx, y + height, DOWN, True)]
    across = WIDE_TASK_PORTS if not node.labelled_outside else (0,)
    along = TASK_PORTS if not node.labelled_outside else (0,)
    return [
        *((x + width, cy + shift, RIGHT, shift == 0) for shift in along),
        *((x, cy + shift, LEFT, shift == 0) for shift in along),
        *((cx + shift, y + height, DOWN, shift == 0) for shift in across),
        *((cx + shift, y, UP, shift == 0) for shift in across),
    ]


def _close(grid: Grid, node: Node) -> None:
    width, height = node.size
    left, right = node.x - CLEARANCE, node.x + width + CLEARANCE
    top, bottom = node.y - CLEARANCE, node.y + height + CLEARANCE
    first_i, last_i = bisect_right(grid.xs, left), bisect_left(grid.xs, right)
    first_j, last_j = bisect_right(grid.ys, top), bisect_left(grid.ys, bottom)
    for j in range(first_j, last_j):
        grid.closed_right.update((i, j) for i in range(first_i - 1, last_i))
    for i in range(first_i, last_i):
        grid.closed_down.update((i, j) for j in range(first_j - 1, last_j))


def ports(grid: Grid, node: Node, page: Page) -> list[Port]:
    """Return the ports of a shape that no boundary event stands before."""
    found = []
    attached = [each for each in page.nodes.values() if each.host == node.id]
    for x, y, side, middle in _points(node):
        i, j = bisect_left(grid.xs, x), bisect_left(grid.ys, y)
        if side[0]:
            edge = x + side[0] * CLEARANCE
            i = bisect_left(grid.xs, edge) if side == RIGHT else bisect_right(grid.xs, edge) - 1
        else:
            edge = y + side[1] * CLEARANCE
            j = bisect_left(grid.ys, edge) if side == DOWN else bisect_right(grid.ys, edge) - 1
        hidden = any(
            each.x - CLEARANCE < x < each.x + each.size[0] + CLEARANCE
            and each.y - CLEARANCE < y < each.y + each.size[1] + CLEARANCE
            for each in attached
        )
        if not hidden and 0 <= i < len(grid.xs) and 0 <= j < len(grid.ys):
            found.append(Port(x, y, (i, j), side, middle))
    return found
