"""``ltc export``: write a release into a folder, so that Git and the database are in step."""

from __future__ import annotations

import json
from pathlib import Path

import click
import sqlalchemy as sa

from engine import database
from engine.drafts.folders import FolderChanged, export_folder
from engine.errors import NotFound
from engine.releases import queries
from engine.releases.records import Release
from engine.settings import Settings
from webui import migrations


@click.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--release", "number", type=click.IntRange(min=1), help="Its number (the current one).")
@click.option("--overwrite", is_flag=True, help="Also where the folder holds changes that no release knows.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(folder: Path, number: int | None, overwrite: bool, as_json: bool) -> None:
    """Write exactly the files of a release into FOLDER; ``ltc deploy FOLDER`` then knows what you change in it."""
    engine = database.connect(Settings.from_environment().database_url)
    migrations.upgrade(engine)
    with database.reading(database.sessions(engine)) as db:
        if number is None:
            release = queries.current(db)
        else:
            found = db.scalar(sa.select(Release).where(Release.number == number))
            if found is None:
                raise NotFound(release=number)
            release = found
        try:
            written = export_folder(db, release, folder, overwrite=overwrite)
        except FolderChanged as refused:
            files = "\n  ".join(refused.data["files"])  # type: ignore[arg-type]
            told = f"not exported: the folder holds changes that no release knows\n  {files}"
            raise click.ClickException(f"{told}\ndeploy them first, or give --overwrite") from None
    if as_json:
        click.echo(json.dumps({"release": release.number, "written": written}))
    else:
        click.echo(f"release {release.number} is in {folder} ({len(written)} files changed)")
