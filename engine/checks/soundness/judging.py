"""The games of a whole release, each played once."""

from __future__ import annotations

from functools import partial

from engine.checks.soundness.exploring import Explored, explore
from engine.checks.soundness.game import Game, Outcomes, outcomes
from engine.interpreter.drawing import Node, Scope
from engine.interpreter.release import Release

CALLS = ("callActivity", "subProcess", "transaction")
"""What plays a game of its own."""


class Soundness:
    """Plays the games of the scopes of a release when they are asked for, and remembers what was found."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._scopes = {scope.id: scope for scope in release.scopes()}
        self._outcomes: dict[str, Outcomes] = {}
        self._explored: dict[tuple[str, str], Explored] = {}
        self._games: dict[tuple[str, str], Game] = {}

    def outcomes(self, node: Node) -> Outcomes:
        """Return how what ``node`` calls or contains may end; what is unknown may end in every way."""
        called = node.attribute("calledElement") or "" if node.kind == "callActivity" else node.id
        scope = self._scopes.get(called)
        if scope is None:
            return Outcomes(errors={None}, escalations={None})
        if called not in self._outcomes:
            self._outcomes[called] = Outcomes(errors={None}, escalations={None})  # for circles, which are refused
            inner = {each.id: self.outcomes(each) for each in scope.nodes.values() if each.kind in CALLS}
            self._outcomes[called] = outcomes(self._release, scope, inner)
        return self._outcomes[called]

    def game(self, scope: Scope) -> Game:
        """Return the game of ``scope``."""
        place = scope.file, scope.id
        if place not in self._games:
            self._games[place] = Game(self._release, scope, self.outcomes)
        return self._games[place]

    def of(self, scope: Scope) -> Explored:
        """Return what was found out about ``scope``."""
        place = scope.file, scope.id
        if place not in self._explored:
            inner = tuple((node.id, self.outcomes(node).key()) for node in scope.nodes.values() if node.kind in CALLS)
            key = (self._release.digest_of(scope.file), scope.id, inner)
            self._explored[place] = self._release.kept.get("explored", key, partial(self._explore, scope))
        return self._explored[place]

    def _explore(self, scope: Scope) -> Explored:
        return explore(self.game(scope))
