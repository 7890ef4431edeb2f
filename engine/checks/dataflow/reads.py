"""Which names an expression reads, and which of them it cannot do without.

A name that was never set is ``None``: ``verdict == "valid"`` is then simply false, but ``score > 5`` stops the case. So
a read is *hard* where ``None`` would be an error, and *expected* where it is compared with a value as if there were
one, as ``verdict`` above is; unless the expression itself has made sure before:
``score is not None and score > 5``, ``(score or 0) > 5``, ``score > 5 if score else False``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Tolerates = Callable[[str, str], bool]
"""Whether a decision table has an answer when one of its inputs is empty: (decision, input)."""

_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_EASY = frozenset({"len", "bool"})
"""Functions that take an empty value."""


@dataclass(frozen=True, slots=True)
class Read:
    """One name that is read; ``hard`` if it must have a value, ``expected`` if a value is taken for granted."""

    name: str
    hard: bool
    expected: bool = False


def reads(root: ast.expr, tolerates: Tolerates, *, value_needed: bool = False) -> frozenset[Read]:
    """Return what the expression ``root`` reads; with ``value_needed`` its own result must not be empty either."""
    return frozenset(_reads(root, frozenset(), tolerates, value_needed))


def _reads(  # noqa: C901, PLR0912 - one branch for each kind of node
    node: ast.expr, known: frozenset[str], tolerates: Tolerates, needed: bool
) -> Iterator[Read]:
    match node:
        case ast.Name():
            if node.id not in known:
                yield Read(node.id, needed)
        case ast.BoolOp():
            yield from _in_turn(node, known, tolerates, needed)
        case ast.IfExp():
            yield from _reads(node.test, known, tolerates, needed=False)
            yield from _reads(node.body, known | when_true(node.test), tolerates, needed)
            yield from _reads(node.orelse, known | when_false(node.test), tolerates, needed)
        case ast.Compare():
            sides = (node.left, *node.comparators)
            hard = any(isinstance(each, _ORDERING) for each in node.ops)
            expected = not any(map(_may_be_none, sides))
            for each in sides:
                if expected and isinstance(each, ast.Name) and each.id not in known:
                    yield Read(each.id, hard, expected=True)
                else:
                    yield from _reads(each, known, tolerates, hard)
        case ast.BinOp():
            yield from _reads(node.left, known, tolerates, needed=True)
            yield from _reads(node.right, known, tolerates, needed=True)
        case ast.UnaryOp():
            yield from _reads(node.operand, known, tolerates, not isinstance(node.op, ast.Not))
        case ast.Call():
            yield from _in_call(node, known, tolerates)
        case ast.List() | ast.Tuple():
            for each in node.elts:
                yield from _reads(each, known, tolerates, needed=False)
        case ast.Dict():
            for each in node.values:
                yield from _reads(each, known, tolerates, needed=False)


def _in_turn(node: ast.BoolOp, known: frozenset[str], tolerates: Tolerates, needed: bool) -> Iterator[Read]:
    """Yield the reads of ``a and b`` or ``a or b``: the right side is asked only after the left one."""
    is_and = isinstance(node.op, ast.And)
    for at, each in enumerate(node.values):
        is_last = at == len(node.values) - 1
        yield from _reads(each, known, tolerates, needed and (is_and or is_last) and not _is_name(each))
        known |= when_true(each) if is_and else when_false(each)


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def _in_call(node: ast.Call, known: frozenset[str], tolerates: Tolerates) -> Iterator[Read]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    for each in node.args:
        yield from _reads(each, known, tolerates, name not in _EASY)
    table = node.args[0].value if name == "decide" and node.args and isinstance(node.args[0], ast.Constant) else None
    for keyword in node.keywords:
        hard = isinstance(table, str) and not tolerates(table, keyword.arg or "")
        yield from _reads(keyword.value, known, tolerates, hard)


def _may_be_none(node: ast.expr) -> bool:
    """Return whether one side of a comparison says what holds for an empty value."""
    return _is_none(node) or (isinstance(node, ast.List | ast.Tuple) and any(map(_is_none, node.elts)))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _named(*nodes: ast.expr) -> frozenset[str]:
    return frozenset(each.id for each in nodes if isinstance(each, ast.Name))


def _compared(node: ast.Compare, *, holds: bool) -> frozenset[str]:
    if len(node.ops) != 1:
        return frozenset()
    left, right, sign = node.left, node.comparators[0], node.ops[0]
    if isinstance(sign, _ORDERING):
        return _named(left, right)
    equal = isinstance(sign, ast.Eq | ast.Is)
    unequal = isinstance(sign, ast.NotEq | ast.IsNot)
    if (_is_none(right) or _is_none(left)) and (unequal if holds else equal):
        return _named(left, right)
    if holds and equal and (isinstance(left, ast.Constant) or isinstance(right, ast.Constant)):
        return frozenset() if _is_none(left) or _is_none(right) else _named(left, right)
    if holds and isinstance(sign, ast.In) and isinstance(right, ast.List | ast.Tuple):
        return _named(left) if not any(_is_none(each) for each in right.elts) else frozenset()
    return frozenset()


def when_true(node: ast.expr) -> frozenset[str]:
    """Return the names that surely have a value when ``node`` holds."""
    match node:
        case ast.Name():
            return frozenset({node.id})
        case ast.BoolOp(op=ast.And()):
            return frozenset().union(*map(when_true, node.values))
        case ast.BoolOp():
            return frozenset.intersection(*map(when_true, node.values))
        case ast.UnaryOp(op=ast.Not()):
            return when_false(node.operand)
        case ast.Compare():
            return _compared(node, holds=True)
    return frozenset()


def when_false(node: ast.expr) -> frozenset[str]:
    """Return the names that surely have a value when ``node`` does not hold."""
    match node:
        case ast.BoolOp(op=ast.Or()):
            return frozenset().union(*map(when_false, node.values))
        case ast.BoolOp():
            return frozenset.intersection(*map(when_false, node.values))
        case ast.UnaryOp(op=ast.Not()):
            return when_true(node.operand)
        case ast.Compare():
            return _compared(node, holds=False)
    return frozenset()
