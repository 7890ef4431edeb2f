"""A loop does not start more and more."""

from __future__ import annotations

from engine.checks.soundness.exploring import GROWTH
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "sound-growth",
    Text("It would run more and more often", "会越来越多"),
    Text(
        "Each turn of a loop starts something that is not joined again, without end.",
        "循环每转一圈都会启动新的分支而不再汇合，没有止境。",
    ),
    Text(
        "Join what the loop starts before it turns back, or lead only one branch back.",
        "请在返回之前汇合循环中启动的分支，或只让一条分支返回。",
    ),
)


def find(subject: Subject) -> Findings:
    """The number of tokens is bounded."""
    for scope in subject.release.scopes():
        for trouble in subject.soundness.of(scope).troubles:
            if trouble.kind == GROWTH:
                yield at(
                    RULE,
                    trouble.node,
                    (
                        "On this way each turn of a loop starts it once more, without end.",
                        "沿此路径，循环每转一圈都会再启动一次，没有止境。",
                    ),
                    path=trouble.path,
                )
