"""A process must stay readable, for people and for the parser."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import DECIDING, Scope
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "process-size",
    Text("The process is too large", "流程过大"),
    Text(
        "Nobody can read it, and the parser has a limit to the depth of what it follows.",
        "无人能读懂，且解析器的跟踪深度有限。",
    ),
    Text("Split it with call activities.", "请用调用活动拆分。"),
)

MAX_NODES = 250


MOST_AHEAD = 20_000
"""So many steps the interpreter may have to look ahead; each parallel block behind another multiplies them."""


def ahead(scope: Scope) -> int:
    """Return how many steps the interpreter looks ahead where it looks farthest, up to the next question.

    It follows each branch by itself, also beyond the join; so what comes behind a block counts once for each branch.
    """
    following = _unasked(scope)
    counted: dict[str, int] = {}
    begun: set[str] = set()
    for first in scope.nodes:
        todo = [first]
        while todo:
            node_id = todo[-1]
            left = [each for each in following[node_id] if each not in begun]
            begun.add(node_id)
            if left:
                todo += left
                continue
            todo.pop()
            if node_id not in counted:
                counted[node_id] = 1 + sum(counted.get(each, 0) for each in following[node_id])
    return max(counted.values(), default=0)


def _unasked(scope: Scope) -> dict[str, list[str]]:
    """Return what follows each element whatever the data say."""
    following: dict[str, list[str]] = {node_id: [] for node_id in scope.nodes}
    for node in scope.nodes.values():
        if node.kind not in (*DECIDING, "eventBasedGateway"):
            host = node.attribute("attachedToRef")
            source = host if host in following else node.id
            following[source] += [flow.target for flow in node.outgoing if flow.target in following]
    return following


def find(release: Release) -> Findings:
    """A process has no more elements than one can read, and no more branches than one can follow."""
    for process in release.processes:
        count = sum(1 for _ in process.all_nodes())
        if count > MAX_NODES:
            yield at(
                RULE,
                process,
                (
                    f"The process has {count} elements; {MAX_NODES} are the most.",
                    f"该流程有 {count} 个元素，最多 {MAX_NODES} 个。",
                ),
            )
            continue
        longest = max(map(ahead, process.everywhere()), default=0)
        if longest > MOST_AHEAD:
            yield at(
                RULE,
                process,
                (
                    f"Its parallel blocks multiply to {longest} steps to look ahead; {MOST_AHEAD} are the most.",
                    f"前后相接的并行分支共形成 {longest} 条前瞻路径，最多 {MOST_AHEAD} 条。",
                ),
            )
