"""``ltc audit``: whether anybody tampered with the history of a case or a draft."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine import database, journal
from engine.drafts import history
from engine.drafts.records import Draft
from engine.instances.records import ProcessInstance
from engine.settings import Settings
from webui import migrations

AT_ONCE = 500
"""How many histories are read in one transaction."""

KINDS = (("case", ProcessInstance.id, journal.verify), ("draft", Draft.id, history.verify))


@click.command("audit")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(as_json: bool) -> None:
    """Check every history against its hashes: lines that were changed, added or removed are found.

    The exit code is 1 when a history is not whole.
    """
    engine = database.connect(Settings.from_environment().database_url)
    migrations.upgrade(engine)
    sessions = database.sessions(engine)
    checked: dict[str, int] = {}
    broken: list[dict[str, object]] = []
    for kind, column, verify in KINDS:
        checked[kind] = 0
        for ids in _batches(sessions, column):
            with database.reading(sessions) as db:
                verdicts = [(each, verify(db, each)) for each in ids]
            checked[kind] += len(ids)
            broken += [
                {"kind": kind, "id": each, "line": verdict.broken_at} for each, verdict in verdicts if not verdict.whole
            ]
    if as_json:
        click.echo(json.dumps({"checked": checked, "broken": broken}, indent=2))
    else:
        for each in broken:
            click.echo(f"the history of {each['kind']} {each['id']} is not whole from line {each['line']} on")
        click.echo(f"{checked['case']} cases and {checked['draft']} drafts checked, {len(broken)} not whole")
    if broken:
        raise SystemExit(1)


def _batches(sessions: sessionmaker[Session], column: sa.orm.InstrumentedAttribute[int]) -> Iterator[list[int]]:
    last = 0
    while True:
        with database.reading(sessions) as db:
            ids = list(db.scalars(sa.select(column).where(column > last).order_by(column).limit(AT_ONCE)))
        if not ids:
            return
        yield ids
        last = ids[-1]
