"""What an element asks of the process data, expression by expression."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.checks.dataflow.reads import Read, reads
from engine.checks.dataflow.sources import Sources, accepts_none, columns, parameter_types, takes_empty
from engine.errors import ExpressionError
from engine.interpreter.drawing import Flow, Node
from engine.interpreter.grammar import parse, parse_script
from engine.interpreter.iso_time import looks_like_time
from engine.interpreter.release import operator_of
from engine.interpreter.written import Written, written_at
from engine.interpreter.xml import bpmn, text_of
from engine.text import Text

_NEEDS_A_VALUE = frozenset({"due", "time", "times", "loop", "at_level"})


@dataclass(frozen=True, slots=True)
class Question:
    """One expression of one element, and what it reads."""

    node: Node
    what: Text
    text: str
    reads: frozenset[Read]
    flow: Flow | None = None

    @property
    def key(self) -> int:
        """What makes two questions the same."""
        return hash((self.node.file, self.node.id, self.flow.id if self.flow else "", self.what, self.text))


def questions_at(node: Node, sources: Sources) -> Iterator[Question]:
    """Yield what ``node`` asks."""
    for each in written_at(node):
        if each.kind == "script":
            yield from _in_script(each, sources)
        elif not (each.kind in ("due", "time") and looks_like_time(each.text)):
            try:
                found = reads(parse(each.text), sources.tolerates, value_needed=_is_needed(each, sources))
            except ExpressionError:
                continue
            yield Question(node, each.what, each.text, found, each.flow)
    if node.kind == "businessRuleTask":
        yield from _of_decision(node, sources)
    marker = node.child("multiInstanceLoopCharacteristics")
    collection = None if marker is None else text_of(marker.find(bpmn("loopDataInputRef")))
    if collection:
        yield Question(node, Text("The list", "列表"), collection, frozenset({Read(collection, hard=True)}))


def _is_needed(written: Written, sources: Sources) -> bool:
    """Return whether the expression itself must give a value."""
    if written.kind != "parameter":
        return written.kind in _NEEDS_A_VALUE
    handler = sources.release.catalogue.get(operator_of(written.node)[1])
    types: Any = {} if handler is None else parameter_types(handler.given)
    return written.parameter in types and not accepts_none(types[written.parameter])


def _in_script(written: Written, sources: Sources) -> Iterator[Question]:
    try:
        lines = parse_script(written.text)
    except ExpressionError:
        return
    own: set[str] = set()
    for name, root in lines:
        found = frozenset(each for each in reads(root, sources.tolerates) if each.name not in own)
        yield Question(written.node, written.what, f"{name} = {ast.unparse(root)}", found)
        own.add(name)


def _of_decision(node: Node, sources: Sources) -> Iterator[Question]:
    table = sources.release.decisions.get(text_of(node.extension("calledDecisionId")))
    if table is None:
        return
    plain = {at: name for name, places in columns(table).items() for at in places}
    for at, column in enumerate(table.inputs):
        try:
            root = parse(column.expression)
        except ExpressionError:
            continue
        found = (
            frozenset({Read(plain[at], hard=not takes_empty(table, at))})
            if at in plain
            else reads(root, sources.tolerates)
        )
        yield Question(node, Text(f"The input of {table.id}", f"决策 {table.id} 的输入"), column.expression, found)
