"""What runs once is not started twice."""

from __future__ import annotations

from engine.checks.soundness.exploring import TWICE
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "sound-twice",
    Text("It would run twice", "会被执行两次"),
    Text(
        "Two branches that run at once come together without a join, so everything behind runs once for each.",
        "同时进行的两条分支未经汇合就相遇，其后的内容会各执行一次。",
    ),
    Text(
        "Join the branches with a parallel gateway, or split with an exclusive one.",
        "请用并行网关汇合，或改用排他网关分支。",
    ),
)


def find(subject: Subject) -> Findings:
    """No two tokens arrive at one element that does not join them."""
    for scope in subject.release.scopes():
        for trouble in subject.soundness.of(scope).troubles:
            if trouble.kind == TWICE:
                yield at(
                    RULE,
                    trouble.node,
                    (
                        "On this way two branches arrive here at once, so it would run twice.",
                        "沿此路径有两条分支同时到达，会被执行两次。",
                    ),
                    path=trouble.path,
                )
