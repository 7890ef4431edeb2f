"""What each completion costs on the whole road from lead to cash: CPU and statements, by the shipped story of it.

The story is played several times, each time in a company of its own. A completion's figure is its cheapest, because
whatever else the machine does only adds to it. Measured is what a request does below the page, from the lock to the
last statement; who acts, the commit and the jobs behind are not. What the engine itself takes of it is told beside the
whole: a decision that keeps its documents, or a hand-over that opens every milestone, has more to do than an answer.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.engine import Say, on_stderr
from engine.database import count_statements
from engine.instances import feeding, services
from engine.releases.operations import read_folder
from engine.scenarios import Played, play, read
from engine.settings import Settings
from webui.scenarios import DemoWorld, demo_world

STORY = "scenarios/lead_to_cash.yaml"
PROCESSES = Path(__file__).parent.parent / "processes"
ROUNDS = 5
SHOWN = 20
DOMAINS = ((services, "call"), (feeding, "absorb"), (feeding, "set_statuses"))
"""Where the engine hands over to handlers and business records."""


@dataclass(slots=True)
class Cost:
    """What the completion of one work item costs."""

    element: str
    cpu_ms: float
    engine_ms: float
    """Of it, all but what handlers and business records take."""
    statements: int


class Meter:
    """Notes the cost of each completion in a world."""

    def __init__(self, world: DemoWorld) -> None:
        self._world = world
        self._beyond = 0.0
        self.costs: list[Cost] = []
        world.completing = self._completing

    @contextmanager
    def _completing(self, element: str) -> Iterator[None]:
        self._beyond = 0.0
        with count_statements(self._world.engine) as count, self._domains_timed():
            began = time.thread_time()
            yield
            took = time.thread_time() - began
        self.costs.append(Cost(element, took * 1000, (took - self._beyond) * 1000, count.statements))

    @contextmanager
    def _domains_timed(self) -> Iterator[None]:
        with ExitStack() as stack:
            for module, name in DOMAINS:
                stack.enter_context(patch.object(module, name, self._timed(getattr(module, name))))
            yield

    def _timed(self, called: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return called(*given, **named)
            finally:
                self._beyond += time.thread_time() - began

        return call


def measure(rounds: int, say: Say) -> tuple[Played, list[Cost]]:
    """Play the story ``rounds`` times; return how it went, and what each completion cost when it was cheapest."""
    files = read_folder(PROCESSES)
    told, usual = read({path: content for path, content in files.items() if path.startswith("scenarios/")})
    [story] = [each for each in told if each.file == STORY]
    zone = Settings.from_environment({"LTC_DATA": "var"}).zone
    cheapest: list[Cost] = []
    with demo_world(files, zone) as world:
        for number in range(rounds):
            say(f"from lead to cash, round {number + 1} of {rounds}")
            world.begin_anew()
            meter = Meter(world)
            played = play(story, world, usual)
            if played.failures:
                break
            pairs = zip(cheapest or meter.costs, meter.costs, strict=True)
            cheapest = [min(pair, key=lambda cost: cost.cpu_ms) for pair in pairs]
    return played, cheapest


def run(*, rounds: int = ROUNDS, say: Say | None = None) -> dict[str, Any]:
    """Measure and return the figures: those of the whole story, and ``completions`` in the order of the story.

    Raises ``RuntimeError`` when the story does not go as told.
    """
    played, costs = measure(rounds, say or on_stderr)
    if played.failures:
        raise RuntimeError("; ".join(played.failures))
    milliseconds, engine = [cost.cpu_ms for cost in costs], [cost.engine_ms for cost in costs]
    return {
        "story": STORY,
        "number": len(costs),
        "cpu_ms": round(sum(milliseconds), 1),
        "median_ms": round(statistics.median(milliseconds), 2),
        "cheapest_ms": round(min(milliseconds), 2),
        "dearest_ms": round(max(milliseconds), 2),
        "engine_ms": round(sum(engine), 1),
        "engine_median_ms": round(statistics.median(engine), 2),
        "engine_cheapest_ms": round(min(engine), 2),
        "engine_dearest_ms": round(max(engine), 2),
        "statements": sum(cost.statements for cost in costs),
        "median_statements": statistics.median(cost.statements for cost in costs),
        "completions": [
            {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(cost).items()}
            for cost in costs
        ],
    }


def table(figures: Mapping[str, Any]) -> str:
    """Return the dearest completions as a table for people, with the whole story beneath."""
    dearest = sorted(figures["completions"], key=lambda cost: -cost["cpu_ms"])[:SHOWN]
    width = max(len(cost["element"]) for cost in dearest)
    lines = [f"{'element':<{width}}  CPU ms  engine  SQL", "-" * (width + 21)]
    lines += [
        f"{cost['element']:<{width}}  {cost['cpu_ms']:6.1f}  {cost['engine_ms']:6.1f}  {cost['statements']:3}"
        for cost in dearest
    ]
    lines += [
        "",
        f"{figures['number']} completions: {figures['cpu_ms'] / 1000:.2f} s of CPU, {figures['statements']} statements",
        f"Median {figures['median_ms']:.1f} ms, {figures['median_statements']:.0f} statements",
        f"Cheapest {figures['cheapest_ms']:.1f} ms, dearest {figures['dearest_ms']:.1f} ms",
        f"The engine alone: {figures['engine_ms'] / 1000:.2f} s, median {figures['engine_median_ms']:.1f} ms",
        f"Cheapest {figures['engine_cheapest_ms']:.1f} ms, dearest {figures['engine_dearest_ms']:.1f} ms",
    ]
    return "\n".join(lines)
