"""``ltc layout``: draw diagrams tidily."""

from __future__ import annotations

from pathlib import Path

import click
from lxml import etree

from engine.layout import tidy


@click.command("layout")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say which diagrams are not tidy; exit code 1 if any.")
def command(paths: tuple[Path, ...], check: bool) -> None:
    """Lay out the diagrams at PATHS from left to right, a lane per role."""
    untidy = 0
    for path in paths:
        before = path.read_bytes()
        try:
            after = tidy(before)
        except (ValueError, etree.XMLSyntaxError) as error:
            raise click.ClickException(f"{path}: {error}") from error
        if before != after:
            untidy += 1
            if not check:
                path.write_bytes(after)
            click.echo(f"{path}: {'not tidy' if check else 'laid out'}")
    if check and untidy:
        raise SystemExit(1)
