"""Parameters are those of the handler."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "parameter-unknown",
    Text("A parameter that the handler does not know", "处理程序没有该参数"),
    Text("It would be ignored, and what was meant by it would not happen.", "它会被忽略，预期的效果不会发生。"),
    Text("Use the parameters of the handler.", "请使用处理程序的参数。"),
)


def find(release: Release) -> Findings:
    """Service tasks give only parameters that their handler knows."""
    for node, handler, given in release.calls_of_handlers():
        fields = handler.given.model_fields
        known = {*fields, *(field.alias for field in fields.values())}
        for name in given:
            if name not in known:
                yield at(
                    RULE,
                    node,
                    (f"The handler {handler.id} has no parameter {name}.", f"处理程序 {handler.id} 没有参数 {name}。"),
                    (f"It knows: {', '.join(fields) or 'none'}.", f"可用参数：{'、'.join(fields) or '无'}。"),
                    fix={"action": "delete-parameter", "element": node.id, "parameter": name},
                )
