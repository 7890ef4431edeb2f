"""Whatever is drawn can happen."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.refusals.boundary_host import HOSTS
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "sound-never",
    Text("It can never run", "永远不会执行"),
    Text(
        "Ways lead to it, but none can be walked: a join before it is never complete, or its event never comes.",
        "虽有路径通向它，但都走不通：前面的汇合永远不完整，或事件永远不会发生。",
    ),
    Text("Mend the join or event before it, or delete it.", "请修正其前面的汇合或事件，或删除它。"),
)


def find(subject: Subject) -> Findings:
    """Every element that ways lead to is reached by some play."""
    for scope in subject.release.scopes():
        explored = subject.soundness.of(scope)
        if not explored.decided or explored.troubles or explored.ran.issuperset(scope.nodes):
            continue
        game = subject.soundness.game(scope)
        for node in scope.nodes.values():
            arrived = any(game.flows[way].id in explored.ran for way in game.incoming[node.id])
            host = scope.nodes.get(node.attribute("attachedToRef") or "")
            attached = host is not None and host.kind in HOSTS and host.id in explored.ran
            if node.id not in explored.ran and (arrived or attached):
                yield at(RULE, node, ("It can never run.", "它永远不会执行。"))
