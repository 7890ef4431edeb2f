"""``ltc check``: what is wrong with diagrams, forms and tables, before anybody publishes them."""

from __future__ import annotations

import gc
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

import handlers
from engine.checks import Known, check
from engine.findings import ERROR, Finding
from engine.kept import for_checks
from engine.service_tasks import catalogue
from engine.settings import Settings
from engine.text import LANGUAGES
from handlers.known import known, known_where
from webui.cli._batches import Batch, batches


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the findings.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--company",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The people, as `ltc user list --json` writes them: roles that nobody holds are found, too.",
)
def command(paths: tuple[Path, ...], language: str, as_json: bool, company: Path | None) -> None:
    """Check PATHS: a folder of processes as a whole, a single file as if it were published with the shipped ones.

    Files do not say who holds which role: without --company nothing is said about it; the pages of drafts know.
    The exit code is 1 when publishing would be refused.
    """
    handlers.load()
    began = time.perf_counter()
    judged_by = known() if company is None else known_where(_granted(company))
    shipped = Settings.from_environment().processes_directory
    with _keeping_everything():
        found = [told for batch in batches(paths, shipped) for told in _findings(batch, judged_by)]
    seconds = time.perf_counter() - began
    if as_json:
        click.echo(json.dumps([_told(name, each, language) for name, each in found], ensure_ascii=False, indent=2))
    else:
        _print(found, language, seconds)
    if any(each.severity == ERROR for _, each in found):
        raise SystemExit(1)


@contextmanager
def _keeping_everything() -> Iterator[None]:
    """Look for no garbage meanwhile: of a large diagram everything stays until the end, and looking takes a fifth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _granted(company: Path) -> set[str]:
    """Return the roles that somebody with an open account holds; raises ``click.BadParameter`` for another file."""
    try:
        people = json.loads(company.read_text(encoding="utf-8"))
        return {role.partition("@")[0] for each in people if each["active"] for role in each["roles"]}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise click.BadParameter(
            f"{company} is not what `ltc user list --json` writes", param_hint="--company"
        ) from error


def _findings(batch: Batch, company: Known) -> Iterable[tuple[str, Finding]]:
    """Yield the findings of one batch with the path of their file as it was given.

    What the files break in others around them counts too, but not what was found there without them.
    """
    kept = for_checks()
    found = [*batch.findings, *check(batch.files, catalogue(), company, kept=kept)]
    elsewhere = [each for each in found if each.file not in batch.asked and each.severity == ERROR]
    before = {_place(each) for each in check(batch.around, catalogue(), company, kept=kept)} if elsewhere else set()
    for each in found:
        if each.file in batch.asked or (each in elsewhere and _place(each) not in before):
            yield batch.asked.get(each.file, each.file), each


def _place(finding: Finding) -> tuple[str, str | None, str]:
    return finding.file, finding.element, finding.rule


def _told(name: str, finding: Finding, language: str) -> dict[str, object]:
    told: dict[str, object] = {
        "file": name,
        "element": finding.element,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.reason.in_language(language),
        "cure": finding.cure.in_language(language),
    }
    name_of_element = finding.called.in_language(language)
    if name_of_element:
        told["name"] = name_of_element
    if finding.path:
        told["path"] = list(finding.path)
    if finding.fix:
        told["fix"] = dict(finding.fix)
    return told


def _print(found: list[tuple[str, Finding]], language: str, seconds: float) -> None:
    lines = []
    for name, each in found:
        where = f"{name} {each.element}" if each.element else name
        lines.append(f"{each.severity:7} {where} [{each.rule}]")
        lines.append(f"        {each.reason.in_language(language)} {each.cure.in_language(language)}")
        if each.path:
            lines.append(f"        {' > '.join(each.path)}")
    counted = Counter(each.severity for _, each in found)
    said = ", ".join(f"{count} {severity}" for severity, count in counted.items()) or "nothing found"
    click.echo("\n".join([*lines, f"{said} in {seconds:.2f} s"]))
