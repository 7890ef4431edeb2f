"""Circles in which nothing happens: once the way back is taken, it is taken for ever."""

from __future__ import annotations

from engine.interpreter.drawing import Node, Scope

_PASSED = frozenset(("exclusiveGateway", "inclusiveGateway", "parallelGateway"))


def idle_circles(scope: Scope) -> list[Node]:
    """Return the first element of each circle of nothing but gateways, in the order of the file.

    Nobody is asked there and nothing changes the data, so the same question has the same answer at every turn.
    """
    following = {node.id: _passed_next(scope, node) for node in scope.nodes.values() if _is_passed(node)}
    found: list[Node] = []
    told: set[str] = set()
    for node_id in following:
        if node_id in told:
            continue
        reached = _reached(following, node_id)
        if node_id in reached:
            found.append(scope.nodes[node_id])
            told |= {each for each in reached if node_id in _reached(following, each)}
    return found


def _is_passed(node: Node) -> bool:
    return node.kind in _PASSED or (node.kind == "intermediateThrowEvent" and not node.events)


def _passed_next(scope: Scope, node: Node) -> list[str]:
    targets = (scope.nodes.get(flow.target) for flow in node.outgoing)
    return [each.id for each in targets if each is not None and _is_passed(each)]


def _reached(following: dict[str, list[str]], node_id: str) -> set[str]:
    seen: set[str] = set()
    todo = list(following[node_id])
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(following[current])
    return seen
