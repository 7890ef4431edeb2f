"""Where the shapes go: columns from left to right by the longest way from the start, rows inside each lane."""

from __future__ import annotations

from collections import defaultdict

from engine.layout.model import Node, Page

LEFT, TOP = 160, 70
POOL_LABEL, LANE_LABEL = 30, 30
COLUMN, ROW, LANE_PADDING = 190, 130, 25


def place(page: Page) -> None:
    """Give every node its column and row, and every lane its height."""
    forward = _without_back_edges(page)
    _set_layers(page, forward)
    _set_rows(page, forward)
    top: float = TOP
    for lane in page.lanes:
        lane.y, lane.height = top, lane.rows * ROW + 2 * LANE_PADDING
        top += lane.height
    for node in page.nodes.values():
        if node.host is None:
            lane = page.lanes[node.lane]
            width, height = node.size
            node.x = LEFT + POOL_LABEL + LANE_LABEL + 40 + node.layer * COLUMN + (COLUMN - 70 - width) / 2
            node.y = lane.y + LANE_PADDING + node.row * ROW + (ROW - height) / 2
    _attach(page)


def _successors(page: Page) -> dict[str, list[str]]:
    """Where each node leads; what a boundary event leads to follows the task it sits on."""
    following = defaultdict(list)
    for flow in page.flows:
        source = page.nodes[flow.source]
        following[source.host or source.id].append(flow.target)
    return following


def _without_back_edges(page: Page) -> dict[str, list[str]]:
    """Drop the flows that lead back to a node on the way to themselves (depth first, in the order of the file)."""
    following = _successors(page)
    forward: dict[str, list[str]] = defaultdict(list)
    state: dict[str, int] = {}
    starts = [node.id for node in page.nodes.values() if node.kind == "startEvent"]
    for root in [*starts, *(node.id for node in page.nodes.values() if node.host is None)]:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(following[root]))]
        while stack:
            node, targets = stack[-1]
            for target in targets:
                if state.get(target) != 1:
                    forward[node].append(target)
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(following[target])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return forward


def _set_layers(page: Page, forward: dict[str, list[str]]) -> None:
    waiting: dict[str, int] = defaultdict(int)
    for targets in forward.values():
        for target in targets:
            waiting[target] += 1
    ready = [node.id for node in page.nodes.values() if node.host is None and not waiting[node.id]]
    while ready:
        current = ready.pop(0)
        for target in forward[current]:
            page.nodes[target].layer = max(page.nodes[target].layer, page.nodes[current].layer + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)


def _set_rows(page: Page, forward: dict[str, list[str]]) -> None:
    """Keep a node in the row it is reached from, if that place is free; otherwise the nearest free row."""
    reached_from: dict[str, list[Node]] = defaultdict(list)
    for source, targets in forward.items():
        for target in targets:
            reached_from[target].append(page.nodes[source])
    taken: set[tuple[int, int, int]] = set()
    for node in sorted((each for each in page.nodes.values() if each.host is None), key=lambda each: each.layer):
        same_lane = [each.row for each in reached_from[node.id] if each.lane == node.lane]
        row = min(same_lane) if same_lane else 0
        while (node.lane, node.layer, row) in taken:
            row += 1
        node.row = row
        taken.add((node.lane, node.layer, row))
        page.lanes[node.lane].rows = max(page.lanes[node.lane].rows, row + 1)


def _attach(page: Page) -> None:
    """Set boundary events on the lower edge of their host, side by side from the right, centred on the grid."""
    seen: dict[str, int] = defaultdict(int)
    for node in page.nodes.values():
        if node.host is not None:
            host = page.nodes[node.host]
            width, height = node.size
            node.layer, node.row = host.layer, host.row
            node.x = host.centre[0] + 30 - seen[node.host] * 50 - width / 2
            node.y = host.y + host.size[1] - height / 2
            seen[node.host] += 1
