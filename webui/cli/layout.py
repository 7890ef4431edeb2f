"""``ltc layout``: draw diagrams tidily."""

from __future__ import annotations

import json
from pathlib import Path

import click
from lxml import etree

from engine.layout import svg, tidy
from engine.text import LANGUAGES


@click.command("layout")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say which diagrams are not tidy; exit code 1 if any.")
@click.option("--svg", "picture", is_flag=True, help="Write a picture beside each diagram instead: name.svg.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the picture.")
@click.option("--json", "as_json", is_flag=True, help="For programs: the outcome by path.")
def command(paths: tuple[Path, ...], check: bool, picture: bool, language: str, as_json: bool) -> None:
    """Lay out the diagrams at PATHS from left to right, a lane per role; everything but the drawing stays."""
    outcome: dict[str, str] = {}
    for path in paths:
        before = path.read_bytes()
        try:
            if picture:
                path.with_suffix(".svg").write_bytes(svg(before, language))
                outcome[str(path)] = "pictured"
                continue
            after = tidy(before)
        except (ValueError, etree.XMLSyntaxError) as error:
            raise click.ClickException(f"{path}: {error}") from error
        if before == after:
            outcome[str(path)] = "tidy"
            continue
        if not check:
            path.write_bytes(after)
        outcome[str(path)] = "not tidy" if check else "laid out"
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False, indent=2))
    else:
        for name, what in outcome.items():
            click.echo(f"{name}: {what}")
    if "not tidy" in outcome.values():
        raise SystemExit(1)
