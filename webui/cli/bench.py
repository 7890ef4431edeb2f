"""``ltc bench``: what the hot paths cost, on this machine, from a working copy."""

from __future__ import annotations

import json
from importlib.util import find_spec

import click


@click.group("bench")
def command() -> None:
    """Measure the hot paths."""


@command.command("engine")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--rounds", type=click.IntRange(1, 1000), default=12, show_default=True, help="Cases of twenty tasks.")
def engine(as_json: bool, rounds: int) -> None:
    """Complete work items on SQLite and PostgreSQL, beside plain SpiffWorkflow; progress goes to stderr."""
    _must_be_a_working_copy()
    from benchmarks import engine as measured

    figures = measured.run(rounds=rounds)
    click.echo(json.dumps(figures, indent=2) if as_json else measured.table(figures))


@command.command("road")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--rounds", type=click.IntRange(1, 100), default=5, show_default=True, help="Times the story is played.")
def road(as_json: bool, rounds: int) -> None:
    """Complete every task from lead to cash: CPU and SQL statements of each; progress goes to stderr."""
    _must_be_a_working_copy()
    from benchmarks import road as measured

    figures = measured.run(rounds=rounds)
    click.echo(json.dumps(figures, indent=2) if as_json else measured.table(figures))


def _must_be_a_working_copy() -> None:
    if find_spec("benchmarks") is None:
        raise click.ClickException("the benchmarks are part of the working copy, not of the installed product")
