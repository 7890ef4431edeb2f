"""``ltc translations``: the Chinese words of the pages."""

from __future__ import annotations

import sys

import click

from webui import catalogues


@click.group("translations")
def command() -> None:
    """Compile the Chinese words of the pages, or list what is missing."""


@command.command("compile")
def compile_() -> None:
    """Compile every catalogue that changed."""
    written = catalogues.compile_catalogues()
    for path in written:
        click.echo(path.relative_to(catalogues.PAGES.parent))
    click.echo(f"{len(written)} compiled")


@command.command()
def check() -> None:
    """List every phrase that has no Chinese; exit with 1 when there are any."""
    missing = list(catalogues.missing_phrases())
    for each in missing:
        click.echo(f"{each.file.relative_to(catalogues.PAGES.parent)}:{each.line}: {each.phrase}")
    click.echo(f"{len(missing)} phrases without Chinese")
    sys.exit(1 if missing else 0)
