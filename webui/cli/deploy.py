"""``ltc deploy``: make a folder of diagrams, decisions and forms the current release."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

import handlers
from engine import database
from engine.clock import SystemClock
from engine.directory import SYSTEM
from engine.errors import ReleaseRefused
from engine.findings import Finding
from engine.releases.operations import deploy, read_folder
from engine.settings import Settings
from engine.text import LANGUAGES
from webui import migrations


@click.command("deploy")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--note", default="", help="What changed, for the list of releases.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the findings.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(folder: Path | None, note: str, language: str, as_json: bool) -> None:
    """Deploy FOLDER (the product's own processes). The same content makes no new release."""
    settings = Settings.from_environment()
    handlers.load()
    engine = database.connect(settings.database_url)
    migrations.upgrade(engine)
    try:
        with database.transaction(database.sessions(engine)) as db:
            files = read_folder(folder or settings.processes_directory)
            release = deploy(db, files, by=SYSTEM, now=SystemClock().now(), note=note)
    except ReleaseRefused as refused:
        _print(refused.findings, language, as_json)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({"release": release.number, "files": len(files)}))
    else:
        click.echo(f"release {release.number} is current ({len(files)} files)")


def _print(findings: Sequence[Finding], language: str, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "file": each.file,
                "element": each.element,
                "rule": each.rule,
                "reason": each.reason.in_language(language),
                "cure": each.cure.in_language(language),
            }
            for each in findings
        ]
        click.echo(json.dumps({"findings": rows}, ensure_ascii=False, indent=2))
        return
    for each in findings:
        place = f"{each.file} {each.name or each.element or ''}".strip()
        click.echo(f"{place}: {each.reason.in_language(language)}", err=True)
        click.echo(f"    {each.cure.in_language(language)}", err=True)
    click.echo(f"not released: {len(findings)} findings", err=True)
