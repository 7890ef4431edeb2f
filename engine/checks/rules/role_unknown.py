"""Lanes name roles that there are."""

from __future__ import annotations

from dataclasses import replace

from engine.checks.subject import Subject
from engine.findings import WARNING, Rule
from engine.interpreter.drawing import Node, properties_of
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import bpmn
from engine.text import Text

RULE = Rule(
    "role-unknown",
    Text("A role that does not exist", "角色不存在"),
    Text(
        "Nobody can ever hold it, so the tasks of the lane would wait for nobody.",
        "没有人能担任它，泳道中的任务将无人可办。",
    ),
    Text("Choose one of the roles of the organisation.", "请选择组织中的角色。"),
)


def find(subject: Subject) -> Findings:
    """The role of every human task is known; one that only the lane's name suggests is no more than a warning."""
    roles = subject.known.roles
    for node in subject.release.nodes() if roles is not None else ():
        if node.kind in ("userTask", "manualTask") and node.role and roles is not None and node.role not in roles:
            found = at(RULE, node, (f"There is no role {node.role}.", f"没有角色 {node.role}。"))
            yield found if _is_meant(node) else replace(found, severity=WARNING)


def _is_meant(node: Node) -> bool:
    lanes = node.scope.process.xml.iter(bpmn("lane"))
    return any(each.get("id") == node.lane and "role" in properties_of(each) for each in lanes)
