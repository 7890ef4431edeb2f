"""Somebody holds the role."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import WARNING, Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "role-not-held",
    Text("Nobody holds the role", "无人担任该角色"),
    Text("The tasks of the lane would wait until somebody is appointed.", "在有人被任命之前，泳道中的任务无人可办。"),
    Text("Appoint somebody, or choose another role.", "请任命人员，或选择其他角色。"),
    WARNING,
)


def find(subject: Subject) -> Findings:
    """The role of every human task is held by somebody now."""
    held = subject.known.held
    for node in subject.release.nodes() if held is not None else ():
        if node.kind in ("userTask", "manualTask") and node.role and held is not None and node.role not in held:
            yield at(RULE, node, (f"Nobody holds the role {node.role}.", f"无人担任角色 {node.role}。"))
