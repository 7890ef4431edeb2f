"""Decision tables (DMN): one table, its rows, and the answer for given inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.errors import ExpressionError, NoRuleMatched, RulesOverlap
from engine.interpreter import expressions
from engine.interpreter.unary_tests import UnaryTest, parse_literal

HIT_POLICIES = ("UNIQUE", "FIRST", "COLLECT")


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """One input column: ``expression`` over the data given to the table."""

    label: str
    expression: str
    type: str


@dataclass(frozen=True, slots=True)
class OutputCell:
    """One output: a constant, or an expression over the data given to the table."""

    text: str
    constant: bool
    result: Any = None


@dataclass(frozen=True, slots=True)
class DecisionOutput:
    """One output column; ``default`` answers when no row fits."""

    name: str
    type: str
    default: OutputCell | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table."""

    id: str
    tests: tuple[UnaryTest, ...]
    outputs: tuple[OutputCell, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table with the hit policy UNIQUE, FIRST or COLLECT (which gives lists)."""

    id: str
    name: str
    file: str
    hit_policy: str
    inputs: tuple[DecisionInput, ...]
    outputs: tuple[DecisionOutput, ...]
    rules: tuple[Rule, ...]

    def decide(self, data: Mapping[str, Any], scope: expressions.Scope | None = None) -> dict[str, Any]:
        """Return the outputs by name for ``data``.

        Raises ``NoRuleMatched`` when no row fits and not every output has a default, ``RulesOverlap`` when two rows
        of a UNIQUE table fit, ``ExpressionError`` when an input cannot be compared.
        """
        scope = scope or expressions.Scope()
        given = self._given(data, scope)
        found = self._fitting(given, scope)
        if self.hit_policy == "COLLECT":
            rows = [[_result(cell, data, scope) for cell in rule.outputs] for rule in found]
            return {column.name: [row[at] for row in rows] for at, column in enumerate(self.outputs)}
        if len(found) > 1:
            raise RulesOverlap(decision=self.id, rules=[rule.id for rule in found], inputs=self._shown(given))
        cells = found[0].outputs if found else self._defaults(given)
        return {column.name: _result(cell, data, scope) for column, cell in zip(self.outputs, cells, strict=True)}

    def fitting(self, data: Mapping[str, Any], scope: expressions.Scope | None = None) -> list[str]:
        """Return the ids of the rows that fit ``data``, of a FIRST table only the first.

        Raises ``ExpressionError`` when an input cannot be compared.
        """
        scope = scope or expressions.Scope()
        return [rule.id for rule in self._fitting(self._given(data, scope), scope)]

    def _given(self, data: Mapping[str, Any], scope: expressions.Scope) -> list[Any]:
        return [expressions.evaluate(column.expression, data, scope) for column in self.inputs]

    def _fitting(self, given: list[Any], scope: expressions.Scope) -> list[Rule]:
        found = []
        for rule in self.rules:
            if all(test.matches(each, scope.zone) for test, each in zip(rule.tests, given, strict=True)):
                found.append(rule)
                if self.hit_policy == "FIRST":
                    break
        return found

    def _defaults(self, given: list[Any]) -> tuple[OutputCell, ...]:
        defaults = tuple(column.default for column in self.outputs if column.default is not None)
        if len(defaults) < len(self.outputs):
            raise NoRuleMatched(decision=self.id, inputs=self._shown(given))
        return defaults

    def _shown(self, given: list[Any]) -> dict[str, Any]:
        return {column.expression: each for column, each in zip(self.inputs, given, strict=True)}


def _result(cell: OutputCell, data: Mapping[str, Any], scope: expressions.Scope) -> Any:
    return cell.result if cell.constant else expressions.evaluate(cell.text, data, scope)


def parse_output(text: str | None) -> OutputCell:
    """Read an output cell: an S-FEEL literal (empty is ``null``) or an expression; raises ``ExpressionError``."""
    text = (text or "").strip()
    if text in ("", "-"):
        return OutputCell(text, True, None)
    try:
        literal = parse_literal(text)
    except ExpressionError:
        expressions.check(text)
        return OutputCell(text, False)
    return OutputCell(text, True, literal.isoformat() if isinstance(literal, date) else literal)
