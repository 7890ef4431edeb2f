"""A process or sub-process as a game of tokens: what may happen next at each element.

Where the data would decide, every answer is possible. A token on a flow is moved by exactly one element, the target of
the flow; so what one element does never takes away what another could do, except that ends with *terminate* or *error*
finish everything. Called processes and sub-processes are games of their own: here they are one element that ends in one
of the ways in which its inner game can end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations

from engine.interpreter.drawing import Node, Scope
from engine.interpreter.release import Release, kind_of, reference_of

MOST_SUBSETS = 4
"""Up to so many ways out of an inclusive gateway are combined freely; of more, each alone and all together."""

State = tuple[int, ...]
"""The flows that hold a token, in order; one that holds two stands there twice."""

FINISHING = frozenset({"terminate", "error", "cancel"})
"""The ends that finish everything around them."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may happen at an element: the flows that lose a token, those that get one, the events passed."""

    node: Node
    taken: tuple[int, ...]
    given: tuple[int, ...]
    events: tuple[str, ...] = ()
    finishes: bool = False


@dataclass(slots=True)
class Outcomes:
    """How an inner game can end: normally or not, and with which errors and escalations (``None``: any code)."""

    completes: bool = True
    errors: set[str | None] = field(default_factory=set)
    escalations: set[str | None] = field(default_factory=set)

    def key(self) -> Hashable:
        """Return what is the same for outcomes that are the same."""
        return self.completes, frozenset(self.errors), frozenset(self.escalations)


def subsets(ways: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the ways out that an inclusive gateway may choose together."""
    if len(ways) > MOST_SUBSETS:
        yield from ((each,) for each in ways)
        yield ways
    else:
        yield from chain.from_iterable(combinations(ways, size) for size in range(1, len(ways) + 1))


class Game:
    """The game of one scope; the same in whatever order the file holds its elements and flows."""

    def __init__(self, release: Release, scope: Scope, inner: Callable[[Node], Outcomes]) -> None:
        self.scope = scope
        self._release = release
        drawn = [each for each in scope.flows if each.source in scope.nodes and each.target in scope.nodes]
        flows = self.flows = sorted(drawn, key=lambda each: each.id)
        nodes = [scope.nodes[each] for each in sorted(scope.nodes)]
        self.targets = [scope.nodes[each.target] for each in flows]
        self.incoming: dict[str, tuple[int, ...]] = {}
        self.outgoing: dict[str, tuple[int, ...]] = {}
        into: dict[str, list[int]] = defaultdict(list)
        out_of: dict[str, list[int]] = defaultdict(list)
        for at, flow in enumerate(flows):
            into[flow.target].append(at)
            out_of[flow.source].append(at)
        for node_id in scope.nodes:
            self.incoming[node_id], self.outgoing[node_id] = tuple(into[node_id]), tuple(out_of[node_id])
        self.boundary: dict[str, list[Node]] = {}
        for node in nodes:
            host = scope.nodes.get(node.attribute("attachedToRef") or "")
            if node.kind == "boundaryEvent" and host is not None:
                self.boundary.setdefault(host.id, []).append(node)
        self._inner = inner
        self.starts = [node for node in nodes if node.kind == "startEvent"]
        self._happening = {each: self._can_happen(node, each) for node, each in self._attached()}
        self.order = self._ordered()
        self._side = {
            each.id: self._side_flows(each)
            for each in chain.from_iterable(self.boundary.values())
            if each.attribute("cancelActivity") == "false"
        }
        self.apart = [self.scope.nodes[each] for each in self._side if self._stands_apart(each) and self.happens(each)]
        self._apart_ids = {each.id for each in self.apart}
        self._feeding: dict[tuple[str, int], frozenset[int]] = {}
        self._ahead: dict[str, frozenset[str]] = {}
        self._settled: dict[tuple[str, frozenset[int]], bool] = {}

    def _attached(self) -> Iterator[tuple[Node, str]]:
        for host, events in self.boundary.items():
            for each in events:
                yield self.scope.nodes[host], each.id

    def next_flows(self, node: Node) -> Iterator[int]:
        """Yield the flows that may get a token when one is at ``node``."""
        yield from self.outgoing[node.id]
        for event in self.boundary.get(node.id, ()):
            yield from self.outgoing[event.id]

    def _ordered(self) -> dict[str, int]:
        """Return the place of each element: before all that follow it, as far as there are no loops.

        Ends come first, for nothing follows them; those that finish everything come last.
        """
        done: list[str] = []
        seen: set[str] = set()
        for start in self.starts:
            stack: list[tuple[Node, Iterator[int]]] = [(start, self.next_flows(start))]
            seen.add(start.id)
            while stack:
                node, ways = stack[-1]
                following = next((self.targets[way] for way in ways if self.targets[way].id not in seen), None)
                if following is None:
                    done.append(node.id)
                    stack.pop()
                else:
                    seen.add(following.id)
                    stack.append((following, self.next_flows(following)))
        last = len(done)
        place = {node_id: last - at for at, node_id in enumerate(done)}
        for node in self.scope.nodes.values():
            if node.kind == "endEvent":
                place[node.id] = 2 * last + 1 if self.finishes(node) else 0
        return {node_id: place.get(node_id, last) for node_id in self.scope.nodes}

    def finishes(self, node: Node) -> bool:
        """Return whether an end finishes everything around it."""
        return node.kind == "endEvent" and any(kind_of(each) in FINISHING for each in node.events)

    def _reached(self, flows: Iterator[int], *, without: Collection[str] = ()) -> set[int]:
        seen: set[int] = set()
        todo = list(flows)
        while todo:
            flow = todo.pop()
            if flow not in seen:
                seen.add(flow)
                if self.targets[flow].id not in without:
                    todo.extend(self.next_flows(self.targets[flow]))
        return seen

    def _side_flows(self, event: Node) -> frozenset[int]:
        """Return the flows that only a token from ``event`` can reach."""
        own = set(self.outgoing[event.id])
        main: set[int] = set()
        todo = [way for start in self.starts for way in self.outgoing[start.id]]
        while todo:
            flow = todo.pop()
            if flow not in main and flow not in own:
                main.add(flow)
                todo.extend(self.next_flows(self.targets[flow]))
        return frozenset(self._reached(iter(own)) - main)

    def _stands_apart(self, event_id: str) -> bool:
        """Return whether what follows a non-interrupting event never joins the rest: it is a game of its own then."""
        beside = {way for each in self._side for way in self.outgoing[each]}
        main: set[int] = set()
        todo = [way for start in self.starts for way in self.outgoing[start.id]]
        while todo:
            flow = todo.pop()
            if flow not in main and flow not in beside:
                main.add(flow)
                todo.extend(self.next_flows(self.targets[flow]))
        reached = self._reached(iter(self.outgoing[event_id]))
        return not reached & main and not any(self.finishes(self.targets[flow]) for flow in reached)

    def _can_happen(self, host: Node, event_id: str) -> bool:
        event = self.scope.nodes[event_id]
        kinds = [kind_of(each) for each in event.events]
        if host.kind not in ("callActivity", "subProcess", "transaction") or not kinds:
            return True
        inner = self._inner(host)
        raised = {"error": inner.errors, "escalation": inner.escalations}.get(kinds[0])
        if raised is None:
            return True
        code = reference_of(self._release, event, event.events[0], kinds[0])
        return bool(raised) if code is None else bool({code, None} & raised)

    def happens(self, event_id: str) -> bool:
        """Return whether what a boundary event waits for can happen inside its activity."""
        return self._happening.get(event_id, True)

    def begin(self, start: Node) -> State:
        """Return the state just behind a start event."""
        return tuple(sorted(self.outgoing[start.id]))

    def moves(self, state: State, *, everywhere: bool = False) -> list[Move]:
        """Return what may happen next at the first element at which something can and nothing more can arrive.

        That is enough to find every trouble, unless a branch may turn in a circle for ever beside the others: then
        ``everywhere`` asks for what may happen at any element. Of several ends that finish everything, each may come.
        """
        waiting: dict[str, list[int]] = {}
        for flow in state:
            waiting.setdefault(self.targets[flow].id, []).append(flow)
        found: list[Move] = []
        for node_id in sorted(waiting, key=lambda each: self.order[each]):
            node = self.scope.nodes[node_id]
            here = self._moves_at(node, waiting[node_id], state)
            if here and not everywhere and not self.finishes(node) and self._is_settled(node, waiting):
                return here
            found += here
        return found or self._first_of_waiting_joins(waiting)

    def _is_settled(self, node: Node, waiting: Mapping[str, list[int]]) -> bool:
        """Return whether no other token can arrive at ``node`` as long as nothing happens there."""
        others = [each for each in waiting if each != node.id]
        if not any(node.id in self._ahead_of(each) for each in others):
            return True
        key = node.id, frozenset(flow for each in others for flow in waiting[each])
        if key not in self._settled:
            self._settled[key] = self._cannot_arrive(node, key[1])
        return self._settled[key]

    def _ahead_of(self, node_id: str) -> frozenset[str]:
        """Return the elements to which ways lead from an element."""
        if node_id not in self._ahead:
            reached = self._reached(self.next_flows(self.scope.nodes[node_id]))
            self._ahead[node_id] = frozenset(self.targets[flow].id for flow in reached)
        return self._ahead[node_id]

    def _cannot_arrive(self, node: Node, tokens: frozenset[int]) -> bool:
        held = set(tokens)
        todo = list(tokens)
        while todo:
            target = self.targets[todo.pop()]
            if target.kind == "parallelGateway" and not held.issuperset(self.incoming[target.id]):
                continue
            for flow in self.next_flows(target):
                if self.targets[flow].id == node.id:
                    return False
                if flow not in held:
                    held.add(flow)
                    todo.append(flow)
        return True

    def _first_of_waiting_joins(self, waiting: Mapping[str, list[int]]) -> list[Move]:
        """Let the first inclusive join go on when several wait for each other around a loop: its round is over."""
        joins = [self.scope.nodes[each] for each in sorted(waiting, key=lambda each: self.order[each])]
        first = next((each for each in joins if each.kind == "inclusiveGateway"), None)
        return [] if first is None else self._join(first, waiting[first.id])

    def _join(self, node: Node, here: list[int]) -> list[Move]:
        taken = tuple(sorted(set(here)))
        return [Move(node, taken, given) for given in subsets(self.outgoing[node.id])] or [Move(node, taken, ())]

    def _moves_at(self, node: Node, here: list[int], state: State) -> list[Move]:
        ways = self.outgoing[node.id]
        if node.kind == "parallelGateway":
            wanted = self.incoming[node.id]
            return [Move(node, wanted, ways)] if set(wanted) <= set(here) else []
        if node.kind == "inclusiveGateway":
            if len(self.incoming[node.id]) > 1 and self._more_may_come(node, here, state):
                return []
            return self._join(node, here)
        taken = (here[0],)
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [Move(node, taken, (way,)) for way in ways] or [Move(node, taken, ())]
        if node.kind == "endEvent":
            return [Move(node, taken, (), finishes=self.finishes(node))]
        return list(self._activity(node, taken, state)) or [Move(node, taken, ways)]

    def _activity(self, node: Node, taken: tuple[int, ...], state: State) -> Iterator[Move]:
        """Yield how an activity may go: done or interrupted, with each of its side paths begun or not.

        A side path that leads back to the activity may arrive there before it is done.
        """
        inner = self._inner(node) if node.kind in ("callActivity", "subProcess", "transaction") else Outcomes()
        events = [each for each in self.boundary.get(node.id, ()) if self.happens(each.id)]
        beside = [
            each
            for each in events
            if each.attribute("cancelActivity") == "false"
            and each.id not in self._apart_ids
            and not self._side[each.id] & set(state)
        ]
        for event in beside:
            if node.id in self._ahead_of(event.id):
                yield Move(node, (), self.outgoing[event.id], (event.id,))
        chosen: list[tuple[Node, ...]] = [(), *((each,) for each in beside)]
        if len(beside) > 1:
            chosen.append(tuple(beside))
        for side in chosen:
            begun = tuple(way for each in side for way in self.outgoing[each.id])
            names = tuple(each.id for each in side)
            if inner.completes:
                yield Move(node, taken, (*self.outgoing[node.id], *begun), names)
            for event in events:
                if event.attribute("cancelActivity") != "false":
                    yield Move(node, taken, (*self.outgoing[event.id], *begun), (*names, event.id))

    def _more_may_come(self, node: Node, here: list[int], state: State) -> bool:
        """Return whether a token elsewhere could still reach an empty way into an inclusive gateway."""
        empty = [way for way in self.incoming[node.id] if way not in here]
        elsewhere = {flow for flow in state if self.targets[flow].id != node.id}
        return any(elsewhere & self._feeders(node, way) for way in empty)

    def _feeders(self, node: Node, way: int) -> frozenset[int]:
        key = node.id, way
        if key not in self._feeding:
            closed = self._closed_by(node)
            self._feeding[key] = frozenset(
                flow for flow in range(len(self.flows)) if way in self._reached(iter((flow,)), without=closed)
            )
        return self._feeding[key]

    def _closed_by(self, node: Node) -> set[str]:
        """Return ``node`` and the parallel joins that cannot go on before it has."""
        begun = [way for start in self.starts for way in self.outgoing[start.id]]
        before = self._reached(iter(begun), without={node.id})
        return {node.id} | {
            each.id
            for each in self.scope.nodes.values()
            if each.kind == "parallelGateway" and not before.issuperset(self.incoming[each.id])
        }

    def after(self, state: State, move: Move) -> State:
        """Return the state after ``move``."""
        if move.finishes:
            return ()
        left = list(state)
        for flow in move.taken:
            left.remove(flow)
        return tuple(sorted((*left, *move.given)))


def outcomes(release: Release, scope: Scope, inner: Mapping[str, Outcomes]) -> Outcomes:
    """Return how the game of ``scope`` may end, as drawn; ``inner`` are the outcomes of what it calls or contains."""
    found = Outcomes(completes=False)
    for node in scope.nodes.values():
        kinds = {kind_of(each): each for each in node.events}
        if node.kind == "endEvent" and not kinds.keys() & {"error", "cancel"}:
            found.completes = True
        if node.kind == "endEvent" and "error" in kinds:
            found.errors.add(reference_of(release, node, kinds["error"], "error"))
        if node.kind in ("endEvent", "intermediateThrowEvent") and "escalation" in kinds:
            found.escalations.add(reference_of(release, node, kinds["escalation"], "escalation"))
        if node.kind == "serviceTask":
            found.errors.add(None)
        if node.id in inner:
            found.errors |= inner[node.id].errors
            found.escalations |= inner[node.id].escalations
    return found
