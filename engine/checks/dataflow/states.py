"""What may be known of the process data at one place, and what a condition adds to it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from engine.checks.dataflow.bounds import Fact, allows, can_be, fact_of
from engine.checks.dataflow.reads import when_false, when_true
from engine.errors import ExpressionError
from engine.interpreter.expressions import evaluate

MOST = 3
"""So many different states are kept apart at one place; more are taken together."""
DEEPEST = 8
"""So many open forks are told apart."""
ANYTHING = "*"
"""Stands among the tried names when a message brought data that nobody has described: any name that is set somewhere.

A name that nothing sets anywhere must be described where it is brought, or else every slip of the pen would pass.
"""
UNKNOWN = "?"
"""Stands beside it where something is missing that might have set just anything."""

Values = frozenset[tuple[str, Any]]
"""Possible values of a name, each with its type, so that ``1`` and ``True`` are not the same."""


def tagged(value: Any) -> tuple[str, Any]:
    """Return ``value`` with the name of its type."""
    return type(value).__name__, value


Names = frozenset[str]
"""Sets of names are large and mostly alike, so that what adds or removes nothing gives back the same set."""


def _more(names: Names, more: Names) -> Names:
    return names if more <= names else names | more


def _of(names: Names, among: Names) -> Names:
    return names if names <= among else names & among


@dataclass(frozen=True, slots=True)
class State:
    """``given`` are the names that surely have a value, ``tried`` those that some step has set or asked for.

    ``among`` tells the possible values of some names (when they have one); ``ever`` are the names that were tried on
    some way that leads here, if not on all. ``forks`` tell with which states the open forks began, ``facts`` what
    comparisons by size have told.
    """

    given: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    among: Mapping[str, Values] = field(default_factory=dict)
    ever: frozenset[str] = frozenset()
    forks: tuple[int, ...] = ()
    blurred: bool = False
    facts: frozenset[Fact] = frozenset()

    def __hash__(self) -> int:
        return hash(
            (self.given, self.tried, frozenset(self.among.items()), self.ever, self.forks, self.blurred, self.facts)
        )

    def has(self, name: str) -> bool:
        """Return whether ``name`` surely has a value."""
        return ANYTHING in self.tried or name in self.given

    def was_tried(self, name: str) -> bool:
        """Return whether some step on every way that leads here has set ``name`` or asked for it."""
        return ANYTHING in self.tried or name in self.tried

    def knows(self, name: str) -> bool:
        """Return whether ``name`` has been set or asked for on some way that leads here."""
        return ANYTHING in self.ever or name in self.ever

    def with_names(
        self, given: Iterable[str], tried: Iterable[str], among: Mapping[str, Values], forgotten: Iterable[str] = ()
    ) -> State:
        """Return the state after a step: ``forgotten`` names may have other values than before."""
        lost = {*forgotten, *among}
        known = {name: values for name, values in self.among.items() if name not in lost} | dict(among)
        now = frozenset((*tried, *given))
        sure = _more(self.given, frozenset(given))
        facts = self.facts
        if facts and (ANYTHING in now or any(each[0] in lost for each in facts)):
            facts = frozenset(each for each in facts if ANYTHING not in now and each[0] not in lost)
        return State(sure, _more(self.tried, now), known, _more(self.ever, now), self.forks, self.blurred, facts)

    def supposing(self, given: Iterable[str], among: Mapping[str, Values]) -> State:
        """Return the state in which a condition holds that gives these names a value: that sets nothing."""
        known = {name: values for name, values in self.among.items() if name not in among} | dict(among)
        return replace(self, given=_more(self.given, frozenset(given)), among=known)

    def only(self, names: frozenset[str], compared: frozenset[str]) -> State:
        """Return what is known of ``names``, and of the values of those that are ``compared``."""
        among = self.among
        if not among.keys() <= compared:
            among = {name: values for name, values in among.items() if name in compared}
        given, tried, ever = _of(self.given, names), _of(self.tried, names), _of(self.ever, names)
        facts = self.facts
        if not {each[0] for each in facts} <= compared:
            facts = frozenset(each for each in facts if each[0] in compared)
        if (
            given is self.given
            and tried is self.tried
            and ever is self.ever
            and among is self.among
            and facts is self.facts
        ):
            return self
        return State(given, tried, among, ever, self.forks, self.blurred, facts)

    def covers(self, other: State) -> bool:
        """Return whether whatever may be found wrong in ``other`` is found wrong here too."""
        if (
            self.forks != other.forks
            or self.blurred > other.blurred
            or not (self.given <= other.given and self.tried <= other.tried and self.ever >= other.ever)
            or not self.facts <= other.facts
        ):
            return False
        theirs = other.among
        for name, values in self.among.items():
            known = theirs.get(name)
            if known is not values and (known is None or not known <= values):
                return False
        return True


def together(states: Iterable[State]) -> State:
    """Return what holds in all ``states``; what is missing then may be there on every way that can really be gone."""
    first, *rest = states
    for each in rest:
        shared = {name: values | each.among[name] for name, values in first.among.items() if name in each.among}
        forks = first.forks if first.forks == each.forks else ()
        given, tried, ever = first.given & each.given, first.tried & each.tried, first.ever | each.ever
        first = State(given, tried, shared, ever, forks, blurred=True, facts=first.facts & each.facts)
    return first


States = tuple[State, ...]


def added(known: States, more: Iterable[State]) -> States:
    """Return ``known`` and ``more`` without what others cover; the same tuple if nothing is new."""
    found = list(known)
    changed = False
    for each in more:
        if not any(other.covers(each) for other in found):
            found = [other for other in found if not each.covers(other)] + [each]
            changed = True
    if len(found) > MOST:
        by_names: dict[Any, list[State]] = {}
        for each in found:
            by_names.setdefault((each.given, each.tried, each.forks), []).append(each)
        found = [together(group) for group in by_names.values()]
        if len(found) > MOST:
            found = [together(found)]
    return tuple(found) if changed else known


def forked(state: State) -> State:
    """Return ``state`` for each branch of a fork: a join brings together only what began with the same state."""
    if len(state.forks) >= DEEPEST:
        return replace(state, forks=())
    return replace(state, forks=(*state.forks, hash(state)))


def joined(branches: list[States]) -> Iterator[State]:
    """Yield what is known when every branch has come to a parallel join."""
    begun = [{state.forks for state in each} for each in branches]
    shared = set.intersection(*begun)
    for forks in sorted(shared):
        yield from _joined([tuple(state for state in each if state.forks == forks) for each in branches])
    if not shared and len({len(forks) for each in begun for forks in each}) > 1:
        yield from _joined(branches)  # not drawn in blocks


def _joined(branches: list[States]) -> Iterator[State]:
    count = 1
    for each in branches:
        count *= len(each)
    few = branches if count <= MOST else [(together(each),) for each in branches]
    for combination in product(*few):
        given = frozenset[str]().union(*(each.given for each in combination))
        tried = frozenset[str]().union(*(each.tried for each in combination))
        ever = frozenset[str]().union(*(each.ever for each in combination))
        among: dict[str, Values] = {}
        for name in {name for each in combination for name in each.among}:
            said = [each.among.get(name) for each in combination if name in each.tried]
            if said and all(values is not None for values in said):
                among[name] = frozenset[tuple[str, Any]]().union(*(values for values in said if values is not None))
        forks = {each.forks for each in combination}
        blurred = any(each.blurred for each in combination)
        facts = frozenset.intersection(*(each.facts for each in combination))
        yield State(given, tried, among, ever, combination[0].forks[:-1] if len(forks) == 1 else (), blurred, facts)


def may(node: ast.expr, state: State) -> set[bool]:  # noqa: PLR0911 - one line for each kind
    """Return whether ``node`` may hold, and whether it may not, as far as ``state`` tells."""
    if not any(isinstance(each, ast.Name | ast.Call) for each in ast.walk(node)):
        return _constant(node)
    match node:
        case ast.BoolOp(op=ast.And()):
            parts = [may(each, state) for each in node.values]
            return _outcomes(all(True in each for each in parts), any(False in each for each in parts))
        case ast.BoolOp():
            parts = [may(each, state) for each in node.values]
            return _outcomes(any(True in each for each in parts), all(False in each for each in parts))
        case ast.UnaryOp(op=ast.Not()):
            return {not each for each in may(node.operand, state)}
        case ast.Name():
            values = _values(node.id, state)
            return {True, False} if values is None else {bool(value) for _, value in values}
        case ast.Compare() if len(node.ops) == 1:
            return _compare(node, state)
    return {True, False}


def _constant(node: ast.expr) -> set[bool]:
    try:
        return {bool(evaluate(ast.unparse(node), {}))}
    except ExpressionError:
        return {True, False}


def _outcomes(true: bool, false: bool) -> set[bool]:
    return {each for each, possible in ((True, true), (False, false)) if possible}


_EMPTY = tagged(None)


def _values(name: str, state: State) -> Values | None:
    """Return every value that ``name`` may have, or ``None`` if that is not known."""
    if not state.knows(name):
        return frozenset({_EMPTY})
    values = state.among.get(name)
    return None if values is None else values if name in state.given else values | {_EMPTY}


def _constants(node: ast.expr) -> list[Any] | None:
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.List | ast.Tuple) and all(isinstance(each, ast.Constant) for each in node.elts):
        return [each.value for each in node.elts if isinstance(each, ast.Constant)]
    return None


def _test(node: ast.Compare) -> tuple[str, list[Any], bool] | None:
    """Return (name, constants, whether equality is asked for) of ``name == constant`` and its relatives."""
    left, right, sign = node.left, node.comparators[0], node.ops[0]
    if isinstance(left, ast.Constant) and isinstance(right, ast.Name) and not isinstance(sign, ast.In | ast.NotIn):
        left, right = right, left
    wanted = _constants(right)
    if not isinstance(left, ast.Name) or wanted is None:
        return None
    is_list = not isinstance(right, ast.Constant)
    if isinstance(sign, ast.In | ast.NotIn):
        return (left.id, wanted, isinstance(sign, ast.In)) if is_list else None
    if isinstance(sign, ast.Eq | ast.Is | ast.NotEq | ast.IsNot) and not is_list:
        return left.id, wanted, isinstance(sign, ast.Eq | ast.Is)
    return None


def _compare(node: ast.Compare, state: State) -> set[bool]:
    fact = fact_of(node)
    if fact is not None:
        denied = fact_of(node, holds=False)
        return _outcomes(can_be(fact, state.facts), denied is None or can_be(denied, state.facts))
    test = _test(node)
    values = None if test is None else _values(test[0], state)
    if test is None or values is None:
        none_fits = test is not None and not any(allows(test[0], each, state.facts) for each in test[1])
        return {not test[2]} if test is not None and none_fits and state.has(test[0]) else {True, False}
    _, wanted, equality = test
    return {any(value == each for each in wanted) is equality for _, value in values}


def assumed(node: ast.expr, state: State, *, holds: bool) -> Iterator[State]:
    """Yield the states in which ``node`` holds (or does not), as far as it can be told."""
    if holds not in may(node, state):
        return
    match node:
        case ast.UnaryOp(op=ast.Not()):
            yield from assumed(node.operand, state, holds=not holds)
        case ast.BoolOp() if isinstance(node.op, ast.And) is holds:
            states = [state]
            for part in node.values:
                states = [after for each in states for after in assumed(part, each, holds=holds)]
            yield from states
        case ast.BoolOp():
            for part in node.values:
                yield from assumed(part, state, holds=holds)
        case ast.Compare() if len(node.ops) == 1:
            sure = when_true(node) if holds else when_false(node)
            yield _narrowed(node, state, holds).supposing(sure, {})
        case ast.Name():
            yield state.supposing((node.id,), _kept(state, node.id, bool)) if holds else state
        case _:
            yield state


def _kept(state: State, name: str, fits: Any) -> dict[str, Values]:
    values = state.among.get(name)
    return {} if values is None else {name: frozenset(each for each in values if fits(each[1]))}


def _narrowed(node: ast.Compare, state: State, holds: bool) -> State:
    fact = fact_of(node, holds=holds)
    if fact is not None:
        return replace(state, facts=state.facts | {fact})
    test = _test(node)
    if test is None:
        return state
    name, wanted, equality = test
    if equality is holds:
        given = () if None in wanted else (name,)
        values = state.among.get(name)
        fitting = frozenset(tagged(each) for each in wanted if each is not None)
        among = fitting if values is None else frozenset(each for each in values if each[1] in wanted)
        return state.supposing(given, {name: among} if given else {})
    given = (name,) if wanted == [None] else ()
    return state.supposing(given, _kept(state, name, lambda value: value not in wanted))
