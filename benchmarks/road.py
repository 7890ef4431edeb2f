"""What each completion costs on the whole road from lead to cash: CPU and statements, by the shipped story of it.

The story is played several times, each time in a company of its own. A completion's figure is its cheapest, because
whatever else the machine does only adds to it. Measured is what a request does below the page, from the lock to the
last statement; who acts, the commit and the jobs behind are not.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.engine import Say, on_stderr
from engine.database import count_statements
from engine.releases.operations import read_folder
from engine.scenarios import Played, play, read
from engine.settings import Settings
from webui.scenarios import DemoWorld, demo_world

STORY = "scenarios/lead_to_cash.yaml"
PROCESSES = Path(__file__).parent.parent / "processes"
ROUNDS = 5
SHOWN = 20


@dataclass(slots=True)
class Cost:
    """What the completion of one work item costs."""

    element: str
    cpu_ms: float
    statements: int


class Meter:
    """Notes the cost of each completion in a world."""

    def __init__(self, world: DemoWorld) -> None:
        self._world = world
        self.costs: list[Cost] = []
        world.completing = self._completing

    @contextmanager
    def _completing(self, element: str) -> Iterator[None]:
        with count_statements(self._world.engine) as count:
            began = time.thread_time()
            yield
            took = time.thread_time() - began
        self.costs.append(Cost(element, took * 1000, count.statements))


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
    milliseconds = [cost.cpu_ms for cost in costs]
    return {
        "story": STORY,
        "number": len(costs),
        "cpu_ms": round(sum(milliseconds), 1),
        "median_ms": round(statistics.median(milliseconds), 2),
        "cheapest_ms": round(min(milliseconds), 2),
        "dearest_ms": round(max(milliseconds), 2),
        "statements": sum(cost.statements for cost in costs),
        "median_statements": statistics.median(cost.statements for cost in costs),
        "completions": [{**asdict(cost), "cpu_ms": round(cost.cpu_ms, 2)} for cost in costs],
    }


def table(figures: Mapping[str, Any]) -> str:
    """Return the dearest completions as a table for people, with the whole story beneath."""
    dearest = sorted(figures["completions"], key=lambda cost: -cost["cpu_ms"])[:SHOWN]
    width = max(len(cost["element"]) for cost in dearest)
    lines = [f"{'element':<{width}}  CPU ms  SQL", "-" * (width + 13)]
    lines += [f"{cost['element']:<{width}}  {cost['cpu_ms']:6.1f}  {cost['statements']:3}" for cost in dearest]
    lines += [
        "",
        f"{figures['number']} completions: {figures['cpu_ms'] / 1000:.2f} s of CPU, {figures['statements']} statements",
        f"Median {figures['median_ms']:.1f} ms, {figures['median_statements']:.0f} statements",
        f"Cheapest {figures['cheapest_ms']:.1f} ms, dearest {figures['dearest_ms']:.1f} ms",
    ]
    return "\n".join(lines)
