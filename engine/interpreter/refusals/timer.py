"""A timer has one readable time."""

from __future__ import annotations

from engine.errors import ExpressionError
from engine.findings import Rule
from engine.interpreter import expressions
from engine.interpreter.iso_time import looks_like_time, parse_cycle, parse_duration, parse_moment
from engine.interpreter.release import Release, kind_of
from engine.interpreter.report import Findings, at, expression_reason
from engine.interpreter.xml import bpmn, text_of
from engine.text import Text

RULE = Rule(
    "timer",
    Text("The time of a timer cannot be read", "无法识别定时器时间"),
    Text("The case would stop there with an error.", "案例会在此处出错停下。"),
    Text(
        "Write ISO 8601 such as PT4H, P2D, R3/P1D, 2026-03-01T09:00:00+08:00, or an expression that gives such text.",
        "请使用 ISO 8601，如 PT4H、P2D、R3/P1D、2026-03-01T09:00:00+08:00，或返回此类文本的表达式。",
    ),
)

_TIMERS = ("timeDate", "timeDuration", "timeCycle")


def find(release: Release) -> Findings:
    """Every timer has one time that can be read."""
    for node in release.nodes():
        for event in node.events:
            if kind_of(event) != "timer":
                continue
            found = [(name, xml) for name in _TIMERS if (xml := event.find(bpmn(name))) is not None]
            if len(found) != 1:
                yield at(RULE, node, (f"The timer has {len(found)} times.", f"定时器有 {len(found)} 个时间。"))
                continue
            problem = _problem(text_of(found[0][1]), found[0][0], release)
            if problem is not None:
                yield at(RULE, node, problem)


def _problem(text: str, kind: str, release: Release) -> tuple[str, str] | None:
    try:
        if not looks_like_time(text):
            is_constant, result = expressions.constant(text)
            if not is_constant:
                return None
            text = result if isinstance(result, str) else repr(result)
        if kind == "timeDuration":
            parse_duration(text)
        elif kind == "timeDate":
            parse_moment(text, release.zone)
        else:
            parse_cycle(text, release.zone)
    except ExpressionError as error:
        return expression_reason(error, "The time", "时间")
    except (ValueError, OverflowError) as error:
        return f"The time cannot be read: {error}.", f"无法识别的时间：{text[:120]}。"
    return None
