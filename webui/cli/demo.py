"""``ltc demo``: an organisation, people, customers and leads to look around in, for an empty database."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from engine import database
from engine.clock import FixedClock, SystemClock
from engine.directory import SYSTEM
from engine.drafts.folders import deploy_folder
from engine.releases.operations import read_folder
from engine.settings import Settings
from handlers.known import known
from webui import migrations
from webui.assembly import assemble
from webui.demo import company, logins
from webui.demo.deals import Deals
from webui.demo.walk import Walk
from webui.runtime import Runtime

WIDTH = 100
"""What a line of the list of logins may need, in letters."""
FOUNDED = timedelta(days=365)
"""How long ago the demo company began to use the product."""


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print the logins for programs.")
def command(*, as_json: bool) -> None:
    """Fill an empty database with the demo company, and print the logins; a database in use stays as it is."""
    clock = FixedClock(SystemClock().now())
    product = assemble(Settings.from_environment(), clock=clock)
    migrations.upgrade(product.engine)
    with database.reading(product.sessions) as session:
        empty = company.is_empty(session)
    if empty:
        seed(product, clock, quiet=as_json)
        rows = logins.read(product.settings.data_directory)
    else:
        with database.reading(product.sessions) as session:
            rows = logins.still_valid(session, product.settings.data_directory)
    product.engine.dispose()
    if as_json:
        click.echo(json.dumps({row.username: row.password for row in rows}, indent=2))
    else:
        _print(rows, product.settings)


def seed(product: Runtime, clock: FixedClock, *, quiet: bool = False) -> dict[str, str]:
    """Found the company, deploy the processes, run leads and deals; return the passwords by user name.

    ``clock`` must be the clock of ``product``; it walks through the past and stands at its first moment again after.
    """
    now, settings = clock.now(), product.settings
    passwords = logins.make_up()
    clock.set(now - FOUNDED)
    with database.transaction(product.sessions) as session:
        logins.write(settings.data_directory, passwords)
        company.found(session, passwords, now=clock.now())
        files = read_folder(settings.processes_directory)
        deploy_folder(session, files, by=SYSTEM, now=clock.now(), known=known())
    with Progress(console=Console(stderr=True), disable=quiet) as progress:
        bar = progress.add_task("The demo company works through its leads", total=None)
        walk = Walk(product.sessions, product.room, clock, now=now, zone=settings.zone)
        walk.run(lambda done, all_: progress.update(bar, completed=done, total=all_))
        bar = progress.add_task("… and through its opportunities and contracts", total=None)
        run = Deals(product.sessions, product.room, clock, now=now, zone=settings.zone)
        run.run(lambda done, all_: progress.update(bar, completed=done, total=all_))
    clock.set(now)
    return passwords


def _print(rows: list[logins.Login], settings: Settings) -> None:
    console = Console()
    console.width = max(console.width, WIDTH)
    if not rows:
        console.print("The database is in use; it holds no demo logins.")
        return
    chinese = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("zh")
    table = Table(box=None, pad_edge=False)
    for heading in ("用户名", "密码", "姓名", "角色") if chinese else ("User", "Password", "Name", "Role"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(row.username, row.password, row.name, row.role_zh if chinese else row.role_en)
    console.print(table)
    console.print(f"Also in {settings.data_directory / logins.FILE}, for you alone.", soft_wrap=True)
