"""Constant parameters are of the type that the handler expects."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from engine.errors import ExpressionError
from engine.findings import Rule
from engine.interpreter import expressions
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "parameter-value",
    Text("A value that the handler does not accept", "处理程序不接受该值"),
    Text("The automatic step would stop with an error.", "自动步骤会出错停下。"),
    Text("Give it a fitting value.", "请填写合适的值。"),
)


def find(release: Release) -> Findings:
    """Every constant fits the type of its parameter."""
    for node, handler, given in release.calls_of_handlers():
        fields = handler.given.model_fields
        known = {field.alias or name: field for name, field in fields.items()} | dict(fields)
        for name, text in given.items():
            try:
                is_constant, result = expressions.constant(text)
            except ExpressionError:
                continue
            if name in known and is_constant:
                try:
                    TypeAdapter(known[name].rebuild_annotation()).validate_python(result)
                except ValidationError as error:
                    said = error.errors()[0]["msg"]
                    yield at(
                        RULE,
                        node,
                        (
                            f"The parameter {name} does not accept {text[:80]}: {said}.",
                            f"参数 {name} 不接受 {text[:80]}。",
                        ),
                    )
