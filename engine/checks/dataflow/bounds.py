"""What comparisons by size have told of numbers: ``amount > 100`` leaves no way open to ``amount < 50``."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from typing import Any

Fact = tuple[str, str, float]
"""A name, how it compares, and with what: ``("amount", ">", 100)``."""

_SIGNS: dict[type, str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def fact_of(node: ast.Compare, *, holds: bool = True) -> Fact | None:
    """Return what is known where ``name < number`` or its relatives hold (or do not); ``None`` for anything else."""
    left, right, sign = node.left, node.comparators[0], _SIGNS.get(type(node.ops[0]))
    if sign is None or len(node.ops) != 1:
        return None
    if isinstance(right, ast.Name):
        left, right, sign = right, left, _TURNED[sign]
    number = _number(right)
    if not isinstance(left, ast.Name) or number is None:
        return None
    return left.id, sign if holds else _DENIED[sign], number


def can_be(fact: Fact, facts: Iterable[Fact]) -> bool:
    """Return whether some number fits ``fact`` and everything else that is known of the same name."""
    low, high = float("-inf"), float("inf")
    is_low_in = is_high_in = True
    for name, sign, number in (fact, *facts):
        if name != fact[0]:
            continue
        if sign[0] == ">" and (number > low or (number == low and sign == ">")):
            low, is_low_in = number, sign == ">="
        elif sign[0] == "<" and (number < high or (number == high and sign == "<")):
            high, is_high_in = number, sign == "<="
    return low < high or (low == high and is_low_in and is_high_in)


def allows(name: str, value: Any, facts: Iterable[Fact]) -> bool:
    """Return whether ``name`` may be ``value``, as far as ``facts`` tell."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return True
    return all(HOLDS[sign](value, number) for told, sign, number in facts if told == name)


def _number(node: ast.expr) -> float | None:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return sign * node.value
    return None
