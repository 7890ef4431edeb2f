"""``ltc scenarios``: play the example cases and say what they reach."""

from __future__ import annotations

import json
from pathlib import Path

import click

from engine.releases.operations import read_folder
from engine.scenarios import read
from engine.settings import Settings
from webui.scenarios import play_all


@click.command("scenarios")
@click.option("--coverage", "show_coverage", is_flag=True, help="Also list every flow that no scenario takes.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None)
def command(show_coverage: bool, as_json: bool, folder: Path | None) -> None:
    """Play the scenarios of the processes folder; exit code 1 when one fails or a flow is never taken."""
    settings = Settings.from_environment()
    files = read_folder(folder or settings.processes_directory)
    scenarios, usual = read({path: content for path, content in files.items() if path.startswith("scenarios/")})
    played, reached = play_all(files, settings.zone, scenarios, usual)
    missed = {process_id: sorted(parts) for process_id, parts in reached.missed.items()}
    if as_json:
        told = [
            {"file": each.scenario.file, "name": each.scenario.name.en, "failures": each.failures} for each in played
        ]
        click.echo(json.dumps({"scenarios": told, "missed": missed}, ensure_ascii=False, indent=2))
    else:
        for each in played:
            click.echo(f"{'ok  ' if not each.failures else 'FAIL'} {each.scenario.name.en} · {each.scenario.name.zh}")
            for failure in each.failures:
                click.echo(f"     step {failure}")
        click.echo(f"{reached.reached} of {sum(map(len, reached.all.values()))} flows and boundary events taken")
        if show_coverage:
            for process_id, parts in missed.items():
                click.echo(f"never taken in {process_id}: {', '.join(parts)}")
    if missed or any(each.failures for each in played):
        raise SystemExit(1)
