"""What each name of the process data can be: its types, and its values where every source of it lists them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, get_args

from engine.checks.dataflow.comparisons import decided
from engine.checks.dataflow.sources import item_of
from engine.checks.dataflow.variants import domain
from engine.errors import ExpressionError
from engine.forms import every_field, is_scalar_field
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.drawing import Node
from engine.interpreter.grammar import parse_script
from engine.interpreter.release import BRINGS, Release, operator_of
from engine.interpreter.xml import text_of

_JSON = {"string": str, "integer": int, "number": float, "boolean": bool}
_SCALARS = (str, int, float, bool)


@dataclass(slots=True)
class Domain:
    """The types that a name may have and its values.

    ``open`` if not every value is listed, ``untyped`` if a type is not known.
    """

    types: set[type] = field(default_factory=set)
    values: set[tuple[str, Any]] = field(default_factory=set)
    open: bool = False
    untyped: bool = False
    lowest: float | None = None
    highest: float | None = None

    def add(self, value: Any) -> None:
        """Add a value."""
        if value is not None:
            self.types.add(type(value))
            self.values.add((type(value).__name__, value))

    @property
    def listed(self) -> list[Any] | None:
        """Every value, or ``None`` if that is not known."""
        return None if self.open or self.untyped or not self.values else sorted((v for _, v in self.values), key=str)

    def is_numeric(self) -> bool:
        """Return whether only numbers are possible."""
        return not self.untyped and bool(self.types) and self.types <= {int, float}

    def is_text_or_choice(self) -> bool:
        """Return whether numbers are not possible."""
        return not self.untyped and bool(self.types) and not self.types & {int, float}


Known = defaultdict[str, Domain]


def domains(release: Release) -> Mapping[str, Domain]:
    """Return what is known of every name that some element of ``release`` sets."""
    found: Known = defaultdict(Domain)
    for name, schema in release.forms.items():
        if name.endswith(".schema.json"):
            key = ("fields", release.digest_of(f"forms/{name}"))
            for field_name, each in release.kept.get("form", key, partial(_scalar_fields, schema)).items():
                _add_field(found[field_name], each)
    for node in release.nodes():
        _add_node(found, node, release)
    for table in release.decisions.values():
        _add_table(found, table)
    return dict(found)


def _scalar_fields(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {name: each for name, each in every_field(schema).items() if is_scalar_field(each)}


def _add_node(found: Known, node: Node, release: Release) -> None:
    for item in item_of(node):
        found[item].untyped = True
    for item in node.properties.get(BRINGS, "").split():
        found[item.removesuffix("?")].untyped = True
    if node.kind == "scriptTask":
        for name, value in _script(text_of(node.child("script"))):
            _add_expression(found[name], value)
    handler = release.catalogue.get(operator_of(node)[1]) if node.kind == "serviceTask" else None
    if handler is not None and handler.result is not None:
        for name, info in handler.result.model_fields.items():
            _add_annotation(found[name], info.rebuild_annotation())


def _add_table(found: Known, table: DecisionTable) -> None:
    for at, column in enumerate(table.outputs):
        cells = [rule.outputs[at] for rule in table.rules if at < len(rule.outputs)]
        for cell in [*cells, *([column.default] if column.default else [])]:
            if cell.constant and table.hit_policy != "COLLECT":
                found[column.name].add(cell.result)
            else:
                found[column.name].untyped = True


def asked_of(release: Release, known: Mapping[str, Domain]) -> dict[tuple[str, str], Domain]:
    """Return what the inputs of each table can be, where everything that asks it tells: by (table, input)."""
    found: dict[tuple[str, str], list[Domain | None]] = defaultdict(list)
    for node in release.nodes():
        table = release.decisions.get(text_of(node.extension("calledDecisionId")))
        for column in table.inputs if table is not None and node.kind == "businessRuleTask" else ():
            assert table is not None
            found[table.id, column.expression].append(known.get(column.expression))
    for _, call in decided(release):
        table_id = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
        for keyword in call.keywords:
            name = keyword.value.id if isinstance(keyword.value, ast.Name) else ""
            found[str(table_id), keyword.arg or ""].append(known.get(name))
    return {key: _one(parts) for key, parts in found.items()}


def _one(parts: list[Domain | None]) -> Domain:
    one = Domain()
    for part in parts:
        if part is None:
            one.untyped = True
        else:
            one.types |= part.types
            one.values |= part.values
            one.open, one.untyped = one.open or part.open, one.untyped or part.untyped
    bounds = [(part.lowest, part.highest) for part in parts if part is not None]
    if len(bounds) == len(parts):
        lows, highs = zip(*bounds, strict=True)
        one.lowest = None if None in lows else min(lows)
        one.highest = None if None in highs else max(highs)
    return one


def _script(text: str) -> Iterator[tuple[str, ast.expr]]:
    try:
        yield from parse_script(text)
    except ExpressionError:
        return


def _add_field(known: Domain, schema: Mapping[str, Any]) -> None:
    listed = domain(schema)
    kind = schema.get("type")
    if listed is not None:
        for each in listed:
            known.add(each)
    elif isinstance(kind, str) and kind in _JSON:
        known.types.add(_JSON[kind])
        known.open = True
    else:
        known.untyped = True
    for name, bound in (("lowest", schema.get("minimum")), ("highest", schema.get("maximum"))):
        if isinstance(bound, int | float):
            before = getattr(known, name)
            wider = bound if before is None else (min if name == "lowest" else max)(before, bound)
            setattr(known, name, wider)


def _add_expression(known: Domain, root: ast.expr) -> None:
    if isinstance(root, ast.Constant):
        known.add(root.value)
        known.open = known.open or (isinstance(root.value, int | float) and not isinstance(root.value, bool))
    else:
        known.untyped = True


def _add_annotation(known: Domain, annotation: Any) -> None:
    if annotation is bool:
        known.add(True)
        known.add(False)
        return
    if annotation in _SCALARS:
        known.types.add(annotation)
        known.open = True
        return
    parts = [each for each in get_args(annotation) if each is not type(None)]
    if parts and all(isinstance(each, str | int) for each in parts):
        for each in parts:
            known.add(each)
    elif (
        parts and all(isinstance(each, type) or get_args(each) for each in parts) and type(None) in get_args(annotation)
    ):
        for each in parts:
            _add_annotation(known, each)
    else:
        known.untyped = True
