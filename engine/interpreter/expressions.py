"""The one expression language: conditions, script lines, parameters, timers, ``due``, ``priority``, ``assignee``.

It is a small part of Python, evaluated by simpleeval: constants, names of process data, arithmetic, comparisons,
``and``/``or``/``not``, ``a if b else c``, lists, and the functions of :mod:`engine.interpreter.functions`.
There are no attributes, no indexing, no comprehensions, no other calls; size and depth are bounded.

A name that was never set is ``None``: a condition may ask ``verdict == "valid"`` before anybody gave a verdict.
Comparing ``None`` by size (``score > 5``) is an error, not a silent no.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from simpleeval import EvalWithCompoundTypes, InvalidExpression

from engine.errors import ExpressionError
from engine.interpreter.functions import MAX_RESULT_TEXT, OPERATORS, Scope, bounded, functions
from engine.interpreter.grammar import FUNCTIONS, MAX_TEXT, names_in, parse, parse_script, refusal
from engine.interpreter.iso_time import looks_like_time

__all__ = [
    "FUNCTIONS", "Scope", "check", "check_script", "constant", "evaluate", "execute", "is_scalar", "names_read",
    "names_written", "scalars", "value",
]  # fmt: skip

_DEFAULT_SCOPE = Scope()


class _Names:
    """Looks names up in process data; what was never set is ``None``."""

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def __getitem__(self, name: str) -> Any:
        return self._data.get(name)


_idle: list[EvalWithCompoundTypes] = []
"""Evaluators that nobody uses just now: making one costs more than most expressions. Others come to it when a table is
asked from within an expression, or by threads side by side."""


def _result(root: ast.expr, text: str, names: Mapping[str, Any], scope: Scope | None) -> Any:
    if isinstance(root, ast.Constant) and isinstance(root.value, str) and len(root.value) <= MAX_RESULT_TEXT:
        return root.value  # half of all properties are plain text
    try:
        evaluator = _idle.pop()
    except IndexError:
        evaluator = EvalWithCompoundTypes(operators=OPERATORS)
    evaluator.names, evaluator.functions = _Names(names), functions(scope or _DEFAULT_SCOPE)
    try:
        return bounded(evaluator.eval(text, previously_parsed=root))
    except (InvalidExpression, TypeError, ValueError, ArithmeticError, KeyError, RecursionError) as error:
        raise refusal(text, f"it cannot be evaluated: {error}", f"无法求值：{error}") from error
    finally:
        evaluator.names, evaluator.functions = _Names({}), {}  # an idle one holds no case's data
        _idle.append(evaluator)


def check(text: str) -> None:
    """Raise ``ExpressionError`` (with ``reason`` and ``reason_zh``) unless ``text`` is an expression."""
    parse(text)


def check_script(text: str) -> None:
    """Raise ``ExpressionError`` unless ``text`` consists of lines ``name = expression``."""
    parse_script(text)


def evaluate(text: str, names: Mapping[str, Any], scope: Scope | None = None) -> Any:
    """Evaluate the expression ``text`` over ``names``; raises ``ExpressionError``."""
    return _result(parse(text), text, names, scope)


def value(text: str, names: Mapping[str, Any], scope: Scope | None = None) -> Any:
    """Evaluate ``text``, except that ISO 8601 text (``P2D``, ``R3/PT1H``, ``2026-03-01``) stands for itself."""
    if looks_like_time(text):
        return text.strip()
    return evaluate(text, names, scope)


def names_read(text: str) -> set[str]:
    """Return the names of the data that the expression ``text`` reads; raises ``ExpressionError``."""
    return names_in(parse(text))


def names_written(text: str) -> list[str]:
    """Return the names that a script sets, in order; raises ``ExpressionError``."""
    return [name for name, _ in parse_script(text)]


def execute(text: str, data: dict[str, Any], scope: Scope | None = None) -> None:
    """Run the lines ``name = expression`` over ``data``, which keeps the results.

    Raises ``ExpressionError``, also for a result that is neither a scalar nor a list of scalars.
    """
    for name, root in parse_script(text):
        result = _result(root, text, data, scope)
        items = list(result) if isinstance(result, list | tuple) else [result]
        if not all(is_scalar(item) for item in items):
            raise refusal(text, f"{name} would not be flat data", f"{name} 不是扁平数据")
        data[name] = items if isinstance(result, tuple) else result


def is_scalar(result: object) -> bool:
    """Return whether ``result`` may be one value of the process data."""
    return result is None or isinstance(result, str | int | float | bool)


def scalars(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what of an answer, a result or a message becomes process data: its scalars, no longer than a line.

    Tables, files and texts of more than ``MAX_TEXT`` characters stay in the submission. Raises ``ExpressionError`` for
    a number that is too large to calculate with.
    """
    facts = {}
    for name, each in (values or {}).items():
        if is_scalar(each) and not (isinstance(each, str) and len(each) > MAX_TEXT):
            try:
                facts[name] = bounded(each)
            except ValueError as error:
                raise refusal(name, str(error), "数字过大") from None
    return facts


def constant(text: str) -> tuple[bool, Any]:
    """Return whether ``text`` reads no data and asks nothing, and its result; raises ``ExpressionError``."""
    root = parse(text)
    if any(isinstance(node, ast.Name | ast.Call) for node in ast.walk(root)):
        return False, None
    try:
        return True, _result(root, text, {}, None)
    except ExpressionError:
        return False, None
