"""A case never stops with tokens that wait for ever."""

from __future__ import annotations

from engine.checks.soundness.exploring import DEADLOCK
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "sound-deadlock",
    Text("The case can get stuck", "案例可能卡住"),
    Text(
        "On some way a gateway waits for branches that were never started, and the case stays open for ever.",
        "在某条路径上，网关等待从未启动的分支，案例将永远无法结束。",
    ),
    Text(
        "Join with the same kind of gateway that split: exclusive with exclusive, parallel with parallel.",
        "请用与分支相同类型的网关汇合：排他对排他，并行对并行。",
    ),
)


def find(subject: Subject) -> Findings:
    """Every state that is not an end has something that can happen."""
    for scope in subject.release.scopes():
        for trouble in subject.soundness.of(scope).troubles:
            if trouble.kind == DEADLOCK:
                missing = ", ".join(trouble.missing) or "-"
                yield at(
                    RULE,
                    trouble.node,
                    (
                        f"On this way it waits for ever: nothing comes along {missing}.",
                        f"沿此路径会永远等待：{missing} 上不会有任何到达。",
                    ),
                    path=trouble.path,
                )
