"""From the answers of a form to the process data: what was said, and what nobody says any more.

Behind a form the process data say of each of its questions what was answered now. A question that was asked and left
empty empties its name, whoever had set it. A question that the other answers closed was not asked: what the form
itself had said there in an earlier round is taken back; a name that other steps set too stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from engine.errors import ExpressionError
from engine.forms import Schema, effective, every_field, is_scalar_field
from engine.interpreter import expressions
from engine.interpreter.drawing import Node
from engine.interpreter.release import BRINGS, SCHEMA, Release, operator_of
from engine.interpreter.xml import text_of

Elsewhere = Mapping[tuple[str, str], frozenset[str]]
"""By process and form: the names that the form asks only sometimes and that other steps set too."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What a form asks: ``names`` of which ``scalars`` may become process data; ``shared`` are set elsewhere too."""

    schema: Schema
    names: frozenset[str]
    scalars: frozenset[str]
    shared: frozenset[str] = frozenset()

    def unsaid(self, answers: Mapping[str, Any], among: AbstractSet[str]) -> set[str]:
        """Return of the names ``among`` those of which ``answers`` say nothing, so that nobody does any more."""
        empty = {name for name in among if name in self.names and name not in answers}
        closed = empty & self.shared
        if closed:
            asked, _required = effective(self.schema, answers)
            empty -= closed - asked.keys()
        return empty

    def facts(self, answers: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """Return what ``answers`` write into the process data that are ``known``: ``None`` where nobody says anything.

        Raises ``ExpressionError`` for a number that is too large to calculate with.
        """
        facts = expressions.scalars(answers)
        before = {name for name in self.scalars if name not in facts and known.get(name) is not None}
        if not before:
            return facts
        empty = self.unsaid(answers, before) | before & answers.keys()  # a long text stays in the submission
        return {**dict.fromkeys(sorted(empty)), **facts}


def questions_of(schema: Schema, shared: frozenset[str] = frozenset()) -> Questions:
    """Return what the form ``schema`` asks under whichever condition."""
    fields = every_field(schema)
    scalars = frozenset(name for name, each in fields.items() if is_scalar_field(each))
    return Questions(schema, frozenset(fields), scalars, shared)


def set_elsewhere(release: Release) -> Elsewhere:
    """Return for each form of each process which of its names other steps set, too, in processes with the same data.

    A called process has the data of its caller; one that a message starts has its own.
    """
    setting: dict[str, dict[str, set[str]]] = {}
    forms: dict[str, set[str]] = {}
    for process in release.processes:
        forms[process.id], setting[process.id] = set(), defaultdict(set)
        for node in process.all_nodes():
            form = node.properties.get(SCHEMA, "")
            if form in release.forms:
                forms[process.id].add(form)
            for name, by in _set_at(release, node):
                setting[process.id][name].add(by)
    found: dict[tuple[str, str], frozenset[str]] = {}
    for group in _with_the_same_data(release):
        setters: dict[str, set[str]] = defaultdict(set)
        for process_id in group:
            for name, steps in setting[process_id].items():
                setters[name] |= steps
        for process_id in group:
            for form in forms[process_id]:
                names = _asked_sometimes(release.forms[form])
                found[process_id, form] = frozenset(name for name in names if setters[name] - {form})
    return found


def _asked_sometimes(schema: Schema) -> set[str]:
    return set(every_field(schema)) - set(schema.get("properties", {}))


def _with_the_same_data(release: Release) -> list[set[str]]:
    """Return the processes in groups that call each other."""
    groups = {process.id: {process.id} for process in release.processes}
    for process in release.processes:
        for called in release.called_by(process) & groups.keys():
            if groups[called] is not groups[process.id]:
                groups[process.id] |= groups[called]
                for each in groups[process.id]:
                    groups[each] = groups[process.id]
    return list({id(group): group for group in groups.values()}.values())


def _set_at(release: Release, node: Node) -> Iterator[tuple[str, str]]:
    """Yield the names that ``node`` sets, each with what sets it: a form, or anything else."""
    form = node.properties.get(SCHEMA, "")
    yield from ((name, form) for name in every_field(release.forms.get(form, {})))
    yield from ((name.removesuffix("?"), node.id) for name in node.properties.get(BRINGS, "").split())
    if node.kind == "scriptTask":
        try:
            yield from ((name, node.id) for name in expressions.names_written(text_of(node.child("script"))))
        except ExpressionError:
            return
    elif node.kind == "serviceTask":
        handler = release.catalogue.get(operator_of(node)[1])
        if handler is not None and handler.result is not None:
            yield from ((name, node.id) for name in handler.result.model_fields)
    elif node.kind == "businessRuleTask":
        table = release.decisions.get(text_of(node.extension("calledDecisionId")))
        yield from ((each.name, node.id) for each in (() if table is None else table.outputs))
