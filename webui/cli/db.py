"""``ltc db``: the schema of the database."""

from __future__ import annotations

import click

from engine.database import connect
from engine.settings import Settings
from webui import migrations


@click.group("db")
def command() -> None:
    """Bring the schema of the database forward or back."""


@command.command()
@click.argument("revision", default=migrations.HEAD)
def upgrade(revision: str) -> None:
    """Bring the schema forward to REVISION (the newest)."""
    engine = connect(Settings.from_environment().database_url)
    before = migrations.current(engine)
    migrations.upgrade(engine, revision)
    _tell(before, migrations.current(engine))


@command.command()
@click.argument("revision")
@click.confirmation_option(prompt="Columns and tables that REVISION does not know are lost. Go on?")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION (`base`: no tables at all)."""
    engine = connect(Settings.from_environment().database_url)
    before = migrations.current(engine)
    migrations.downgrade(engine, revision)
    _tell(before, migrations.current(engine))


@command.command()
def current() -> None:
    """Print where the schema is, and where this version of the product needs it."""
    engine = connect(Settings.from_environment().database_url)
    click.echo(f"{migrations.current(engine) or 'empty'} (newest: {migrations.newest()})")


def _tell(before: str | None, after: str | None) -> None:
    click.echo(f"{before or 'empty'} -> {after or 'empty'}" if before != after else f"already at {after or 'empty'}")
