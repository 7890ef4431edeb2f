"""Random diagrams: a case in memory, a case stored and pruned at every act, and an independent token game agree."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from engine.clock import FixedClock
from engine.interpreter import Program, Run, Step, begin, pruning, resume
from engine.interpreter.cases import Case
from engine.interpreter.record import Record
from engine.interpreter.step import Element
from tests.property.random_diagrams import Drawing, Generator, Oracle, TokenGame
from tests.unit.interpreter_drawing import MONDAY, release

DIAGRAMS = 150
ACTS = 25


class Asked:
    """The handler behind the questions of the gateways."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle

    def __call__(self, element: Element, handler: str, parameters: Mapping[str, Any]) -> dict[str, int]:
        gateway = element.id.removesuffix("q")
        if gateway.startswith("o"):
            return {f"{gateway}_{at}": self.oracle.choose(f"{gateway}_{at}", 2) for at in range(3)}
        among = 3 if gateway.startswith("t") else self.branches(element)
        return {gateway: self.oracle.choose(gateway, among)}

    def branches(self, element: Element) -> int:
        return self.counts[element.id.removesuffix("q")]

    counts: dict[str, int] = {}


def _count_branches(blocks: list[Any], counts: dict[str, int]) -> dict[str, int]:
    for block in blocks:
        if block[0] == "xor":
            counts[block[1]] = len(block[2])
        for part in block:
            if isinstance(part, list):
                for each in part:
                    if isinstance(each, list):
                        _count_branches(each, counts)
                    elif (
                        isinstance(each, tuple)
                        and each
                        and isinstance(each[0], str)
                        and each[0] in ("message", "timer", "error")
                    ):
                        _count_branches(each[3], counts)
                    elif isinstance(each, tuple):
                        _count_branches([each], counts)
            elif (
                isinstance(part, tuple)
                and part
                and isinstance(part[0], str)
                and len(part) > 1
                and block[0] in ("many", "host")
            ):
                _count_branches([part], counts)
    return counts


@contextmanager
def _kept_in_memory() -> Iterator[None]:
    """Let the case at rest keep its whole history; only long automatic runs forget, as they must."""
    kept = pruning.prune
    pruning.prune = lambda _: None
    try:
        yield
    finally:
        pruning.prune = kept


class Stored:
    """The case as the product runs it: bytes between any two acts."""

    def __init__(self, program: Program, services: Asked, clock: FixedClock) -> None:
        self.program, self.services, self.clock = program, services, clock
        self.step: Step = begin(program, "P", {"v0": 0}, services, clock)

    def run(self) -> Run:
        return resume(self.program, self.step.state, self.services, self.clock)

    def act(self, name: str, *arguments: Any) -> None:
        self.step = getattr(self.run(), name)(*arguments)


class Remembered(Stored):
    """The same case kept in memory, never stored."""

    def __init__(self, program: Program, services: Asked, clock: FixedClock) -> None:
        case = Case(program, "P", services, clock)
        self._run = Run(case)

        def first(one: Case) -> None:
            one.task_tree.data.update(v0=0)

        with _kept_in_memory():
            self.step = self._run._act(first)

    def run(self) -> Run:
        self._run._case.record = Record(self._run._case)
        return self._run

    def act(self, name: str, *arguments: Any) -> None:
        with _kept_in_memory():
            self.step = getattr(self.run(), name)(*arguments)


def _open(run: Run) -> list[tuple[str, tuple[tuple[str, int], ...]]]:
    return sorted(
        (each.element.id, tuple(sorted((name, value) for name, value in each.data.items() if name.startswith("it_"))))
        for each in run.open_tasks()
    )


def _guid(run: Run, key: tuple[str, tuple[tuple[str, int], ...]]) -> Any:
    """Return the oldest open task of that key: several firings of one event may have opened the same task."""
    age = {guid: task.last_state_change for guid, task in run._open.items()}
    return min((each.guid for each in run.open_tasks() if _open_key(each) == key), key=age.__getitem__)


def _open_key(task: Any) -> tuple[str, tuple[tuple[str, int], ...]]:
    return task.element.id, tuple(sorted((k, v) for k, v in task.data.items() if k.startswith("it_")))


def play(seed: int, acts: int = ACTS) -> tuple[int, bool]:
    """Play one random diagram; return the number of acts and whether the case ended."""
    diagram = Generator(seed).diagram()
    program = release(*Drawing(diagram).parts)
    oracle, clock, choice = Oracle(seed), FixedClock(MONDAY), random.Random(seed * 7919 + 1)
    services = Asked(oracle)
    services.counts = _count_branches(diagram, {})
    stored, remembered = Stored(program, services, clock), Remembered(program, services, clock)
    game = TokenGame(diagram, oracle, MONDAY)
    for act in range(1, acts + 1):
        run = stored.run()
        told = f"seed {seed}, act {act}, diagram {diagram}"
        assert stored.step.ended == game.done, told
        assert remembered.step.ended == game.done, told
        assert stored.step.data == remembered.step.data, told
        if game.done:
            return act, True
        assert _open(run) == game.open(), told
        assert _open(remembered.run()) == game.open(), told
        assert run.waiting_messages() == game.messages(), told
        assert stored.step.next_due_at == game.next_due(), told
        assert run.data == stored.step.data, told
        acts_possible: list[tuple[Any, ...]] = [("complete", each) for each in sorted(set(game.open()))] * 2
        acts_possible += [("deliver", each) for each in game.messages()]
        if game.next_due() is not None:
            acts_possible.append(("refresh",))
        assert acts_possible, f"stuck: {told}"
        chosen = choice.choice(acts_possible)
        oracle.step = act
        if chosen[0] == "complete":
            answers = {f"v{choice.randint(0, 3)}": act, "last": chosen[1][0]}
            for each in (stored, remembered):
                each.act("complete", _guid(each.run(), chosen[1]), answers)
            game.complete(*chosen[1])
        elif chosen[0] == "deliver":
            for each in (stored, remembered):
                each.act("deliver", chosen[1], {"told": act})
            game.deliver(chosen[1])
        else:
            due = game.next_due()
            assert due is not None
            clock.set(due)
            for each in (stored, remembered):
                each.act("refresh")
            game.advance(due)
    return acts, False


@pytest.mark.parametrize("first", range(0, DIAGRAMS, 10))
def test_random_diagrams_run_as_an_independent_token_game_does(first):
    played = [play(seed) for seed in range(first, first + 10)]
    assert sum(acts for acts, _ in played) > 10


def test_the_random_diagrams_contain_every_kind_of_block():
    kinds: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, tuple | list):
            if value and isinstance(value[0], str):
                kinds.add(value[0])
            for each in value:
                look(each)

    for seed in range(DIAGRAMS):
        look(Generator(seed).diagram())
    assert kinds >= set(Generator.WEIGHTS) | {"error", "message", "timer"}


SOAKING = "SOAK_SECONDS" in os.environ
USER_A, USER_B, USER_C = ("user", "u1"), ("user", "u2"), ("user", "u3")
BODIES = {
    "a task": [USER_A],
    "parallel branches": [("and", "p1", [[USER_A], [USER_B]])],
    "inclusive branches": [("or", "o1", [[USER_A], [USER_B], [USER_C]])],
    "a sub-process and a call": [("sub", "s1", [USER_A]), ("call", "c1", [USER_B])],
    "a repetition": [("many", "u1", False, 2, USER_A)],
    "an event gateway": [("event", "e1", ("message", "timer"), 600, [[USER_A], [USER_B]])],
    "an interrupting event": [("host", "b1", ("sub", "s1", [USER_A]), [("message", True, True, [USER_B], 0)])],
    "a side path": [("host", "b1", USER_A, [("message", False, False, [USER_B], 0)])],
}


@pytest.mark.parametrize("body", BODIES)
def test_a_thousand_turns_of_a_loop_do_not_grow_the_state(body):
    turns = 1_000 if SOAKING or body == "a task" else 300  # what grows does so from turn to turn
    diagram = [("loop", "l1", 10**6, BODIES[body])]
    oracle, clock, choice = Oracle(7), FixedClock(MONDAY), random.Random(7)
    stored = Stored(release(*Drawing(diagram).parts), Asked(oracle), clock)
    largest, act = {"early": 0, "late": 0}, 0
    while (turn := stored.step.data.get("n_l1", 0)) < turns:
        act += 1
        oracle.step = act
        run = stored.run()
        acts: list[tuple[Any, ...]] = [("complete", key) for key in sorted(set(_open(run)))] * 2
        acts += [("deliver", name) for name in run.waiting_messages()]
        chosen = choice.choice(acts)
        if chosen[0] == "complete":
            stored.act("complete", _guid(run, chosen[1]), {"v1": act % 2, "last": chosen[1][0]})
        else:
            stored.act("deliver", chosen[1], {"told": act % 2})
        if 50 <= turn < 150:
            largest["early"] = max(largest["early"], len(stored.step.state))
        elif turn >= turns - 100:
            largest["late"] = max(largest["late"], len(stored.step.state))
    assert largest["late"] <= largest["early"] * 1.1
