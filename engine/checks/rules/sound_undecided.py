"""What could not be decided is said."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import INFO, Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "sound-undecided",
    Text("Not decided within the limit", "未能在限度内判定"),
    Text(
        "The diagram has so many states that not all could be visited; it may still be right.",
        "该图的状态过多，未能全部检查；它仍可能是正确的。",
    ),
    Text("Split the process with call activities.", "请用调用活动拆分流程。"),
    INFO,
)


def find(subject: Subject) -> Findings:
    """Every scope has few enough states to visit them all."""
    for scope in subject.release.scopes():
        if not subject.soundness.of(scope).decided:
            yield at(
                RULE,
                scope,
                ("Not decided: it has too many states to visit them all.", "未判定：状态过多，无法全部检查。"),
            )
