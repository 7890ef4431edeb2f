"""How the flows go: right-angled ways around every shape, found by A* on a grid, with as few bends as possible."""

from __future__ import annotations

import heapq
from collections import defaultdict

from engine.layout.model import Flow, Node, Page

GRID = 10
CLEARANCE = 8
BEND, CROSSING, OVERLAP, BESIDE_SHAPE, WRONG_SIDE = 5, 12, 40, 2, 14
RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)

Cell = tuple[int, int]


def route(page: Page) -> None:
    """Give every flow its waypoints; short flows first, so that the long ones go around them."""
    paths = _Paths(page)
    for flow in sorted(page.flows, key=lambda each: (_distance(page, each), each.id)):
        flow.waypoints = paths.find(page.nodes[flow.source], page.nodes[flow.target])


def _distance(page: Page, flow: Flow) -> float:
    (ax, ay), (bx, by) = page.nodes[flow.source].centre, page.nodes[flow.target].centre
    return abs(ax - bx) + abs(ay - by) + (1000 if bx < ax else 0)


class _Paths:
    """The grid: which cells shapes cover, and which ways earlier flows took."""

    def __init__(self, page: Page) -> None:
        self._blocked: set[Cell] = set()
        self._beside: set[Cell] = set()
        self._used: dict[Cell, set[bool]] = defaultdict(set)
        nodes = page.nodes.values()
        self._width = int(max(node.x + node.size[0] for node in nodes)) // GRID + 8
        self._top = int(page.lanes[0].y) // GRID
        self._height = int(page.lanes[-1].y + page.lanes[-1].height) // GRID
        self._left = int(min(node.x for node in nodes)) // GRID - 3
        for node in nodes:
            self._cover(node, CLEARANCE, self._blocked)
            self._cover(node, CLEARANCE + GRID, self._beside)

    @staticmethod
    def _cover(node: Node, margin: float, cells: set[Cell]) -> None:
        (width, height), (x, y) = node.size, (node.x, node.y)
        for column in range(int((x - margin) // GRID) + 1, int(-(-(x + width + margin) // GRID))):
            for row in range(int((y - margin) // GRID) + 1, int(-(-(y + height + margin) // GRID))):
                cells.add((column, row))

    def find(self, source: Node, target: Node) -> list[tuple[float, float]]:  # noqa: C901 - A* reads best in one piece
        """Return the corners of the best way from the edge of ``source`` to the edge of ``target``."""
        sides = (DOWN,) if source.kind == "boundaryEvent" else (RIGHT, DOWN, UP)
        exits = {self._port(source, side): (side, 0 if i == 0 else WRONG_SIDE) for i, side in enumerate(sides)}
        entries = {
            self._port(target, side): (side, 0 if i == 0 else WRONG_SIDE) for i, side in enumerate((LEFT, UP, DOWN))
        }
        goal_cells = list(entries)
        queue: list[tuple[float, int, Cell, Cell]] = []
        cost: float
        best: dict[tuple[Cell, Cell], float] = {}
        came: dict[tuple[Cell, Cell], tuple[Cell, Cell] | None] = {}
        count = 0
        for cell, (side, cost) in exits.items():
            best[cell, side], came[cell, side] = cost, None
            heapq.heappush(queue, (cost + self._guess(cell, goal_cells), count, cell, side))
            count += 1
        finish: tuple[Cell, Cell] | None = None
        done: set[tuple[Cell, Cell]] = set()
        finish_cost = float("inf")
        while queue:
            estimate, _, cell, heading = heapq.heappop(queue)
            if estimate >= finish_cost:
                break
            if (cell, heading) in done:
                continue
            done.add((cell, heading))
            cost = best[cell, heading]
            if cell in entries:
                side, extra = entries[cell]
                total = cost + extra + (0 if heading == (-side[0], -side[1]) else BEND)
                if heading != side and total < finish_cost:
                    finish, finish_cost = (cell, heading), total
            for turn in (RIGHT, DOWN, LEFT, UP):
                if turn == (-heading[0], -heading[1]):
                    continue
                ahead = (cell[0] + turn[0], cell[1] + turn[1])
                if not self._open(ahead, entries, exits):
                    continue
                reached = cost + 1 + (BEND if turn != heading else 0) + self._price(ahead, turn)
                if reached < best.get((ahead, turn), float("inf")):
                    best[ahead, turn] = reached
                    came[ahead, turn] = (cell, heading)
                    count += 1
                    heapq.heappush(queue, (reached + self._guess(ahead, goal_cells), count, ahead, turn))
        if finish is None:
            return [source.centre, target.centre]
        return self._trace(finish, came, source, target, exits, entries)

    def _open(self, cell: Cell, *ports: dict[Cell, tuple[Cell, int]]) -> bool:
        inside = self._left <= cell[0] <= self._width and self._top < cell[1] < self._height
        return inside and (cell not in self._blocked or any(cell in each for each in ports))

    def _price(self, cell: Cell, heading: Cell) -> int:
        horizontal = heading[1] == 0
        used = self._used.get(cell, ())
        price = BESIDE_SHAPE if cell in self._beside else 0
        if horizontal in used:
            price += OVERLAP
        elif used:
            price += CROSSING
        return price

    @staticmethod
    def _guess(cell: Cell, goals: list[Cell]) -> int:
        return min(abs(cell[0] - x) + abs(cell[1] - y) for x, y in goals)

    @staticmethod
    def _half(node: Node, side: Cell) -> float:
        return node.size[0] / 2 if side[1] == 0 else node.size[1] / 2

    def _port(self, node: Node, side: Cell) -> Cell:
        """Return the first grid cell outside the shape on ``side``."""
        steps = int(-(-(self._half(node, side) + CLEARANCE) // GRID))
        x, y = round(node.centre[0] / GRID), round(node.centre[1] / GRID)
        return x + side[0] * steps, y + side[1] * steps

    def _edge(self, node: Node, side: Cell) -> tuple[float, float]:
        half = self._half(node, side)
        return node.centre[0] + side[0] * half, node.centre[1] + side[1] * half

    def _trace(
        self,
        finish: tuple[Cell, Cell],
        came: dict[tuple[Cell, Cell], tuple[Cell, Cell] | None],
        source: Node,
        target: Node,
        exits: dict[Cell, tuple[Cell, int]],
        entries: dict[Cell, tuple[Cell, int]],
    ) -> list[tuple[float, float]]:
        states: list[tuple[Cell, Cell]] = []
        state: tuple[Cell, Cell] | None = finish
        while state is not None:
            states.append(state)
            state = came[state]
        states.reverse()
        for before, (cell, heading) in zip([states[0], *states], states, strict=False):
            self._used[cell].add(heading[1] == 0)
            self._used[before[0]].add(heading[1] == 0)
        points = [
            self._edge(source, exits[states[0][0]][0]),
            *((float(x * GRID), float(y * GRID)) for (x, y), _ in states),
            self._edge(target, entries[finish[0]][0]),
        ]
        return corners(points)


def corners(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Drop the points that lie on a straight line between their neighbours."""
    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        straight = (before[0] == point[0] == after[0]) or (before[1] == point[1] == after[1])
        if not straight and point != kept[-1]:
            kept.append(point)
    kept.append(points[-1])
    return kept
