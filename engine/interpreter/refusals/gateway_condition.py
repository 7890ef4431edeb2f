"""Behind a gateway that decides every flow but the default has a condition."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import DECIDING
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at_flow
from engine.text import Text

RULE = Rule(
    "gateway-condition",
    Text("Which way is taken?", "走哪条路？"),
    Text(
        "A flow without a condition is always taken, a default never asked, and one way out is no choice.",
        "没有条件的连线总会被采用，带条件的默认连线从不判断，而只有一个出口的网关并不作判断。",
    ),
    Text("Give every flow a condition, except the default flow.", "除默认连线外，请为每条连线设置条件。"),
)


def find(release: Release) -> Findings:
    """Conditions stand where they decide, and nowhere else."""
    for scope in release.scopes():
        for node in scope.nodes.values():
            if node.kind not in DECIDING:
                continue
            if len(node.outgoing) == 1 and node.outgoing[0].condition is not None:
                yield at_flow(
                    RULE,
                    scope,
                    node.outgoing[0],
                    ("The only way out has a condition.", "唯一的出口带有条件。"),
                    ("Delete the condition or draw the other way.", "请删除条件或画出另一条路径。"),
                    fix={"action": "delete-condition", "element": node.outgoing[0].id},
                )
            if len(node.outgoing) < 2:
                continue
            for flow in node.outgoing:
                is_default = flow.id == node.attribute("default")
                if is_default is (flow.condition is None):
                    continue
                yield at_flow(
                    RULE,
                    scope,
                    flow,
                    ("The default flow has a condition.", "默认连线带有条件。")
                    if is_default
                    else ("The flow has no condition and is not the default.", "连线没有条件，也不是默认连线。"),
                    fix={"action": "delete-condition", "element": flow.id} if is_default else None,
                )
