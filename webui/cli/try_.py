"""``ltc try``: run a diagram in the sandbox, to its end, with made-up answers."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

import handlers
from engine.findings import ERROR, Finding
from engine.interpreter import Program
from engine.sandbox import Sandbox, open_files
from engine.service_tasks import catalogue
from engine.settings import Settings
from webui.cli._batches import Batch, batches


@click.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", default="{}", help="What the case begins with, and what is answered where it is asked: JSON.")
@click.option("--process", "process_id", default=None, help="Which process of the file, if there are several.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(file: Path, data: str, process_id: str | None, as_json: bool) -> None:
    """Run FILE in the sandbox: no case, no record, nobody is asked. Prints what ran, in order, and how it ended.

    The exit code is 1 unless the case was completed.
    """
    handlers.load()
    began = time.perf_counter()
    told = _tried(file, _given(data), process_id)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(told, time.perf_counter() - began)
    if told["ended"] != "completed":
        raise SystemExit(1)


def _given(data: str) -> dict[str, Any]:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"--data is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.BadParameter('--data must be an object such as {"amount": 100}')
    return given


def _tried(file: Path, data: dict[str, Any], process_id: str | None) -> dict[str, Any]:
    [batch] = batches([file], Settings.from_environment().processes_directory)
    opened = open_files(batch.files, catalogue())
    findings = [_said(batch, each) for each in [*batch.findings, *opened.findings] if each.severity == ERROR]
    if opened.program is None:
        return {
            "process": process_id,
            "ran": [],
            "ended": "refused",
            "reason": "it cannot be run",
            "findings": findings,
        }
    chosen = process_id or _main(opened.program, batch)
    if chosen is None or chosen not in opened.program.processes:
        said = f"there is no process {process_id}" if process_id else "the file holds no process that can be started"
        said = "it cannot be run" if batch.findings else said
        return {"process": chosen, "ran": [], "ended": "refused", "reason": said, "findings": findings}
    sandbox = Sandbox(opened.program, chosen, opened.catalogue, data)
    last = sandbox.finish()
    return {
        "process": chosen,
        "ran": sandbox.ran(),
        "ended": last.how,
        "reason": last.reason,
        "steps": [
            {"kind": act.kind, "element": act.element, "answers": dict(act.answers), "ran": list(act.ran)}
            for act in sandbox.acts
        ],
        "open": list(last.open),
        "data": dict(last.data),
        "findings": findings,
    }


def _main(program: Program, batch: Batch) -> str | None:
    """Return the process of the file that is started: one that people may start, or that nothing else in it calls."""
    mine = [each for each in program.processes.values() if each.file in batch.asked]
    called = {called for each in mine for called in program.called_by(each.id)}
    first = [each.id for each in mine if each.properties.get("start")] or [
        each.id for each in mine if each.id not in called
    ]
    return next(iter([*first, *(each.id for each in mine)]), None)


def _said(batch: Batch, finding: Finding) -> dict[str, Any]:
    return {
        "file": batch.asked.get(finding.file, finding.file),
        "element": finding.element,
        "rule": finding.rule,
        "message": finding.reason.en,
    }


def _print(told: dict[str, Any], seconds: float) -> None:
    for finding in told["findings"]:
        click.echo(f"{finding['file']} {finding['element'] or ''} [{finding['rule']}] {finding['message']}")
    for act in told.get("steps", ()):
        click.echo(f"{act['kind']:8} {act['element'] or '':28} {' > '.join(act['ran'])}")
    reason = f": {told['reason']}" if told["reason"] else ""
    click.echo(f"{told['ended']}{reason} ({len(told['ran'])} elements, {seconds:.2f} s)")
