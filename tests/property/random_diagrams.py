"""Random block-structured diagrams, their BPMN, and a small token interpreter that knows nothing of SpiffWorkflow.

A diagram is a list of blocks; a block is a tuple whose first entry names its kind. Choices are taken by an oracle that
both sides ask with the same question: a service task asks it before every gateway that decides.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.unit.interpreter_drawing import (
    boundary,
    end,
    error,
    event,
    flow,
    message,
    node,
    process,
    script,
    start,
    timer,
    user,
)

Block = tuple[Any, ...]


class Oracle:
    """Decides at gateways: the same answer for the same question in the same step of the same play."""

    def __init__(self, seed: int) -> None:
        self.seed, self.step = seed, 0

    def choose(self, gateway: str, among: int) -> int:
        digest = hashlib.sha256(f"{self.seed}|{gateway}|{self.step}".encode()).hexdigest()
        return int(digest[:8], 16) % among


class Generator:
    """Makes a diagram from a seed."""

    WEIGHTS = {
        "user": 22, "script": 4, "xor": 9, "and": 12, "or": 9, "loop": 12, "sub": 9, "call": 5, "many": 8, "event": 6,
        "host": 14, "throw": 6,
    }  # fmt: skip
    SMALL = {"user": 22, "script": 4, "event": 3, "throw": 6}

    def __init__(self, seed: int, blocks: int = 10, depth: int = 3) -> None:
        self.random = random.Random(seed)
        self.left, self.depth, self.count = self.random.randint(3, blocks), depth, 0

    def name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def diagram(self) -> list[Block]:
        return self.sequence(0, [], parallel=False)

    def sequence(self, depth: int, codes: list[str], *, parallel: bool, least: int = 1) -> list[Block]:
        return [self.block(depth, codes, parallel) for _ in range(self.random.randint(least, 3))]

    def block(self, depth: int, codes: list[str], parallel: bool) -> Block:
        self.left -= 1
        weights = dict(self.SMALL if self.left <= 0 or depth >= self.depth else self.WEIGHTS)
        if not codes:
            weights.pop("throw")
        kind = self.random.choices(list(weights), list(weights.values()))[0]
        return getattr(self, f"make_{kind}")(depth, codes, parallel)  # type: ignore[no-any-return]

    def make_user(self, *_: Any) -> Block:
        return ("user", self.name("u"))

    def make_script(self, *_: Any) -> Block:
        return ("script", self.name("x"), self.random.randint(0, 9))

    def _branches(self, depth: int, codes: list[str], parallel: bool) -> list[list[Block]]:
        return [self.sequence(depth + 1, codes, parallel=parallel) for _ in range(self.random.choice([2, 2, 3]))]

    def make_xor(self, depth: int, codes: list[str], parallel: bool) -> Block:
        name, branches = self.name("g"), self._branches(depth, codes, parallel)
        if self.random.random() < 0.3:
            branches[self.random.randrange(len(branches))] = []
        return ("xor", name, branches)

    def make_and(self, depth: int, codes: list[str], _: bool) -> Block:
        return ("and", self.name("p"), self._branches(depth, codes, True))

    def make_or(self, depth: int, codes: list[str], _: bool) -> Block:
        return ("or", self.name("o"), self._branches(depth, codes, True))

    def make_loop(self, depth: int, codes: list[str], parallel: bool) -> Block:
        return ("loop", self.name("l"), self.random.randint(1, 3), self.sequence(depth + 1, codes, parallel=parallel))

    def make_sub(self, depth: int, codes: list[str], _: bool) -> Block:
        return ("sub", self.name("s"), self.sequence(depth + 1, codes, parallel=False))

    def make_call(self, depth: int, codes: list[str], _: bool) -> Block:
        return ("call", self.name("c"), self.sequence(depth + 1, codes, parallel=False))

    def make_many(self, depth: int, codes: list[str], _: bool) -> Block:
        kind = self.random.choice(["user", "sub", "call"] if depth < self.depth else ["user"])
        inner = getattr(self, f"make_{kind}")(depth, codes, False)
        return ("many", inner[1], self.random.random() < 0.5, self.random.randint(1, 3), inner)

    def make_event(self, depth: int, codes: list[str], parallel: bool) -> Block:
        kinds = self.random.choice([("message", "message"), ("message", "timer")])
        seconds = self.random.randint(60, 9_000)
        return (
            "event",
            self.name("e"),
            kinds,
            seconds,
            [self.sequence(depth + 1, codes, parallel=parallel, least=0) for _ in kinds],
        )

    def make_throw(self, _: int, codes: list[str], __: bool) -> Block:
        return ("throw", self.name("t"), self.random.choice(codes))

    def make_host(self, depth: int, codes: list[str], parallel: bool) -> Block:
        name, kind = self.name("b"), self.random.choice(["user", "sub", "sub", "call", "many"])
        fails = kind in ("sub", "call") and self.random.random() < 0.5
        inner = [*codes, f"E_{name}"] if fails else codes
        host = getattr(self, f"make_{kind}")(depth, inner, False)
        events = []
        for _ in range(self.random.choice([1, 1, 2])):
            interrupting = self.random.random() < 0.5
            merges = interrupting and (parallel or self.random.random() < 0.6)
            handler = self.sequence(depth + 1, codes, parallel=parallel and merges, least=0)
            events.append(
                (
                    self.random.choice(["message", "timer"]),
                    interrupting,
                    merges,
                    handler,
                    self.random.randint(60, 9_000),
                )
            )
        if fails:
            merges = parallel or self.random.random() < 0.6
            events.append(
                ("error", True, merges, self.sequence(depth + 1, codes, parallel=parallel and merges, least=0), 0)
            )
        return ("host", name, host, events)


class Drawing:
    """Draws a diagram as BPMN."""

    def __init__(self, diagram: list[Block]) -> None:
        self.declared: list[str] = []
        self.processes: list[str] = []
        main = process(self.scope("", diagram), "P")
        self.parts = [*self.declared, main, *self.processes]

    def scope(self, name: str, blocks: list[Block]) -> str:
        out = [start(f"S_{name}"), end(f"E_{name}")]
        last = self.chain(blocks, f"S_{name}", out)
        out.append(flow(last, f"E_{name}"))
        return "".join(out)

    def chain(self, blocks: list[Block], before: str, out: list[str], condition: str | None = None) -> str:
        for block in blocks:
            entry, leave = getattr(self, f"draw_{block[0]}")(block, out)
            out.append(flow(before, entry, condition))
            before, condition = leave, None
        return before

    def branch(self, blocks: list[Block], fork: str, join: str, out: list[str], condition: str | None = None) -> None:
        if blocks:
            out.append(flow(self.chain(blocks, fork, out, condition), join))
        else:
            out.append(flow(fork, join, condition))

    def ask(self, name: str, out: list[str]) -> None:
        out.append(f'<bpmn:serviceTask id="{name}q"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="check"/>'
                   "</bpmn:extensionElements></bpmn:serviceTask>")  # fmt: skip

    def draw_user(self, block: Block, out: list[str], inside: str = "") -> tuple[str, str]:
        out.append(user(block[1], inside))
        return block[1], block[1]

    def draw_script(self, block: Block, out: list[str]) -> tuple[str, str]:
        out.append(script(block[1], f"w{block[2]} = {block[2]}"))
        return block[1], block[1]

    def draw_sub(self, block: Block, out: list[str], inside: str = "") -> tuple[str, str]:
        out.append(node("subProcess", block[1], inside + self.scope(block[1], block[2])))
        return block[1], block[1]

    def draw_call(self, block: Block, out: list[str], inside: str = "") -> tuple[str, str]:
        out.append(node("callActivity", block[1], inside, calledElement=f"Q_{block[1]}"))
        self.processes.append(process(self.scope(block[1], block[2]), f"Q_{block[1]}"))
        return block[1], block[1]

    def draw_many(self, block: Block, out: list[str]) -> tuple[str, str]:
        _, name, sequential, times, inner = block
        marker = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:loopDataInputRef>'
            f'items_{name}</bpmn:loopDataInputRef><bpmn:inputDataItem id="it_{name}"/></bpmn:multiInstanceLoopCharacteristics>'
        )
        out.append(script(f"{name}i", f"items_{name} = {list(range(times))}"))
        entry, leave = getattr(self, f"draw_{inner[0]}")(inner, out, marker)
        out.append(flow(f"{name}i", entry))
        return f"{name}i", leave

    def draw_xor(self, block: Block, out: list[str]) -> tuple[str, str]:
        return self._decide("exclusiveGateway", block, out, lambda at: f"{block[1]} == {at}")

    def draw_or(self, block: Block, out: list[str]) -> tuple[str, str]:
        return self._decide("inclusiveGateway", block, out, lambda at: f"{block[1]}_{at} == 1")

    def _decide(self, kind: str, block: Block, out: list[str], condition: Callable[[int], str]) -> tuple[str, str]:
        _, name, branches = block
        self.ask(name, out)
        fork, join = f"{name}a", f"{name}z"
        last = branches[-1]
        target = join if not last else entry_of(last[0])
        out += [node(kind, fork, default=f"{fork}-{target}"), node(kind, join), flow(f"{name}q", fork)]
        for at, branch in enumerate(branches[:-1]):
            self.branch(branch, fork, join, out, condition(at))
        self.branch(last, fork, join, out)
        return f"{name}q", join

    def draw_and(self, block: Block, out: list[str]) -> tuple[str, str]:
        _, name, branches = block
        fork, join = f"{name}a", f"{name}z"
        out += [node("parallelGateway", fork), node("parallelGateway", join)]
        for branch in branches:
            self.branch(branch, fork, join, out)
        return fork, join

    def draw_loop(self, block: Block, out: list[str]) -> tuple[str, str]:
        _, name, times, body = block
        zero, merge, count, again, leave = (f"{name}{letter}" for letter in "0mcgx")
        out += [
            script(zero, f"n_{name} = 0"), node("exclusiveGateway", merge), script(count, f"n_{name} = n_{name} + 1"),
            node("exclusiveGateway", again, default=f"{again}-{leave}"), node("exclusiveGateway", leave),
            flow(zero, merge), flow(count, again), flow(again, merge, f"n_{name} &lt; {times}"), flow(again, leave),
        ]  # fmt: skip
        self.branch(body, merge, count, out)
        return zero, leave

    def draw_event(self, block: Block, out: list[str]) -> tuple[str, str]:
        _, name, kinds, seconds, branches = block
        join = f"{name}z"
        out += [node("eventBasedGateway", name), node("exclusiveGateway", join)]
        for at, (kind, branch) in enumerate(zip(kinds, branches, strict=True)):
            catch = f"{name}c{at}"
            out += [node("intermediateCatchEvent", catch, self.definition(kind, catch, seconds)), flow(name, catch)]
            self.branch(branch, catch, join, out)
        return name, join

    def definition(self, kind: str, name: str, seconds: int) -> str:
        if kind == "timer":
            return timer("Duration", f"PT{seconds}S")
        self.declared.append(message(f"M_{name}"))
        return event("message", f"m_M_{name}")

    def draw_throw(self, block: Block, out: list[str]) -> tuple[str, str]:
        _, name, code = block
        self.ask(name, out)
        fork, join, thrown = f"{name}a", f"{name}z", f"{name}e"
        out += [
            node("exclusiveGateway", fork, default=f"{fork}-{join}"), node("exclusiveGateway", join),
            end(thrown, event("error", f"e_{code}")), flow(f"{name}q", fork), flow(fork, thrown, f"{name} == 0"),
            flow(fork, join),
        ]  # fmt: skip
        return f"{name}q", join

    def draw_host(self, block: Block, out: list[str]) -> tuple[str, str]:
        _, name, host, events = block
        join = f"{name}z"
        entry, leave = getattr(self, f"draw_{host[0]}")(host, out)
        out += [node("exclusiveGateway", join), flow(leave, join)]
        for at, (kind, interrupting, merges, handler, seconds) in enumerate(events):
            on = f"{name}e{at}"
            if kind == "error":
                self.declared.append(error(f"E_{name}"))
                definition = event("error", f"e_E_{name}")
            else:
                definition = self.definition(kind, on, seconds)
            out.append(boundary(on, host[1], definition, interrupting=interrupting))
            if not merges:
                out.append(end(f"{on}x"))
            self.branch(handler, on, join if merges else f"{on}x", out)
        return entry, join


def entry_of(block: Block) -> str:
    """Return the id of the element with which a drawn block begins."""
    suffix = {"xor": "q", "or": "q", "throw": "q", "and": "a", "loop": "0", "many": "i"}
    if block[0] == "host":
        return entry_of(block[2])
    return str(block[1]) + suffix.get(block[0], "")


@dataclass
class Region:
    """Part of the diagram that can be cancelled as a whole; ``items`` are those of the repetitions around it."""

    parent: Region | None = None
    cancelled: bool = False
    items: dict[str, int] = field(default_factory=dict)
    catches: dict[str, Callable[[], None]] = field(default_factory=dict)
    depth: int = 0

    def inside(self, **items: int) -> Region:
        return Region(self, False, {**self.items, **items}, dict(self.catches), self.depth + 1)

    @property
    def alive(self) -> bool:
        return not self.cancelled and (self.parent is None or self.parent.alive)


@dataclass
class Waiting:
    """Something that waits: a person (``task``), a message, or a timer (``due``)."""

    region: Region
    go: Callable[[], None]
    task: str = ""
    message: str = ""
    due: datetime | None = None


class Tokens:
    """Counts the tokens of a scope; the last one ends it."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self.count, self.ended = 1, ended

    def end(self) -> None:
        self.count -= 1
        if self.count == 0:
            self.ended()


class TokenGame:
    """Plays a diagram token by token."""

    def __init__(self, diagram: list[Block], oracle: Oracle, now: datetime) -> None:
        self.oracle, self.now, self.done = oracle, now, False
        self._waiting: list[Waiting] = []
        tokens = Tokens(self._finish)
        self.sequence(diagram, Region(), tokens, tokens.end)

    def _finish(self) -> None:
        self.done = True

    @property
    def waiting(self) -> list[Waiting]:
        self._waiting = [each for each in self._waiting if each.region.alive]
        return self._waiting

    def open(self) -> list[tuple[str, tuple[tuple[str, int], ...]]]:
        return sorted((each.task, tuple(sorted(each.region.items.items()))) for each in self.waiting if each.task)

    def messages(self) -> list[str]:
        return sorted({each.message for each in self.waiting if each.message})

    def next_due(self) -> datetime | None:
        return min((each.due for each in self.waiting if each.due is not None), default=None)

    def complete(self, task: str, items: tuple[tuple[str, int], ...]) -> None:
        found = next(
            each for each in self.waiting if each.task == task and tuple(sorted(each.region.items.items())) == items
        )
        self._waiting.remove(found)
        found.go()

    def deliver(self, name: str) -> None:
        self._fire([each for each in self.waiting if each.message == name])

    def advance(self, to: datetime) -> None:
        self.now = to
        while due := [each for each in self.waiting if each.due is not None and each.due <= to]:
            self._fire(due)

    def _fire(self, found: list[Waiting]) -> None:
        for each in sorted(found, key=lambda one: one.region.depth):
            if each.region.alive and each in self._waiting:
                self._waiting.remove(each)
                each.go()

    def sequence(self, blocks: list[Block], region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        if not region.alive:
            return
        if not blocks:
            then()
            return
        first, *rest = blocks
        play = getattr(self, f"play_{first[0]}")
        play(first, region, tokens, lambda: self.sequence(rest, region, tokens, then))

    def play_user(self, block: Block, region: Region, _: Tokens, then: Callable[[], None]) -> None:
        self._waiting.append(Waiting(region, then, task=block[1]))

    def play_script(self, _: Block, __: Region, ___: Tokens, then: Callable[[], None]) -> None:
        then()

    def play_sub(self, block: Block, region: Region, _: Tokens, then: Callable[[], None]) -> None:
        inner = Tokens(lambda: then() if region.alive else None)
        self.sequence(block[2], region, inner, inner.end)

    play_call = play_sub

    def play_many(self, block: Block, region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        _, name, sequential, times, inner = block
        play = getattr(self, f"play_{inner[0]}")
        left = times

        def one_done() -> None:
            nonlocal left
            left -= 1
            if not region.alive:
                return
            if left == 0:
                then()
            elif sequential:
                begin(times - left)

        def begin(at: int) -> None:
            play(inner, region.inside(**{f"it_{name}": at}), tokens, one_done)

        for at in range(1 if sequential else times):
            begin(at)

    def play_xor(self, block: Block, region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        self.sequence(block[2][self.oracle.choose(block[1], len(block[2]))], region, tokens, then)

    def _together(self, branches: list[list[Block]], region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        left = len(branches)

        def one_done() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                then()

        for branch in branches:
            self.sequence(branch, region, tokens, one_done)

    def play_and(self, block: Block, region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        self._together(block[2], region, tokens, then)

    def play_or(self, block: Block, region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        _, name, branches = block
        chosen = [each for at, each in enumerate(branches[:-1]) if self.oracle.choose(f"{name}_{at}", 2) == 1]
        self._together(chosen or [branches[-1]], region, tokens, then)

    def play_loop(self, block: Block, region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        def turn(number: int) -> None:
            self.sequence(block[3], region, tokens, then if number == block[2] else lambda: turn(number + 1))

        turn(1)

    def play_event(self, block: Block, region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        _, name, kinds, seconds, branches = block
        choice = region.inside()

        def happen(branch: list[Block]) -> None:
            choice.cancelled = True
            self.sequence(branch, region, tokens, then)

        for at, (kind, branch) in enumerate(zip(kinds, branches, strict=True)):
            self._listen(choice, kind, f"{name}c{at}", seconds, lambda branch=branch: happen(branch))  # type: ignore[misc]

    def _listen(self, region: Region, kind: str, name: str, seconds: int, go: Callable[[], None]) -> None:
        if kind == "timer":
            self._waiting.append(Waiting(region, go, due=self.now + timedelta(seconds=seconds)))
        else:
            self._waiting.append(Waiting(region, go, message=f"M_{name}"))

    def play_throw(self, block: Block, region: Region, _: Tokens, then: Callable[[], None]) -> None:
        if self.oracle.choose(block[1], 3) == 0:
            region.catches[block[2]]()
        else:
            then()

    def play_host(self, block: Block, region: Region, tokens: Tokens, then: Callable[[], None]) -> None:
        _, name, host, events = block
        activity = region.inside()

        def handle(handler: list[Block], merges: bool) -> None:
            self.sequence(handler, region, tokens, then if merges else tokens.end)

        def interrupt(handler: list[Block], merges: bool) -> None:
            activity.cancelled = True
            handle(handler, merges)

        def listen(at: int) -> None:
            kind, interrupting, merges, handler, seconds = events[at]
            on = f"{name}e{at}"

            def fire() -> None:
                if interrupting:
                    interrupt(handler, merges)
                    return
                tokens.count += 1
                if kind == "message":
                    listen(at)
                handle(handler, False)

            self._listen(activity, kind, on, seconds, fire)

        for at, (kind, _, merges, handler, _) in enumerate(events):
            if kind == "error":
                activity.catches[f"E_{name}"] = lambda handler=handler, merges=merges: interrupt(handler, merges)  # type: ignore[misc]
            else:
                listen(at)

        def finished() -> None:
            activity.cancelled = True
            then()

        inner = activity.inside()
        inner.catches = activity.catches
        getattr(self, f"play_{host[0]}")(host, inner, tokens, finished)
