"""Which column each shape stands in: as far right as the longest way from the start, flows back left aside."""

from __future__ import annotations

from collections import defaultdict

from engine.layout.model import Page

Following = dict[str, list[str]]


def set_columns(page: Page) -> Following:
    """Give every node its column; return where the flows that go forward lead, by node."""
    forward = _without_back_edges(page)
    _by_longest_way(page, forward)
    _starts_beside_what_they_start(page, forward)
    return forward


def _successors(page: Page) -> Following:
    """Where each node leads; what a boundary event leads to follows the task it sits on."""
    following: Following = defaultdict(list)
    for flow in page.flows:
        source = page.nodes[flow.source]
        following[source.host or source.id].append(flow.target)
    return following


def _without_back_edges(page: Page) -> Following:
    """Drop the flows that lead back to a node on the way to themselves (depth first, in the order of the file)."""
    following = _successors(page)
    forward: Following = defaultdict(list)
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


def _by_longest_way(page: Page, forward: Following) -> None:
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


def _starts_beside_what_they_start(page: Page, forward: Following) -> None:
    """Set a second start event that joins late where it joins, not far left at the end of a long line."""
    reached = {target for targets in forward.values() for target in targets}
    for node in page.nodes.values():
        if node.host is None and node.id not in reached and forward[node.id]:
            node.layer = min(page.nodes[target].layer for target in forward[node.id]) - 1
