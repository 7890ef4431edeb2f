"""Everything written as an expression can be read."""

from __future__ import annotations

from engine.errors import ExpressionError
from engine.findings import Rule
from engine.interpreter import expressions
from engine.interpreter.iso_time import looks_like_time, parse_duration
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at, at_flow, expression_reason
from engine.interpreter.written import written_in
from engine.text import Text

RULE = Rule(
    "expression",
    Text("An expression cannot be read", "无法识别表达式"),
    Text(
        "The case would stop there with an error. The language is small: nothing in it can reach out of the case.",
        "案例会在此处出错停下。表达式语言刻意保持精简，无法触及案例之外。",
    ),
    Text(
        "Write names, constants, comparisons, and/or/not and the listed functions only.",
        "只能使用名称、常量、比较、and/or/not 和所列函数。",
    ),
)


def find(release: Release) -> Findings:
    """Conditions, scripts, parameters, payloads, numbers of times, ``due``, ``priority`` and ``assignee``."""
    for each in written_in(release):
        if each.kind == "time":
            continue
        try:
            if each.kind == "script":
                expressions.check_script(each.text)
            elif each.kind == "due" and looks_like_time(each.text):
                parse_duration(each.text)
            else:
                expressions.check(each.text)
        except ExpressionError as error:
            reason = expression_reason(error, each.what.en, each.what.zh)
        except ValueError as error:
            reason = (f"{each.what.en} cannot be read: {error}.", f"无法识别{each.what.zh}：{each.text[:120]}。")
        else:
            continue
        cure = (
            ("Write a duration such as P2D or PT4H.", "请使用 P2D、PT4H 之类的时长。") if each.kind == "due" else None
        )
        if each.flow is None:
            yield at(RULE, each.node, reason, cure)
        else:
            yield at_flow(RULE, each.node.scope, each.flow, reason, cure)
