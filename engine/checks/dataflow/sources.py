"""What each element leaves in the process data: forms, scripts, handlers, decisions, messages."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, get_args

from pydantic import BaseModel

from engine.checks.dataflow.states import ANYTHING, UNKNOWN, State, States, Values, tagged
from engine.checks.dataflow.variants import Variant, variants
from engine.errors import ExpressionError
from engine.interpreter.answering import Elsewhere, Questions, questions_of, set_elsewhere
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.drawing import Node
from engine.interpreter.grammar import parse, parse_script
from engine.interpreter.iso_time import DEFAULT_ZONE
from engine.interpreter.refusals.element_unsupported import SUPPORTED
from engine.interpreter.release import BRINGS, SCHEMA, Release, kind_of, operator_of
from engine.interpreter.xml import bpmn, text_of

_NOTHING: Values = frozenset()


def accepts_none(annotation: Any) -> bool:
    """Return whether a parameter of this type may be empty."""
    return annotation is Any or annotation is type(None) or type(None) in get_args(annotation)


def columns(table: DecisionTable) -> dict[str, list[int]]:
    """Return the input columns by the plain name that they read."""
    found: dict[str, list[int]] = {}
    for at, column in enumerate(table.inputs):
        try:
            root = parse(column.expression)
        except ExpressionError:
            continue
        if isinstance(root, ast.Name):
            found.setdefault(root.id, []).append(at)
    return found


def takes_empty(table: DecisionTable, at: int) -> bool:
    """Return whether some row answers when the input of column ``at`` is empty, or a default does."""
    if table.hit_policy == "COLLECT" or all(each.default is not None for each in table.outputs):
        return True
    return any(rule.tests[at].matches(None, DEFAULT_ZONE) for rule in table.rules if at < len(rule.tests))


class Sources:
    """Knows what the elements of one release leave behind."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._variants: dict[str, list[Variant]] = {}
        self._asked: dict[tuple[str, str], Questions] = {}

    def tolerates(self, decision: str, name: str) -> bool:
        """Return whether the decision has an answer when its input ``name`` is empty."""
        table = self.release.decisions.get(decision)
        return table is None or all(takes_empty(table, at) for at in columns(table).get(name, ()))

    def of_form(self, form: str) -> list[Variant]:
        """Return how a form may be filled in."""
        if form not in self._variants:
            schema = self.release.forms.get(form)
            self._variants[form] = (
                [Variant(frozenset(), frozenset(), {})]
                if schema is None
                else self.release.kept.get(
                    "form", ("variants", self.release.digest_of(f"forms/{form}")), partial(variants, schema)
                )
            )
        return self._variants[form]

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """Which names of a form other steps set, too."""
        return set_elsewhere(self.release)

    def _questions(self, node: Node, form: str) -> Questions:
        key = node.scope.process.id, form
        if key not in self._asked:
            shared = self.elsewhere.get(key, frozenset())
            self._asked[key] = questions_of(self.release.forms.get(form, {}), shared)
        return self._asked[key]

    def brought(self, node: Node, states: States) -> States:
        """Return ``states`` after the message of ``node`` has come."""
        declared = node.properties.get(BRINGS)
        if declared is None:
            return tuple(state.with_names((), (ANYTHING,), {}) for state in states)
        names = declared.split()
        sure = [each for each in names if not each.endswith("?")]
        maybe = [each.removesuffix("?") for each in names]
        return tuple(state.with_names(sure, maybe, {}, maybe) for state in states)

    def after(self, node: Node, states: States) -> States:
        """Return what is known behind ``node`` when it is done; calls are not its business.

        What cannot be run because something of it is missing may have been meant to set anything: that it is missing
        is told by other rules, and nothing is said of what follows from it.
        """
        if self._is_missing(node):
            return tuple(state.with_names((), (ANYTHING, UNKNOWN), {}) for state in states)
        return self.brought(node, states) if catches_message(node) else self._done(node, states)

    def _done(self, node: Node, states: States) -> States:
        if node.kind in ("userTask", "manualTask"):
            form = node.properties.get(SCHEMA, "")
            asked = self._questions(node, form)
            return tuple(_answered(state, each, asked) for state in states for each in self.of_form(form))
        if node.kind == "scriptTask":
            return tuple(self._scripted(node, state) for state in states)
        if node.kind == "serviceTask":
            return self._handled(node, states)
        if node.kind == "businessRuleTask":
            return self._decided(node, states)
        return states

    def _is_missing(self, node: Node) -> bool:
        if node.kind == "userTask":
            return node.properties.get(SCHEMA, "") not in self.release.forms
        if node.kind == "serviceTask":
            return operator_of(node)[1] not in self.release.catalogue
        if node.kind == "businessRuleTask":
            return text_of(node.extension("calledDecisionId")) not in self.release.decisions
        return node.kind == "callActivity" or node.kind not in SUPPORTED

    def _scripted(self, node: Node, state: State) -> State:
        try:
            lines = parse_script(text_of(node.child("script")))
        except ExpressionError:
            return state
        for name, root in lines:
            given = (name,) if self._is_sure(root, state) else ()
            constant = isinstance(root, ast.Constant) and root.value is not None
            among = {name: frozenset({tagged(root.value)})} if constant and isinstance(root, ast.Constant) else {}
            state = _anew(state, (name,)).with_names(given, (name,), among, (name,))
        return state

    def _is_sure(self, root: ast.expr, state: State) -> bool:
        """Return whether a script line surely gives a value; one that would stop the case is reported elsewhere."""
        match root:
            case ast.Name():
                return state.has(root.id)
            case ast.Constant():
                return root.value is not None
            case ast.IfExp():
                return self._is_sure(root.body, state) and self._is_sure(root.orelse, state)
            case ast.BoolOp():
                return any(self._is_sure(each, state) for each in root.values)
        return True

    def _handled(self, node: Node, states: States) -> States:
        handler = self.release.catalogue.get(operator_of(node)[1])
        fields = {} if handler is None or handler.result is None else handler.result.model_fields
        sure = [name for name, each in fields.items() if not accepts_none(each.rebuild_annotation())]
        among = {name: values for name in sure if (values := _literals(fields[name].rebuild_annotation()))}
        return tuple(_anew(state, fields).with_names(sure, fields, among, fields) for state in states)

    def _decided(self, node: Node, states: States) -> States:
        table = self.release.decisions.get(text_of(node.extension("calledDecisionId")))
        if table is None:
            return states
        names = [each.name for each in table.outputs]
        cells = {
            column.name: [rule.outputs[at] for rule in table.rules if at < len(rule.outputs)]
            + ([column.default] if column.default is not None else [])
            for at, column in enumerate(table.outputs)
        }
        sure = [name for name in names if all(not each.constant or each.result is not None for each in cells[name])]
        among = {
            name: frozenset(tagged(each.result) for each in cells[name])
            for name in sure
            if all(each.constant for each in cells[name]) and table.hit_policy != "COLLECT"
        }
        return tuple(_anew(state, names).with_names(sure, names, among, names) for state in states)


def _anew(state: State, names: Iterable[str]) -> State:
    """Return ``state`` before ``names`` are written anew, be it that they become empty."""
    return replace(state, given=state.given.difference(names))


def _answered(state: State, variant: Variant, asked: Questions) -> State:
    """Return ``state`` after a form was filled in one way: what was left empty or closed is empty."""
    closed = asked.scalars - variant.possible - asked.shared
    among = {**dict.fromkeys(closed & state.ever, _NOTHING), **variant.among}
    return _anew(state, closed | variant.possible).with_names(variant.sure, variant.possible, among, variant.possible)


def _literals(annotation: Any) -> Values:
    if annotation is bool:
        return frozenset({tagged(True), tagged(False)})
    return frozenset(tagged(each) for each in get_args(annotation) if isinstance(each, str | int))


def catches_message(node: Node) -> bool:
    """Return whether ``node`` goes on when a message comes."""
    if node.kind == "receiveTask":
        return True
    return node.kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent") and any(
        kind_of(each) == "message" for each in node.events
    )


def item_of(node: Node) -> tuple[str, ...]:
    """Return the name of the item of a repetition over a list."""
    marker = node.child("multiInstanceLoopCharacteristics")
    item = None if marker is None else marker.find(bpmn("inputDataItem"))
    return () if item is None or not item.get("id") else (item.get("id") or "",)


def parameter_types(model: type[BaseModel]) -> Mapping[str, Any]:
    """Return the types of a handler's parameters by name and by alias."""
    return {
        key: field.rebuild_annotation()
        for name, field in model.model_fields.items()
        for key in (name, field.alias)
        if key
    }
