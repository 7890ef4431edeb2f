"""The default flow leaves its gateway."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import DECIDING
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "gateway-default",
    Text("The default flow is not one", "默认连线有误"),
    Text(
        "The default answers when no condition holds; elsewhere it has no meaning.",
        "没有条件成立时采用默认连线；在别处没有意义。",
    ),
    Text("Choose the default flow again.", "请重新选择默认连线。"),
)


def find(release: Release) -> Findings:
    """Defaults are flows out of their own gateway."""
    for node in release.nodes():
        default = node.attribute("default")
        if default and default not in {flow.id for flow in node.outgoing}:
            yield at(RULE, node, ("Its default flow does not leave it.", "其默认连线并非从它流出。"))
        elif default and node.kind not in DECIDING:
            yield at(
                RULE,
                node,
                ("A default flow has no meaning here.", "此处的默认连线没有意义。"),
                ("Delete it.", "请删除。"),
                fix={"action": "delete-attribute", "element": node.id, "attribute": "default"},
            )
