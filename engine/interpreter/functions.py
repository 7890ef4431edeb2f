"""The operators and functions of the expression language: a fixed list, each bounded in what it may make."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from engine.clock import Clock, SystemClock
from engine.interpreter.grammar import MAX_ITEMS, MAX_NUMBER
from engine.interpreter.iso_time import DEFAULT_ZONE, parse_date, parse_duration, parse_moment

MAX_RESULT_TEXT = 10_000

Decide = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may ask besides its names: the time, the decision tables, the zone that a day belongs to."""

    clock: Clock = field(default_factory=SystemClock)
    decide: Decide | None = None
    zone: ZoneInfo = DEFAULT_ZONE


def bounded(value: Any) -> Any:
    """Return ``value`` if it is small enough to be process data; raises ``ValueError``."""
    if isinstance(value, str):
        if len(value) > MAX_RESULT_TEXT:
            raise ValueError("the text becomes too long")
    elif isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > MAX_NUMBER:
            raise ValueError("the number becomes too large")
    elif isinstance(value, list | tuple | dict) and len(value) > MAX_ITEMS:
        raise ValueError("the list becomes too long")
    return value


def _numbers(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def applied(left: Any, right: Any) -> Any:
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError("only numbers can be calculated with")
        return bounded(function(left, right))

    return applied


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return bounded([*left, *right])
    return _numbers(operator.add)(left, right)


def _contains(item: Any, container: Any) -> bool:
    if container is None:
        return False
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    return item in container


OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: _add,
    ast.Sub: _numbers(operator.sub),
    ast.Mult: _numbers(operator.mul),
    ast.Div: _numbers(operator.truediv),
    ast.FloorDiv: _numbers(operator.floordiv),
    ast.Mod: _numbers(operator.mod),
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: _contains,
    ast.NotIn: lambda item, container: not _contains(item, container),
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def _text(value: Any) -> str:
    return str(bounded(value))


def _whole(value: Any) -> int:
    return int(bounded(int(value)))


def _days(count: int) -> str:
    return f"P{_whole(count)}D"


def _hours(count: int) -> str:
    return f"PT{_whole(count)}H"


def _length(value: Any) -> int:
    return 0 if value is None else len(value)


def functions(scope: Scope) -> dict[str, Callable[..., Any]]:
    """Return the functions of the language by name, bound to ``scope``."""

    def today() -> str:
        return scope.clock.now().astimezone(scope.zone).date().isoformat()

    def now() -> str:
        return scope.clock.now().astimezone(UTC).isoformat(timespec="seconds")

    def date_add(start: str, duration: str) -> str:
        length = parse_duration(duration)
        if len(start.strip()) == 10 and not length.rest.seconds:
            return length.after(parse_moment(start, scope.zone).astimezone(scope.zone)).date().isoformat()
        return length.after(parse_moment(start, scope.zone)).isoformat(timespec="seconds")

    def days_between(first: str, second: str) -> int:
        return (parse_date(second, scope.zone) - parse_date(first, scope.zone)).days

    def decide(decision: str, output: str, **inputs: Any) -> Any:
        if scope.decide is None:
            raise ValueError("no decision tables can be asked here")
        outputs = scope.decide(decision, inputs)
        if output not in outputs:
            raise ValueError(f"the decision {decision} has no output {output}")
        return outputs[output]

    return {
        "len": _length, "min": min, "max": max, "sum": sum, "round": round, "abs": abs,
        "int": _whole, "str": _text, "bool": bool, "days": _days, "hours": _hours,
        "today": today, "now": now, "date_add": date_add, "days_between": days_between, "decide": decide,
    }  # fmt: skip
