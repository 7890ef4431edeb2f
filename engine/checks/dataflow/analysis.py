"""Walking through the diagrams with what is known of the data, until nothing new is found; then asking what is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush

from engine.checks.dataflow.questions import Question
from engine.checks.dataflow.reach import Reach
from engine.checks.dataflow.reads import Read
from engine.checks.dataflow.sources import Sources, catches_message, item_of
from engine.checks.dataflow.states import ANYTHING, UNKNOWN, State, States, added, assumed, forked, joined, together
from engine.errors import ExpressionError
from engine.interpreter.drawing import DECIDING, Flow, Node, Scope
from engine.interpreter.grammar import parse
from engine.interpreter.release import BRINGS, Release, kind_of

LONGEST = 20_000
"""After so many steps a process is left as it is: what was found until then is true."""
_INNER = ("callActivity", "subProcess", "transaction")


@dataclass(frozen=True, slots=True)
class Gap:
    """A name that an element reads though it may never have been set; ``never``: on no way at all."""

    question: Question
    read: Read
    never: bool


@dataclass(slots=True)
class _Passage:
    """What is known on the flows and at the nodes of one scope, for one way to enter it."""

    on: dict[str, States] = field(default_factory=dict)
    at: dict[str, States] = field(default_factory=dict)
    ends: States = ()


@dataclass(frozen=True, slots=True)
class _Heard:
    """The answers of one scope for one way to enter it: what is missing, what its gateways know, what it calls."""

    gaps: list[Gap]
    gateways: list[tuple[Node, States]]
    calls: list[tuple[str, States]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """The order in which the elements of a scope follow each other, and the events attached to them.

    ``turning`` are the elements in loops and between them.
    """

    place: dict[str, int]
    attached: dict[str, list[Node]]
    turning: frozenset[str]


class DataFlow:
    """What is known of the data of one release."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self.sources = Sources(release)
        self._reach = Reach(release, self.sources)
        self._scopes = {scope.id: scope for scope in release.scopes()}
        self._shapes: dict[str, _Shape] = {}
        self._open: set[str] = set()
        self._gaps: dict[tuple[int, str], Gap] = {}
        self._asked: set[Hashable] = set()
        self._gateways: dict[tuple[str, str], tuple[Node, States]] = {}
        self._found = False

    def gaps(self) -> Iterator[Gap]:
        """Yield what is read without being set, each once."""
        self._walk()
        yield from self._gaps.values()

    def gateways(self) -> Iterator[tuple[Node, States]]:
        """Yield the gateways that ask conditions with what is known there."""
        self._walk()
        yield from self._gateways.values()

    def _walk(self) -> None:
        if self._found:
            return
        self._found = True
        called = {each for process in self._release.processes for each in self._release.called_by(process)}
        for process in self._release.processes:
            for start in process.starts(message=True):
                self._ask(process, start, self.sources.brought(start, (State(),)))
            if process.id not in called or process.properties.get("start"):
                for start in process.starts():
                    self._ask(process, start, self._begun(start))

    def _begun(self, start: Node) -> States:
        """Return what is known when somebody starts a case here: what the start event says that it brings."""
        return self.sources.brought(start, (State(),)) if BRINGS in start.properties else (State(),)

    def _ask(self, scope: Scope, start: Node, entering: States) -> None:
        """Ask what every element of ``scope`` reads, and of what it calls."""
        entering = self._only(entering)
        key = self._key(scope, start, entering)
        if key in self._asked:
            return
        self._asked.add(key)
        asked = self._reach.asked[scope.file]
        which = (key, frozenset(asked.read & self._reach.sets))
        heard = self._release.kept.get("heard", which, partial(self._hear, scope, start, entering))
        for gap in heard.gaps:
            self._gaps[gap.question.key, gap.read.name] = gap
        for node, states in heard.gateways:
            known = self._gateways.get((node.file, node.id), (node, ()))[1]
            self._gateways[node.file, node.id] = node, added(known, states)
        for called, within in heard.calls:
            inner = self._scopes[called]
            for plain in inner.starts():
                self._ask(inner, plain, within)

    def _hear(self, scope: Scope, start: Node, entering: States) -> _Heard:
        passage = self._pass(scope, start, entering)
        heard, turning = _Heard([], [], []), self._shape(scope).turning
        for node_id, states in passage.at.items():
            node = scope.nodes[node_id]
            for question in self._reach.asked[scope.file].questions[scope.id, node_id]:
                heard.gaps.extend(self._missing(question, states, item_of(node), node_id in turning))
            if node.kind in DECIDING and len(node.outgoing) > 1:
                heard.gateways.append((node, states))
            inner = self._inner(node)
            if inner is not None:
                within = tuple(state.with_names(item_of(node), (), {}) for state in states)
                heard.calls.append((inner.id, within))
        return heard

    def _key(self, scope: Scope, start: Node, entering: States) -> Hashable:
        return self._reach.key(scope), scope.id, start.id, entering

    def _only(self, states: Iterable[State]) -> States:
        """Return ``states`` without what nobody asks for."""
        return added((), (state.only(self._reach.read, self._reach.compared) for state in states))

    def _missing(self, question: Question, states: States, items: tuple[str, ...], is_turning: bool) -> Iterator[Gap]:
        """Yield what a question misses; in a loop the first turn may compare what only a later one has set."""
        for read in question.reads:
            never = not any(read.name in state.ever for state in states) and (
                not any(ANYTHING in state.ever for state in states)
                or (read.hard and not all(ANYTHING in state.ever for state in states))
                or (read.name not in self._reach.sets and not any(UNKNOWN in state.ever for state in states))
            )
            unset = any(
                (read.hard and not state.has(read.name))
                or (read.expected and not is_turning and not state.was_tried(read.name))
                for state in states
                if not state.blurred
            )
            if (never or unset) and states and read.name not in items:
                yield Gap(question, read, never)

    def _inner(self, node: Node) -> Scope | None:
        if node.kind not in _INNER:
            return None
        return self._scopes.get(node.attribute("calledElement") or "" if node.kind == "callActivity" else node.id)

    def _pass(self, scope: Scope, start: Node, entering: States) -> _Passage:
        """Return what is known everywhere in ``scope`` when it is entered at ``start``."""
        if scope.id in self._open:
            return _Passage()
        entering = self._only(entering)
        self._open.add(scope.id)
        key = self._key(scope, start, entering)
        passage = self._release.kept.get("passage", key, partial(self._go_through, scope, start, entering))
        self._open.discard(scope.id)
        return passage

    def _go_through(self, scope: Scope, start: Node, entering: States) -> _Passage:
        passage = _Passage()
        shape = self._shape(scope)
        todo, waiting = [(shape.place.get(start.id, 0), start.id)], {start.id}
        passage.at[start.id] = entering
        for _ in range(LONGEST):
            if not todo:
                break
            node = scope.nodes[heappop(todo)[1]]
            waiting.discard(node.id)
            for flow, all_known in self._leaving(shape, node, passage):
                states = {state.only(self._reach.read, self._reach.compared): None for state in all_known}
                known = passage.on.get(flow.id, ())
                now = added(known, states)
                if now is not known:
                    passage.on[flow.id] = now
                    target = scope.nodes.get(flow.target)
                    if target is not None and self._arrive(target, passage) and target.id not in waiting:
                        waiting.add(target.id)
                        heappush(todo, (shape.place.get(target.id, 0), target.id))
        passage.on.clear()  # of use only on the way
        return passage

    def _shape(self, scope: Scope) -> _Shape:
        if scope.id not in self._shapes:
            attached: dict[str, list[Node]] = {}
            for node in scope.nodes.values():
                if node.kind == "boundaryEvent":
                    attached.setdefault(node.attribute("attachedToRef") or "", []).append(node)
            self._shapes[scope.id] = _Shape(_places(scope, attached), attached, _turning(scope, attached))
        return self._shapes[scope.id]

    def _arrive(self, node: Node, passage: _Passage) -> bool:
        """Work out what is known at ``node``; return whether something new may be known behind it."""
        coming = [passage.on[flow.id] for flow in node.incoming if flow.id in passage.on]
        if node.kind == "parallelGateway" and len(node.incoming) > 1:
            if len(coming) < len(node.incoming):
                return False
            found: Iterable[State] = joined(coming)
        elif node.kind == "inclusiveGateway" and len(node.incoming) > 1:
            found = (together(state for states in coming for state in states),)
        else:
            found = (state for states in coming for state in states)
        known = passage.at.get(node.id, ())
        passage.at[node.id] = added(known, found)
        return passage.at[node.id] is not known

    def _leaving(self, shape: _Shape, node: Node, passage: _Passage) -> Iterator[tuple[Flow, States]]:
        """Yield what is known on the flows out of ``node`` and of the events attached to it."""
        states = passage.at[node.id]
        if node.kind in DECIDING and len(node.outgoing) > 1:
            yield from chosen(node, states)
        else:
            done = self._done(node, states)
            if node.kind == "endEvent" and not any(kind_of(each) in ("error", "cancel") for each in node.events):
                passage.ends = added(passage.ends, done)
            if node.kind == "parallelGateway" and len(node.outgoing) > 1:
                done = tuple(map(forked, done))
            for flow in node.outgoing:
                yield flow, done
        for event in shape.attached.get(node.id, ()):
            passage.at[event.id] = added(passage.at.get(event.id, ()), states)
            fired = self.sources.brought(event, states) if catches_message(event) else states
            for flow in event.outgoing:
                yield flow, fired

    def _done(self, node: Node, states: States) -> States:
        inner = self._inner(node)
        if inner is None:
            return states if node.kind in ("startEvent", "boundaryEvent") else self.sources.after(node, states)
        within = tuple(state.with_names(item_of(node), (), {}) for state in states)
        found: States = ()
        for start in inner.starts():
            found = added(found, self._pass(inner, start, within).ends)
        return found


def _places(scope: Scope, attached: Mapping[str, list[Node]]) -> dict[str, int]:
    """Return the place of each element: before all that follow it, as far as there are no loops."""
    done: list[str] = []
    seen: set[str] = set()
    for start in scope.nodes.values():
        if start.kind != "startEvent" or start.id in seen:
            continue
        seen.add(start.id)
        stack = [(start.id, _following(start, attached))]
        while stack:
            following = next((each for each in stack[-1][1] if each not in seen and each in scope.nodes), None)
            if following is None:
                done.append(stack.pop()[0])
            else:
                seen.add(following)
                stack.append((following, _following(scope.nodes[following], attached)))
    return {node_id: -at for at, node_id in enumerate(done)}


def _turning(scope: Scope, attached: Mapping[str, list[Node]]) -> frozenset[str]:
    """Return the elements that are in a loop or between two: what is neither before all loops nor behind them."""
    ways = {(node_id, each) for node_id, node in scope.nodes.items() for each in _following(node, attached)}
    left = set(scope.nodes)
    for ahead in (ways, {(target, source) for source, target in ways}):
        coming = Counter(target for source, target in ahead if source in left and target in left)
        following: dict[str, list[str]] = {}
        for source, target in ahead:
            following.setdefault(source, []).append(target)
        todo = [each for each in left if not coming[each]]
        while todo:
            node_id = todo.pop()
            left.discard(node_id)
            for each in following.get(node_id, ()):
                coming[each] -= 1
                if each in left and not coming[each]:
                    todo.append(each)
    return frozenset(left)


def _following(node: Node, attached: Mapping[str, list[Node]]) -> Iterator[str]:
    yield from (flow.target for event in attached.get(node.id, ()) for flow in event.outgoing)
    yield from (flow.target for flow in node.outgoing)


def chosen(node: Node, states: States) -> Iterator[tuple[Flow, States]]:
    """Yield what is known behind a gateway that asks conditions, one after the other."""
    left = states
    default = None
    for flow in node.outgoing:
        if flow.id == node.attribute("default") or flow.condition is None:
            default = flow
            continue
        try:
            root = parse(flow.condition)
        except ExpressionError:
            yield flow, states
            continue
        asked = left if node.kind == "exclusiveGateway" else states
        yield flow, tuple(after for state in asked for after in assumed(root, state, holds=True))
        left = tuple(after for state in left for after in assumed(root, state, holds=False))
    if default is not None:
        yield default, left
