"""Trying a decision table with every combination of inputs that its cells can tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice, pairwise, product
from typing import Any

from engine.checks.dataflow.domains import Domain
from engine.errors import ExpressionError
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.iso_time import DEFAULT_ZONE
from engine.interpreter.unary_tests import Comparison, UnaryTest

MOST = 60_000
"""So many combinations are tried; of a table with more it is said that it was not decided."""

OTHER = "…"
"""Stands for any text that no cell mentions."""

Example = dict[str, Any]


@dataclass(slots=True)
class Judged:
    """What was found out about one table; rows are counted from one, examples are inputs by column."""

    gaps: list[Example] = field(default_factory=list)
    overlaps: dict[tuple[int, int], Example] = field(default_factory=dict)
    unreachable: list[int] = field(default_factory=list)
    decided: bool = True


def _literals(test: UnaryTest) -> Iterator[Any]:
    for part in test.parts:
        for each in (part,) if isinstance(part, Comparison) else (part.low, part.high):
            yield each.literal


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def candidates(tests: list[UnaryTest], known: Domain | None) -> list[Any]:
    """Return inputs of one column of which each stands for all others that its cells treat alike."""
    mentioned = list({(type(each).__name__, each): each for test in tests for each in _literals(test)}.values())
    if not mentioned:
        return [None]
    listed = None if known is None else known.listed
    empty = [None] if None in mentioned else []
    if listed is not None:
        return [*listed, *empty]
    if any(isinstance(each, bool) for each in mentioned):
        return [True, False, *empty]
    found: list[Any] = [*empty] + [each for each in mentioned if isinstance(each, str)]
    for numbers, step in (
        (sorted(each for each in mentioned if _is_number(each)), 1),
        (sorted(each for each in mentioned if isinstance(each, date)), timedelta(days=1)),
    ):
        found += _between(numbers, step, tests, known)
    if any(test.negated for test in tests) and any(isinstance(each, str) for each in mentioned):
        found.append(OTHER)
    return found


def _between(points: list[Any], step: Any, tests: list[UnaryTest], known: Domain | None) -> list[Any]:
    """Return the points at which something changes, and one value between each two, below and above."""
    if not points:
        return []
    found = list(points)
    for low, high in pairwise(points):
        middle = low + step
        if middle < high:
            found.append(middle)
        elif isinstance(low, float) or isinstance(high, float):
            found.append((low + high) / 2)
    for outside in (points[0] - step, points[-1] + step):
        bounded = known is not None and _is_number(outside) and (
            (known.lowest is not None and outside < known.lowest)
            or (known.highest is not None and outside > known.highest)
        )  # fmt: skip
        if not bounded and any(not test.is_anything and _matches(test, outside) for test in tests):
            found.append(outside)
    bounds = [] if known is None or not _is_number(points[0]) else [known.lowest, known.highest]
    return sorted({*found, *(each for each in bounds if each is not None)})


def _matches(test: UnaryTest, value: Any) -> bool:
    given = value.isoformat() if isinstance(value, date) else value
    try:
        return test.matches(given, DEFAULT_ZONE)
    except ExpressionError:
        return False


def _mentioned(tests: list[UnaryTest], possible: list[Any]) -> list[Any]:
    """Return texts that cells mention though nothing gives them now: their rows wait for somebody who asks."""
    texts = {each for test in tests for each in _literals(test) if isinstance(each, str)}
    return [*possible, *sorted(texts - {each for each in possible if isinstance(each, str)})]


def judge(table: DecisionTable, known: Mapping[tuple[str, str], Domain]) -> Judged:
    """Return what is wrong with ``table``, given what its inputs can be, by (table, input)."""
    width = len(table.inputs)
    rows = [rule for rule in table.rules if len(rule.tests) == width]
    columns = [
        candidates([rule.tests[at] for rule in rows], known.get((table.id, column.expression)))
        for at, column in enumerate(table.inputs)
    ]
    columns = [_mentioned([rule.tests[at] for rule in rows], column) for at, column in enumerate(columns)]
    asked = [len(column) for column in columns]
    for at, column in enumerate(columns):
        if OTHER not in column and any(rule.tests[at].negated for rule in rows) and isinstance(column[0], str):
            column.append(OTHER)
    found = Judged()
    count = 1
    for each in columns:
        count *= max(1, len(each))
    found.decided = count <= MOST
    fits = [
        [[_matches(rule.tests[at], value) for value in column] for at, column in enumerate(columns)] for rule in rows
    ]
    answers: set[int] = set()
    has_default = all(column.default is not None for column in table.outputs)
    for places in islice(product(*(range(len(column)) for column in columns)), MOST):
        matching = [
            row for row, matched in enumerate(fits, 1) if all(matched[at][place] for at, place in enumerate(places))
        ]
        answers.update(matching[:1] if table.hit_policy == "FIRST" else matching)
        if any(place >= asked[at] for at, place in enumerate(places)):
            continue
        if matching and (len(matching) == 1 or table.hit_policy != "UNIQUE"):
            continue
        example = {
            column.expression: columns[at][place]
            for at, (column, place) in enumerate(zip(table.inputs, places, strict=True))
            if len(columns[at]) > 1 or columns[at][0] is not None
        }
        if matching:
            found.overlaps.setdefault((matching[0], matching[1]), example)
        elif not has_default and table.hit_policy != "COLLECT":
            found.gaps.append(example)
    if found.decided:
        found.unreachable = [row for row in range(1, len(rows) + 1) if row not in answers]
    return found


def shown(example: Example) -> str:
    """Return an example for people: ``grade = "A", amount = 5``."""
    words = {True: "true", False: "false", None: "null"}
    parts = []
    for name, value in example.items():
        if isinstance(value, bool) or value is None:
            said = words[value]
        elif isinstance(value, date):
            said = value.isoformat()
        else:
            said = f'"{value}"' if isinstance(value, str) else str(value)
        parts.append(f"{name} = {said}")
    return ", ".join(parts) or "-"
