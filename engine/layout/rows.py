"""Which row of its lane each shape stands in: where flows go straight, cross least and pass behind no shape.

Flows count as straight lines between the places here; the true ways are found later, but what crosses as lines mostly
crosses as right-angled ways too. A node moves, alone or with the straight chain behind it, as long as that is cheaper.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from engine.layout.columns import Following
from engine.layout.model import Node, Page

BACK_CROSSING, BEHIND, AROUND, BEND, DISTANCE = 2.0, 3.0, 2.0, 1.0, 0.4
MOST_ROWS, PASSES = 4, 12
SAME, HALF_A_SHAPE = 0.01, 0.3


@dataclass(frozen=True, slots=True)
class Taste:
    """What matters more: few crossings, straight steps from neighbour to neighbour, or few rows."""

    crossing: float = 6.0
    near_bend: float = 3.0
    extra_row: float = 2.5


TASTES = (Taste(), Taste(extra_row=7.0), Taste(near_bend=9.0), Taste(crossing=14.0, extra_row=1.0))

Line = tuple[float, float, float, float, str, str, bool]


def set_rows(page: Page, forward: Following, taste: Taste = TASTES[0]) -> None:
    """Give every node its row and every lane its number of rows, to one taste."""
    free = [node for node in page.nodes.values() if node.host is None]
    _first_guess(free, forward, page)
    chains = _chains(page, free)
    best = _cost(page, free, taste)
    for _ in range(PASSES):
        before = best
        for group in chains:
            best = _best_rows(page, free, group, best, taste)
        for a, b in combinations(free, 2):
            if (a.lane, a.layer) == (b.lane, b.layer):
                best = _swap(page, free, a, b, best, taste)
        if best >= before - 1e-9:
            break
    for number, lane in enumerate(page.lanes):
        used = sorted({node.row for node in free if node.lane == number})
        for node in free:
            if node.lane == number:
                node.row = used.index(node.row)
        lane.rows = max(len(used), 1)


def _first_guess(free: list[Node], forward: Following, page: Page) -> None:
    """Keep a node in the row it is reached from, if that place is free; otherwise the nearest free row."""
    reached_from: dict[str, list[Node]] = defaultdict(list)
    for source, targets in forward.items():
        for target in targets:
            reached_from[target].append(page.nodes[source])
    taken: set[tuple[int, int, int]] = set()
    for node in sorted(free, key=lambda each: each.layer):
        same_lane = [each.row for each in reached_from[node.id] if each.lane == node.lane]
        row = min(same_lane) if same_lane else 0
        while (node.lane, node.layer, row) in taken:
            row += 1
        node.row = row
        taken.add((node.lane, node.layer, row))


def _chains(page: Page, free: list[Node]) -> list[list[Node]]:
    """Return what moves together: each node alone, and each with all that only it leads to in the same lane."""
    leads_to: dict[str, list[str]] = defaultdict(list)
    reached_by: dict[str, list[str]] = defaultdict(list)
    for flow in page.flows:
        leads_to[flow.source].append(flow.target)
        reached_by[flow.target].append(flow.source)
    groups = [[node] for node in free]
    for node in free:
        chain, current = [node], node
        while len(leads_to[current.id]) == 1:
            following = page.nodes[leads_to[current.id][0]]
            if following.lane != node.lane or len(reached_by[following.id]) != 1 or following in chain:
                break
            chain.append(following)
            current = following
        if len(chain) > 1:
            groups.append(chain)
    return groups


def _best_rows(page: Page, free: list[Node], group: list[Node], best: float, taste: Taste) -> float:
    kept = [node.row for node in group]
    others = {(node.lane, node.layer, node.row) for node in free if node not in group}
    for row in range(MOST_ROWS):
        if any((node.lane, node.layer, row) in others for node in group):
            continue
        if len({node.layer for node in group}) != len(group):
            continue
        before = [node.row for node in group]
        for node in group:
            node.row = row
        cost = _cost(page, free, taste)
        if cost < best - 1e-9:
            best, kept = cost, [row] * len(group)
        else:
            for node, old in zip(group, before, strict=True):
                node.row = old
    for node, row in zip(group, kept, strict=True):
        node.row = row
    return best


def _swap(page: Page, free: list[Node], a: Node, b: Node, best: float, taste: Taste) -> float:
    a.row, b.row = b.row, a.row
    cost = _cost(page, free, taste)
    if cost < best - 1e-9:
        return cost
    a.row, b.row = b.row, a.row
    return best


def _cost(page: Page, free: list[Node], taste: Taste) -> float:
    base, bases = 0.0, []
    cost = 0.0
    for number in range(len(page.lanes)):
        bases.append(base)
        rows = max((node.row for node in free if node.lane == number), default=0) + 1
        cost += taste.extra_row * (rows - 1)
        base += rows + 0.3
    height = {node.id: bases[node.lane] + node.row for node in free}
    lanes = {node.id: node.lane for node in free}
    lines: list[Line] = []
    for flow in page.flows:
        source = page.nodes[flow.source]
        start = page.nodes[source.host] if source.host else source
        target = page.nodes[flow.target]
        lines.append(
            (start.layer, height[start.id], target.layer, height[target.id], start.id, target.id,
             target.layer <= start.layer)
        )  # fmt: skip
    for line in lines:
        cost += _of_line(line, free, height, lanes, taste)
    for one, other in combinations(lines, 2):
        if _cross(one, other) and {one[4], one[5]}.isdisjoint({other[4], other[5]}):
            cost += BACK_CROSSING if one[6] or other[6] else taste.crossing
    return cost


def _of_line(line: Line, free: list[Node], height: dict[str, float], lane: dict[str, int], taste: Taste) -> float:
    ax, ay, bx, by, source, target, back = line
    rise = abs(by - ay)
    near = lane[source] == lane[target] and bx - ax == 1
    cost = (0.0 if rise < SAME else taste.near_bend if near else BEND) + DISTANCE * rise
    if back:
        return cost
    behind = 0
    for node in free:
        if ax < node.layer < bx and node.id not in {source, target}:
            y = ay + (by - ay) * (node.layer - ax) / (bx - ax)
            behind += abs(y - height[node.id]) < HALF_A_SHAPE
    if not behind:
        return cost
    return cost + (AROUND if rise < SAME else BEHIND * min(behind, 2))


def _cross(one: Line, other: Line) -> bool:
    """Return whether two lines cross in their middles; written out, because it is asked for every pair of flows."""
    ax, ay, bx, by = one[:4]
    cx, cy, dx, dy = other[:4]
    width, height = bx - ax, by - ay
    if (width * (cy - ay) - height * (cx - ax)) * (width * (dy - ay) - height * (dx - ax)) >= 0:
        return False
    width, height = dx - cx, dy - cy
    return (width * (ay - cy) - height * (ax - cx)) * (width * (by - cy) - height * (bx - cx)) < 0
