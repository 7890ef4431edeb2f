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
from engine.comparing.words import facet_words
from engine.directory import SYSTEM
from engine.drafts.folders import FolderConflicts, deploy_folder, prove_folder, read_marker, write_marker
from engine.errors import ReleaseRefused
from engine.findings import ERROR, Finding
from engine.merging import MINE, THEIRS, Conflict
from engine.releases.operations import read_folder
from engine.settings import Settings
from engine.text import LANGUAGES
from handlers.known import known
from webui import migrations

_PREFER = {"folder": MINE, "published": THEIRS}


@click.command("deploy")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--note", default="", help="What changed, for the list of releases.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the findings.")
@click.option(
    "--prefer",
    type=click.Choice(("folder", "published")),
    help="Where the folder and what was published meanwhile change the same thing (refused otherwise).",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(folder: Path | None, note: str, language: str, prefer: str | None, as_json: bool) -> None:
    """Deploy FOLDER (the product's own processes), joined with what was published since it was deployed or exported.

    The folder is held to every check first: a problem that prevents publishing leaves the current release as it is,
    and the exit code is 1. The same content makes no new release.
    """
    settings = Settings.from_environment()
    handlers.load()
    engine = database.connect(settings.database_url)
    migrations.upgrade(engine)
    place = folder or settings.processes_directory
    try:
        files, marker = read_folder(place), read_marker(place)
        chosen, company, factory = _PREFER.get(prefer or ""), known(), database.sessions(engine)
        with database.reading(factory) as db:
            prove_folder(db, files, marker=marker, prefer=chosen, known=company)
        with database.transaction(factory) as db:
            made = deploy_folder(
                db, files, by=SYSTEM, now=SystemClock().now(), note=note, marker=marker, prefer=chosen, known=company
            )
    except ReleaseRefused as refused:
        _print(refused.findings, language, as_json)
        sys.exit(1)
    except FolderConflicts as refused:
        _print_conflicts(refused.conflicts, language, as_json)
        sys.exit(1)
    if marker is not None:
        write_marker(place, made.release)
    if as_json:
        told = {"release": made.release.number, "files": len(files), "from_others": list(made.from_others)}
        click.echo(json.dumps(told))
        return
    click.echo(f"release {made.release.number} is current ({len(files)} files)")
    if made.from_others:
        click.echo(f"published meanwhile and not in the folder: {', '.join(made.from_others)}")
        click.echo("ltc export brings the folder in step")


def _print_conflicts(conflicts: Sequence[Conflict], language: str, as_json: bool) -> None:
    if as_json:
        rows = [
            {"file": each.file, "element": each.element, "facet": each.facet, "before": each.base,
             "folder": each.mine, "published": each.theirs}
            for each in conflicts
        ]  # fmt: skip
        click.echo(json.dumps({"conflicts": rows}, ensure_ascii=False, indent=2))
        return
    for each in conflicts:
        what = facet_words(each.facet).in_language(language) if each.facet else ""
        click.echo(" · ".join(part for part in (each.file, each.name, what) if part), err=True)
        for side, value in (("folder", each.mine), ("published", each.theirs)):
            shown = "deleted" if value is None else " ".join(value.split())[:120]
            click.echo(f"    {side}: {shown}", err=True)
    click.echo(f"not deployed: {len(conflicts)} conflicts with what was published meanwhile", err=True)
    click.echo("change the folder, or choose with --prefer folder or --prefer published", err=True)


def _print(findings: Sequence[Finding], language: str, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "file": each.file,
                "element": each.element,
                "rule": each.rule,
                "severity": each.severity,
                "reason": each.reason.in_language(language),
                "cure": each.cure.in_language(language),
            }
            for each in findings
        ]
        click.echo(json.dumps({"findings": rows}, ensure_ascii=False, indent=2))
        return
    for each in findings:
        place = " · ".join(part for part in (each.file, each.name, each.element) if part)
        click.echo(f"{each.severity:7} {place} [{each.rule}]: {each.reason.in_language(language)}", err=True)
        click.echo(f"        {each.cure.in_language(language)}", err=True)
    preventing = sum(each.severity == ERROR for each in findings)
    click.echo(f"not released; problems that prevent it: {preventing}", err=True)
