"""``ltc trace``: print where every line of the method lives in the product."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

import handlers
from engine.interpreter import compile_release
from engine.releases.operations import read_folder
from engine.service_tasks import catalogue
from engine.settings import Settings
from engine.text import LANGUAGES
from webui.trace.tracing import Traced, trace, unknown_refs


@click.command("trace")
@click.option("--gaps", is_flag=True, help="Only what is missing.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of titles and names.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None)
def command(gaps: bool, language: str, as_json: bool, folder: Path | None) -> None:
    """Follow every line of the checklist to diagram, form, rule, handler, page or text.

    Exit code 1 when a line is carried by nothing, a pointer leads nowhere, or a diagram names an unknown line.
    """
    found, unknown = traced(folder or Settings.from_environment().processes_directory)
    missing = [each for each in found if each.is_gap]
    shown = missing if gaps else found
    if as_json:
        lines = [_told(each, language) for each in shown]
        click.echo(json.dumps({"lines": lines, "gaps": len(missing), "unknown": unknown}, ensure_ascii=False, indent=2))
    else:
        for each in shown:
            click.echo(f"{'GAP ' if each.is_gap else 'ok  '} {each.line.id} {each.line.title.in_language(language)}")
            for place in each.places:
                name = place.name.in_language(language)
                absent = "" if place.found else "  NOT THERE"
                click.echo(
                    f"          {place.kind} {place.target}{f' ({name})' if name != place.target else ''}{absent}"
                )
        for each_unknown in unknown:
            click.echo(f"GAP  on no list: {each_unknown}")
        click.echo(f"{len(found) - len(missing)} of {len(found)} lines are carried")
    if missing or unknown:
        raise SystemExit(1)


def traced(folder: Path) -> tuple[list[Traced], list[str]]:
    """Return every line with its places in the processes of ``folder``, and the ids that no list knows."""
    from webui.app import create_app

    handlers.load()
    program = compile_release(read_folder(folder), catalogue())
    with tempfile.TemporaryDirectory(prefix="ltc-trace-") as place:
        settings = Settings.from_environment({"LTC_DATA": place, "LTC_SECRET_KEY": "not used: no page is served" * 2})
        app = create_app(settings)
        pages = dict(app.view_functions)
        app.extensions["ltc"].engine.dispose()
    return trace(program, pages), unknown_refs(program)


def _told(each: Traced, language: str) -> dict[str, object]:
    return {
        "id": each.line.id,
        "title": each.line.title.in_language(language),
        "gap": each.is_gap,
        "places": [
            {
                "kind": place.kind,
                "target": place.target,
                "name": place.name.in_language(language),
                "found": place.found,
            }
            for place in each.places
        ],
    }
