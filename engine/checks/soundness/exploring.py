"""Exploring the states of a game, breadth first, so that the way to a trouble is a shortest one."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.checks.soundness.game import Game, Move, State
from engine.interpreter.drawing import Node

LIMIT = 400_000
"""How many tokens are looked at, in all states together, before a diagram counts as not decided: about two seconds."""

MOST_LOOKED_BACK = 100_000
"""How many states are looked back upon for a smaller one before tokens that meet count as only meeting."""

Before = dict[State, list[State]]

DEADLOCK, TWICE, GROWTH, ENDLESS = "deadlock", "twice", "growth", "endless"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that can go wrong at ``node``: the ways into it that stay empty, and the way that leads there."""

    kind: str
    node: Node
    path: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Explored:
    """What was found out about one game; ``ran`` holds the elements and flows that can be reached."""

    states: int = 0
    effort: int = 0
    decided: bool = True
    troubles: list[Trouble] = field(default_factory=list)
    ran: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Walk:
    """Where each state was first reached from."""

    start: Node
    everywhere: bool = False
    came: dict[State, tuple[State, Move] | None] = field(default_factory=dict)
    following: dict[State, list[State]] = field(default_factory=dict)

    def back(self, state: State) -> Iterator[tuple[State, Move]]:
        """Yield the states before ``state``, the nearest first, with the move out of each."""
        step = self.came[state]
        while step is not None:
            yield step
            step = self.came[step[0]]


def explore(game: Game, limit: int = LIMIT) -> Explored:
    """Play ``game`` from each of its start events in every way that matters."""
    found = Explored()
    seen_at: set[tuple[str, str]] = set()
    for start in (*game.starts, *game.apart):
        troubles = list(_explore(game, _Walk(start), found, limit))
        if any(each.kind == ENDLESS for each in troubles):
            found.effort = 0
            troubles = list(_explore(game, _Walk(start, everywhere=True), found, limit))
        for trouble in troubles:
            if (trouble.kind, trouble.node.id) not in seen_at:
                seen_at.add((trouble.kind, trouble.node.id))
                found.troubles.append(trouble)
    return found


def _explore(game: Game, walk: _Walk, found: Explored, limit: int) -> Iterator[Trouble]:
    first = game.begin(walk.start)
    crowds: dict[str, list[State]] = {}
    found.ran |= {walk.start.id, *(game.flows[way].id for way in first)}
    walk.came[first] = None
    todo, cut = deque([first]), set()
    while todo:
        state = todo.popleft()
        found.states += 1
        if found.effort > limit:
            found.decided = False
            break
        crowded = _crowded(game, state)
        if crowded is not None:
            crowds.setdefault(crowded.id, []).append(state)
            cut.add(state)
            continue
        moves = game.moves(state, everywhere=walk.everywhere)
        if state and not moves:
            yield from _stuck(game, walk, state)
            cut.add(state)
        walk.following[state] = []
        found.effort += len(state) * (1 + len(moves))
        for move in moves:
            found.ran |= {move.node.id, *move.events, *(game.flows[way].id for way in move.given)}
            after = game.after(state, move)
            walk.following[state].append(after)
            if after not in walk.came:
                walk.came[after] = (state, move)
                todo.append(after)
    before = _before(walk)
    yield from _crowds(game, walk, before, crowds)
    if found.decided:
        yield from _never_ending(game, walk, before, cut)


def _path(game: Game, walk: _Walk, state: State) -> tuple[str, ...]:
    """Return the ids of the elements and flows on the way to ``state``."""
    moves = [move for _, move in walk.back(state)][::-1]
    path = [walk.start.id, *(game.flows[way].id for way in game.outgoing[walk.start.id])]
    for move in moves:
        path += [move.node.id, *move.events, *(game.flows[way].id for way in move.given)]
    return tuple(path)


def _crowded(game: Game, state: State) -> Node | None:
    """Return the element at which two tokens arrive that nothing brings together."""
    arrived: Counter[str] = Counter()
    for flow, count in Counter(state).items():
        node = game.targets[flow]
        if node.kind == "endEvent" and not node.events:
            continue
        if node.kind in ("parallelGateway", "inclusiveGateway"):
            if count > 1:
                return node
            continue
        arrived[node.id] += count
        if arrived[node.id] > 1:
            return node
    return None


def _before(walk: _Walk) -> Before:
    """Return the states that come just before each state, on whatever way."""
    before: Before = {}
    for state, following in walk.following.items():
        for each in following:
            before.setdefault(each, []).append(state)
    return before


def _crowds(game: Game, walk: _Walk, before: Before, crowds: Mapping[str, list[State]]) -> Iterator[Trouble]:
    """Tell of each crowded element whether its tokens become more and more, or two ways meet without being joined."""
    left = MOST_LOOKED_BACK
    for node_id, states in crowds.items():
        growing = None
        for state in states:
            grows, left = _grows(before, state, left)
            if grows:
                growing = state
                break
        kind, shown = (TWICE, states[0]) if growing is None else (GROWTH, growing)
        yield Trouble(kind, game.scope.nodes[node_id], _path(game, walk, shown))


def _grows(before: Before, state: State, most: int) -> tuple[bool, int]:
    """Return whether ``state`` follows a smaller one, so that it can grow again and again, and how much is left."""
    now, here = Counter(state), set(state)
    seen, todo = {state}, [state]
    while todo and most:
        for each in before.get(todo.pop(), ()):
            if each in seen:
                continue
            if each and len(each) < len(state) and here.issuperset(each) and Counter(each) <= now:
                return True, most
            most = max(0, most - 1)
            seen.add(each)
            todo.append(each)
    return False, most


def _stuck(game: Game, walk: _Walk, state: State) -> Iterator[Trouble]:
    path = _path(game, walk, state)
    for node_id in dict.fromkeys(game.targets[flow].id for flow in state):
        empty = tuple(game.flows[way].id for way in game.incoming[node_id] if way not in state)
        yield Trouble(DEADLOCK, game.scope.nodes[node_id], path, empty)


def _never_ending(game: Game, walk: _Walk, before: Before, cut: set[State]) -> Iterator[Trouble]:
    """Yield the first element from which no end can be reached any more, though something always happens."""
    ending = {state for state in walk.came if not state} | cut
    todo = list(ending)
    while todo:
        for each in before.get(todo.pop(), ()):
            if each not in ending:
                ending.add(each)
                todo.append(each)
    for state in walk.came:
        if state not in ending:
            node = min((game.targets[flow] for flow in state), key=lambda each: game.order[each.id])
            yield Trouble(ENDLESS, node, _path(game, walk, state))
            return
