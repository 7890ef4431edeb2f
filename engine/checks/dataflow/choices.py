"""Gateways that ask conditions: whether one way is always open, and whether each way can be taken."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from engine.checks.dataflow.analysis import DataFlow, chosen
from engine.checks.dataflow.domains import Domain
from engine.checks.dataflow.states import State
from engine.errors import ExpressionError
from engine.interpreter import expressions
from engine.interpreter.drawing import Flow, Node
from engine.interpreter.grammar import parse

MOST_TRIED = 5_000


def stuck(flow: DataFlow, domains: Mapping[str, Domain]) -> Iterator[tuple[Node, dict[str, Any]]]:
    """Yield the gateways without a default at which no condition may hold, with data for which none does."""
    for node, states in flow.gateways():
        if node.kind != "exclusiveGateway":
            continue  # whoever sets what an inclusive gateway asks sees to it that something holds
        if node.attribute("default") in {each.id for each in node.outgoing}:
            continue
        conditions = [each.condition for each in node.outgoing]
        if any(each is None for each in conditions):
            continue
        example = next((found for state in states if (found := _example(conditions, state, domains)) is not None), None)
        if example is not None:
            yield node, example


def _example(conditions: list[str | None], state: State, domains: Mapping[str, Domain]) -> dict[str, Any] | None:
    """Return data possible in ``state`` for which no condition holds."""
    try:
        roots = [parse(each or "") for each in conditions]
    except ExpressionError:
        return None
    names = sorted({name for each in conditions for name in expressions.names_read(each or "")})
    tried = [_values(name, roots, state, domains.get(name)) for name in names]
    for values in islice(product(*tried), MOST_TRIED):
        data = dict(zip(names, values, strict=True))
        try:
            if not any(expressions.evaluate(each or "", data) for each in conditions):
                return data
        except ExpressionError:
            continue  # another rule tells that it cannot be evaluated
    return None


def _values(name: str, roots: list[ast.expr], state: State, known: Domain | None) -> list[Any]:
    """Return values of ``name`` of which each stands for all that the conditions treat alike."""
    empty = [] if state.has(name) else [None]
    among = state.among.get(name)
    if among is not None:
        return [*empty, *(value for _, value in sorted(among, key=str))]
    if not state.knows(name):
        return [None]
    if known is not None and known.listed is not None:
        return [*empty, *known.listed]
    constants = {
        (type(each.value).__name__, each.value): each.value
        for root in roots
        for each in ast.walk(root)
        if isinstance(each, ast.Constant) and each.value is not None
    }.values()
    numbers = [each for each in constants if isinstance(each, int | float) and not isinstance(each, bool)]
    found = {each for number in numbers for each in (number - 1, number, number + 1)}
    if known is not None:
        found = {
            each
            for each in found
            if (known.lowest is None or each >= known.lowest) and (known.highest is None or each <= known.highest)
        }
    if known is not None and known.is_numeric():
        return [*empty, *sorted(found)] or [0]
    texts = sorted(each for each in constants if isinstance(each, str))
    return [*empty, *sorted(found), *texts, *([True, False] if not found and not texts else ["…"] if texts else [])]


def never(flow: DataFlow) -> Iterator[tuple[Node, Flow]]:
    """Yield the flows whose condition cannot hold when it is asked."""
    for node, states in flow.gateways():
        for way, possible in chosen(node, states):
            if states and not possible and way.id != node.attribute("default"):
                yield node, way
