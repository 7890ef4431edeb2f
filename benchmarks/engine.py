"""How fast work items are completed, what one completion costs, and whether a long history makes it slower.

One client, one completion after the other, everything that a request does below the page: who acts, lock, validation,
engine step, journal, inbox, one durable commit. Ours and plain SpiffWorkflow take turns, so that whatever else the
machine does hits both alike; figures are medians.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

import handlers
from benchmarks.ours import Case, Ours
from benchmarks.processes import STEPS, TASKS
from benchmarks.stock import Stock
from tests.postgres import cluster

TURNS = (10, 100, 1000)
SHALLOW = 10
VISITS, IN_A_ROW = 8, 4
ROUNDS = 12
DURABLE = ("max_connections=60", "shared_buffers=128MB")
"""PostgreSQL as it comes, with fsync: what is acknowledged is on the disk."""

Say = Callable[[str], None]


class Contestant(Protocol):
    """One way to complete work items."""

    def start(self, process_id: str) -> Case:
        """Start a case."""
        ...

    def step(self, case: Case) -> float:
        """Complete its open task; return the milliseconds."""
        ...

    def at(self, turns: int) -> Case:
        """Return a case of the loop with so many turns behind it."""
        ...

    def state_bytes(self, case: Case) -> int:
        """Return the size of its stored state."""
        ...


@dataclass(slots=True)
class Depth:
    """What completions cost at one depth of the loop."""

    milliseconds: list[float] = field(default_factory=list)
    bytes: int = 0

    @property
    def median(self) -> float:
        """The middle one, in milliseconds."""
        return round(statistics.median(self.milliseconds), 3)


def run(*, rounds: int = ROUNDS, turns: tuple[int, ...] = TURNS, say: Say | None = None) -> dict[str, dict[str, Any]]:
    """Measure and return the figures of both ``sqlite`` and ``postgresql``, beside plain SpiffWorkflow on either.

    ``engine_alone`` is what loading, completing and saving cost without a database. ``rounds`` cases of
    twenty tasks each are completed by every contestant; ``say`` is told of the progress.
    """
    tell = say or on_stderr
    handlers.load()
    with ExitStack() as stack:
        tell("making databases")
        databases = stack.enter_context(_databases())
        ours = {kind: stack.enter_context(_ours(urls[0])) for kind, urls in databases.items()}
        stock = {kind: stack.enter_context(_stock(urls[1])) for kind, urls in databases.items()}
        contestants: dict[str, Contestant] = {
            "sqlite": ours["sqlite"],
            "stock": stock["sqlite"],
            "postgresql": ours["postgresql"],
            "stock_on_postgresql": stock["postgresql"],
        }
        figures: dict[str, dict[str, Any]] = {name: {} for name in contestants}
        for kind, each in ours.items():
            figures[kind]["statements"], figures[kind]["commits"] = each.cost()
        alone: dict[str, Ours | Stock] = {"ours": ours["sqlite"], "stock": stock["sqlite"]}
        figures["engine_alone"] = {f"{name}_ms": ms for name, ms in _alone(alone, rounds).items()}
        for name, (speed, cpu) in _speeds(contestants, rounds, tell).items():
            figures[name] |= {"completions_per_s": speed, "cpu_ms": cpu}
        for name, depths in _history(contestants, turns, tell).items():
            figures[name]["ms_at"] = {str(number): depth.median for number, depth in depths.items()}
            figures[name]["bytes_at"] = {str(number): depth.bytes for number, depth in depths.items()}
    return figures


def _speeds(contestants: Mapping[str, Contestant], rounds: int, tell: Say) -> dict[str, tuple[float, float]]:
    """Let all complete cases of twenty tasks by turns; return completions per second and CPU milliseconds of each.

    Both by the median completion. The CPU is that of our own process, without the database server's. A turn is two
    whole cases of which the second counts: how fast one is does not depend on what the others left in the caches of the
    processor.
    """
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    burnt: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        tell(f"twenty tasks, round {number} of {rounds}")
        for name, each in contestants.items():
            for counts in (False, number > 0):  # the first round warms up
                case = each.start(STEPS)
                for _ in range(TASKS):
                    began = time.thread_time()
                    milliseconds = each.step(case)
                    if counts:
                        burnt[name].append((time.thread_time() - began) * 1000)
                        taken[name].append(milliseconds)
    return {
        name: (round(1000 / statistics.median(taken[name]), 1), round(statistics.median(burnt[name]), 2))
        for name in contestants
    }


def _alone(contestants: Mapping[str, Ours | Stock], rounds: int) -> dict[str, float]:
    """Return the milliseconds of one completion without database, inbox, journal: load, complete, save."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, each in contestants.items():
            taken[name].append(each.step_alone())
    return {name: round(statistics.median(each), 3) for name, each in taken.items()}


def _history(contestants: Mapping[str, Contestant], turns: Sequence[int], tell: Say) -> dict[str, dict[int, Depth]]:
    """Return what a completion costs with so many turns of the loop behind it.

    Every contestant at every depth takes a few completions in a row, then it is the next one's turn. The first of a
    row is not counted: whoever comes after a megabyte of somebody else's state finds all caches cold.
    """
    depths = {name: {number: Depth() for number in turns} for name in contestants}
    cases: dict[tuple[str, int], Case] = {}
    for each_round in range(VISITS):
        for number in turns:
            tell(f"loop with {number} turns behind, visit {each_round + 1} of {VISITS}")
            for name, each in contestants.items():
                if number <= SHALLOW or not each_round:  # a deep case lasts for all visits, which surround its depth
                    visits = 1 if number <= SHALLOW else VISITS
                    cases[name, number] = each.at(number - visits * (IN_A_ROW + 1) // 2)
                _visit(each, cases[name, number], depths[name][number])
    return depths


def _visit(each: Contestant, case: Case, depth: Depth) -> None:
    each.step(case)
    gc.collect()
    gc.disable()
    try:
        depth.milliseconds += [each.step(case) for _ in range(IN_A_ROW)]
    finally:
        gc.enable()
    depth.bytes = each.state_bytes(case)


@contextmanager
def _databases() -> Iterator[dict[str, tuple[str, str]]]:
    """Give two empty databases of each kind, thrown away afterwards."""
    names = ("ours", "stock")
    with tempfile.TemporaryDirectory(prefix="ltc-bench-") as folder, cluster(DURABLE) as maintenance:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            for name in names:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        files = [f"sqlite:///{Path(folder) / name}.db" for name in names]
        servers = [make_url(maintenance).set(database=name).render_as_string(hide_password=False) for name in names]
        yield {"sqlite": (files[0], files[1]), "postgresql": (servers[0], servers[1])}


@contextmanager
def _ours(url: str) -> Iterator[Ours]:
    ours = Ours(url)
    yield ours
    ours.close()


@contextmanager
def _stock(url: str) -> Iterator[Stock]:
    stock = Stock(url)
    yield stock
    stock.close()


def on_stderr(text: str) -> None:
    """Tell of the progress where no program reads it."""
    print(text, file=sys.stderr, flush=True)


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the figures as a table for people, with what is wanted beneath."""
    names = {
        "sqlite": "LTC Flow, SQLite",
        "postgresql": "LTC Flow, PostgreSQL",
        "stock": "SpiffWorkflow alone, SQLite",
        "stock_on_postgresql": "SpiffWorkflow alone, PostgreSQL",
    }
    turns = list(figures["sqlite"]["ms_at"])
    head = [
        "",
        "completions/s",
        "CPU ms",
        "SQL",
        "commits",
        *(f"ms at {each}" for each in turns),
        *(f"KB at {t}" for t in turns),
    ]
    rows = [head]
    for key, name in names.items():
        of = figures[key]
        rows.append(
            [
                name,
                f"{of['completions_per_s']:.0f}",
                f"{of['cpu_ms']:.2f}",
                str(of.get("statements", "")),
                str(of.get("commits", "")),
                *(f"{of['ms_at'][each]:.2f}" for each in turns),
                *(f"{of['bytes_at'][each] / 1024:.1f}" for each in turns),
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells))
    alone = figures["engine_alone"]
    lines.append("")
    lines.append(
        f"Load, complete and save alone: {alone['ours_ms']:.2f} ms, by SpiffWorkflow {alone['stock_ms']:.2f} ms"
    )
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
