"""Where the shapes go: columns from left to right by the longest way from the start, rows inside each lane."""

from __future__ import annotations

from collections import defaultdict

from engine.layout.columns import set_columns
from engine.layout.model import BESIDE, MANY_GUESTS, SPREAD, WIDE_SPREAD, Node, Page
from engine.layout.routing import route
from engine.layout.rows import TASTES, set_rows

LEFT, TOP = 160, 70
POOL_LABEL, LANE_LABEL = 30, 30
NARROWEST, SHORTEST = 80, 50
GAP, PER_TURN, WIDEST_GAP = 60, 10, 110
"""Between two columns, in pixels: for names and arrows, and for each flow that turns there."""

PER_PIXEL_OF_HEIGHT = 0.6
ROW_GAP, LANE_PADDING = 56, 22
PER_LONG_FLOW, MOST_LONG_FLOWS = 9, 5
"""Room above and below the rows of a lane, and what each flow adds that passes by shapes of the same lane."""

SIDE_BY_SIDE = 2
"""How many boundary events stand on one edge of a task before the other one is used."""


def arrange(page: Page) -> None:
    """Give every shape its place and every flow its way: of several tastes in rows, the one that draws best."""
    forward = set_columns(page)
    best: dict[str, int] | None = None
    lowest = float("inf")
    seen = []
    for taste in TASTES:
        set_rows(page, forward, taste)
        rows = {node.id: node.row for node in page.nodes.values()}
        if rows in seen:
            continue
        seen.append(rows)
        place(page)
        cost = route(page, hastily=True) + PER_PIXEL_OF_HEIGHT * (page.lanes[-1].y + page.lanes[-1].height)
        if cost < lowest - 1e-6:
            lowest, best = cost, rows
    for node_id, row in (best or {}).items():
        page.nodes[node_id].row = row
    place(page)
    route(page)


def place(page: Page) -> None:
    """Give every lane its height and every shape its place, as columns and rows say."""
    for number, lane in enumerate(page.lanes):
        lane.rows = max((node.row for node in page.nodes.values() if node.lane == number), default=0) + 1
    free = [node for node in page.nodes.values() if node.host is None]
    lefts, widths = _columns(page, free)
    _lanes(page, free)
    for node in free:
        width, height = node.size
        node.x = lefts[node.layer] + (widths[node.layer] - width) / 2
        node.y = _middle(page, free, node) - height / 2
    _attach(page)


def _columns(page: Page, free: list[Node]) -> tuple[list[float], list[float]]:
    count = max((node.layer for node in free), default=0) + 1
    widths: list[float] = [NARROWEST] * count
    for node in free:
        widths[node.layer] = max(widths[node.layer], node.size[0])
    turns = [0] * count
    for flow in page.flows:
        source, target = page.nodes[flow.source], page.nodes[flow.target]
        layer = page.nodes[source.host].layer if source.host else source.layer
        if (source.lane, source.row) != (target.lane, target.row) and target.layer > layer:
            turns[target.layer - 1] += 1
    lefts = [float(LEFT + POOL_LABEL + LANE_LABEL + 40)]
    for width, turning in zip(widths, turns, strict=True):
        lefts.append(lefts[-1] + width + min(GAP + PER_TURN * turning, WIDEST_GAP))
    return lefts, widths


def _heights(page: Page, free: list[Node], lane: int) -> list[float]:
    heights: list[float] = [SHORTEST] * page.lanes[lane].rows
    for node in free:
        if node.lane == lane:
            heights[node.row] = max(heights[node.row], node.size[1])
    return [height + ROW_GAP for height in heights]


def _lanes(page: Page, free: list[Node]) -> None:
    top: float = TOP
    for number, lane in enumerate(page.lanes):
        lane.y = top
        lane.padding = LANE_PADDING + PER_LONG_FLOW * min(_long_flows(page, number), MOST_LONG_FLOWS)
        lane.height = sum(_heights(page, free, number)) + 2 * lane.padding
        top += lane.height


def _long_flows(page: Page, lane: int) -> int:
    """Count the flows inside the lane that lead back or over other columns in the same row."""
    count = 0
    for flow in page.flows:
        source, target = page.nodes[flow.source], page.nodes[flow.target]
        start = page.nodes[source.host] if source.host else source
        if start.lane == target.lane == lane and start.row == target.row:
            count += target.layer - start.layer not in (0, 1)
    return count


def _middle(page: Page, free: list[Node], node: Node) -> float:
    heights = _heights(page, free, node.lane)
    above = sum(heights[: node.row])
    return page.lanes[node.lane].y + page.lanes[node.lane].padding + above + heights[node.row] / 2


def _attach(page: Page) -> None:
    """Set boundary events on the edge of their host that faces where they lead, side by side from the right."""
    leads_to = {flow.source: page.nodes[flow.target] for flow in page.flows}
    seen: dict[tuple[str, bool], int] = defaultdict(int)
    for node in page.nodes.values():
        if node.host is None:
            continue
        host = page.nodes[node.host]
        target = leads_to.get(node.id)
        here, there = (host.lane, host.row), (target.lane, target.row) if target else (host.lane, host.row + 1)
        full = seen[node.host, False] >= SIDE_BY_SIDE
        node.above = there < here or (there == here and full)
        width, height = node.size
        node.layer, node.row = host.layer, host.row
        spread = WIDE_SPREAD if host.guests > MANY_GUESTS else SPREAD
        node.x = host.x + host.size[0] - BESIDE - seen[node.host, node.above] * spread - width / 2
        node.y = (host.y if node.above else host.y + host.size[1]) - height / 2
        seen[node.host, node.above] += 1
