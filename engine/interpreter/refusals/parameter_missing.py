"""Handlers get what they need."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "parameter-missing",
    Text("A parameter is missing", "缺少参数"),
    Text("The automatic step would stop with an error.", "自动步骤会出错停下。"),
    Text("Give the parameter a value.", "请填写该参数。"),
)


def find(release: Release) -> Findings:
    """Service tasks give every parameter that their handler needs."""
    for node, handler, given in release.calls_of_handlers():
        for name, field in handler.given.model_fields.items():
            if field.is_required() and name not in given and (field.alias or name) not in given:
                yield at(
                    RULE,
                    node,
                    (
                        f"The handler {handler.id} needs the parameter {name}.",
                        f"处理程序 {handler.id} 需要参数 {name}。",
                    ),
                )
