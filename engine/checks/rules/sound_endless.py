"""From everywhere an end can be reached."""

from __future__ import annotations

from engine.checks.soundness.circles import idle_circles
from engine.checks.soundness.exploring import ENDLESS
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "sound-endless",
    Text("It can never end", "永远无法结束"),
    Text("Once there, the case turns in a circle without a way out.", "到达此处后，案例会一直循环，没有出口。"),
    Text("Draw a way out of the loop that leads to an end.", "请画一条从循环通向结束的路径。"),
)


def find(subject: Subject) -> Findings:
    """Every state has a way to an end, and no circle is without anything that could change which way is taken.

    Where no end is drawn at all, that is told instead.
    """
    for scope in subject.release.scopes():
        if not any(node.kind == "endEvent" for node in scope.nodes.values()):
            continue
        for trouble in subject.soundness.of(scope).troubles:
            if trouble.kind == ENDLESS:
                yield at(
                    RULE,
                    trouble.node,
                    ("From here no end can be reached any more.", "从这里再也无法到达结束。"),
                    path=trouble.path,
                )
        for node in idle_circles(scope):
            yield at(
                RULE,
                node,
                (
                    "Nothing happens on the way back to it, so once taken it is taken for ever.",
                    "返回此处的路上没有任何步骤，一旦走上就会永远循环。",
                ),
                ("Draw a task or a timer into the loop.", "请在循环中画入任务或定时器。"),
            )
