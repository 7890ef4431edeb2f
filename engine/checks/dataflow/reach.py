"""What the data of a process depends on: its own file, and the files that it refers to, calls within calls included."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from engine.checks.dataflow.comparisons import decided
from engine.checks.dataflow.questions import Question, questions_at
from engine.checks.dataflow.sources import Sources, item_of
from engine.checks.dataflow.states import ANYTHING, UNKNOWN, State
from engine.interpreter.drawing import Drawing, Scope
from engine.interpreter.release import SCHEMA, Release
from engine.interpreter.xml import text_of


@dataclass(frozen=True, slots=True)
class _Refers:
    """What the diagrams of one file name in other files: called processes, forms, decisions."""

    calls: dict[str, tuple[str, ...]]
    forms: tuple[str, ...]
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the elements of one file ask, by scope and element, and the names that they read, set and compare."""

    questions: dict[tuple[str, str], tuple[Question, ...]]
    read: frozenset[str]
    sets: frozenset[str]
    compared: frozenset[str]


def _refers(release: Release) -> _Refers:
    nodes = list(release.nodes())
    decisions = {text_of(each.extension("calledDecisionId")) for each in nodes if each.kind == "businessRuleTask"}
    for _, call in decided(release):
        decisions |= {str(each.value) for each in call.args[:1] if isinstance(each, ast.Constant)}
    return _Refers(
        {each.id: tuple(sorted(release.called_by(each))) for each in release.processes},
        tuple(sorted({each.properties.get(SCHEMA, "") for each in nodes} - {""})),
        tuple(sorted(decisions)),
    )


def _asked(drawing: Drawing, sources: Sources) -> Asked:
    nodes = list(sources.release.alone(drawing).nodes())
    questions = {(each.scope.id, each.id): tuple(questions_at(each, sources)) for each in nodes}
    everything = [each for found in questions.values() for each in found]
    left = [state for each in nodes for state in sources.after(each, (State(),))]
    return Asked(
        questions,
        frozenset(read.name for each in everything for read in each.reads),
        frozenset[str]().union(*(state.ever for state in left)) | {name for each in nodes for name in item_of(each)},
        frozenset(read.name for each in everything if each.flow is not None for read in each.reads),
    )


class Reach:
    """Knows for each process of a release what changes whenever something may be known otherwise in it."""

    def __init__(self, release: Release, sources: Sources) -> None:
        self._release = release
        self._elsewhere = sources.elsewhere
        self._refers = {each.file: self._of(each, "refers", partial(_refers, release.alone(each))) for each in
                        release.drawings}  # fmt: skip
        self._own = {each.file: self._depends(each) for each in release.drawings}
        self.asked: dict[str, Asked] = {
            each.file: release.kept.get("asked", self._own[each.file], partial(_asked, each, sources))
            for each in release.drawings
        }
        self.read = frozenset[str]().union(*(each.read for each in self.asked.values())) | {ANYTHING, UNKNOWN}
        self.sets = frozenset[str]().union(*(each.sets for each in self.asked.values()))
        self.compared = frozenset[str]().union(*(each.compared for each in self.asked.values()))
        self._files = {process.id: process.file for process in release.processes}
        self._calls = {called: each for refers in self._refers.values() for called, each in refers.calls.items()}
        self._keys: dict[str, Hashable] = {}

    def _of(self, drawing: Drawing, what: str, make: partial[_Refers]) -> _Refers:
        return self._release.kept.get("written", (what, self._release.digest_of(drawing.file)), make)

    def _depends(self, drawing: Drawing) -> str:
        """Return what changes with a file and with the forms and decisions that it names."""
        release, refers = self._release, self._refers[drawing.file]
        parts = [release.digest_of(drawing.file)]
        parts += [release.digest_of(f"forms/{each}") for each in refers.forms]
        for each in refers.decisions:
            table = release.decisions.get(each)
            parts.append(f"{each} {'' if table is None else release.digest_of(table.file)}")
        return sha256("\n".join(parts).encode()).hexdigest()

    def key(self, scope: Scope) -> Hashable:
        """Return what changes whenever something may be known otherwise in ``scope`` for the same beginning.

        Where processes call each other in a circle, it depends on where one begins: nothing is kept then.
        """
        process = scope.process.id
        if process not in self._keys:
            self._keys[process] = self._key(process)
        return self._keys[process]

    def _key(self, process: str) -> Hashable:
        reached = list(dict.fromkeys(self._reached(process)))
        if any(each in self._reached(each) for each in reached):
            return object()
        files = sorted({self._files[each] for each in (process, *reached) if each in self._files})
        names = frozenset[str]().union(*(self.asked[each].sets for each in files))
        parts = [*(self._own[each] for each in files), *(each for each in reached if each not in self._files)]
        own = {process, *reached}
        parts += [repr((key, sorted(shared))) for key, shared in sorted(self._elsewhere.items()) if key[0] in own]
        parts += ["read", *sorted(self.read & names), "compared", *sorted(self.compared & names)]
        return sha256("\n".join(parts).encode()).hexdigest()

    def _reached(self, process: str) -> Iterator[str]:
        """Yield what a process calls, and what that calls, and so on; itself too where it is in a circle."""
        seen: set[str] = set()
        todo = list(self._calls.get(process, ()))
        while todo:
            called = todo.pop()
            if called not in seen:
                seen.add(called)
                yield called
                todo.extend(self._calls.get(called, ()))
