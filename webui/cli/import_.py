"""``ltc import``: units, people and leads from CSV files (UTF-8 or GBK), with commas, semicolons or tabs."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from engine import database
from engine.errors import InvalidAnswers, LtcError, NotFound, RuleRefused
from engine.instances import operations as instances
from engine.releases import queries as releases
from engine.settings import Settings
from handlers.lead import importing
from handlers.organisation import operations, queries
from handlers.organisation.records import OrgUnit
from handlers.spreadsheet import UnreadableFile, rows_of
from webui import migrations
from webui.assembly import assemble
from webui.runtime import Runtime

CsvFile = click.Path(exists=True, dir_okay=False, path_type=Path)
LEAD_FORM = "lead_submit.schema.json"
LEAD_MESSAGE = "lead.captured"


@click.group("import")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Take over units, people and leads from CSV files."""
    product = assemble(Settings.from_environment())
    migrations.upgrade(product.engine)
    ctx.obj = product


@command.command()
@click.argument("file", type=CsvFile)
@click.pass_obj
def units(product: Runtime, file: Path) -> None:
    """Add the units of FILE: code, name_zh, name_en, level, parent (a code). All of them, or none."""
    count = 0
    with database.transaction(product.sessions) as db:
        for line, row in _rows(file, {"code", "name_zh", "name_en", "level", "parent"}):
            with _line(file, line):
                parent = _unit(db, row["parent"]) if row["parent"] else None
                operations.create_unit(
                    db, row["code"], name_en=row["name_en"], name_zh=row["name_zh"], level=row["level"], parent=parent
                )
            count += 1
    click.echo(f"{count} units added")


@command.command()
@click.argument("file", type=CsvFile)
@click.option("--passwords", type=click.Path(path_type=Path), required=True, help="New file for the first passwords.")
@click.pass_obj
def people(product: Runtime, file: Path, passwords: Path) -> None:
    """Add the people of FILE: username, name_zh, name_en, email, unit (a code), roles (by ;). All of them, or none."""
    now = product.room.clock.now()
    made: list[tuple[str, str]] = []
    with database.transaction(product.sessions) as db:
        for line, row in _rows(file, {"username", "name_zh", "name_en", "email", "unit", "roles"}):
            with _line(file, line):
                unit, password = _unit(db, row["unit"]), secrets.token_urlsafe(12)
                user = operations.create_user(
                    db,
                    row["username"],
                    name_en=row["name_en"],
                    name_zh=row["name_zh"],
                    email=row["email"] or None,
                    now=now,
                    password=password,
                    unit=unit,
                )
                for role in filter(None, (each.strip() for each in row["roles"].split(";"))):
                    operations.grant(db, user, role, unit, now=now)
            made.append((user.username, password))
        _keep(passwords, made)
    click.echo(f"{len(made)} people added; their first passwords are in {passwords}, for you alone")


@command.command()
@click.argument("file", type=CsvFile)
@click.option("--by", "username", required=True, help="User name of the person who submits these leads.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def leads(product: Runtime, file: Path, username: str, as_json: bool) -> None:
    """Start a case for each lead of FILE, whose columns are the fields of the lead form.

    A row that is refused does not stop the others; the exit code is then 1.
    """
    with database.reading(product.sessions) as db:
        user = queries.user_named(db, username)
        if user is None:
            raise NotFound(user=username)
        by = product.directory.actor(db, user.id)
        schema = releases.program(db, releases.current(db).id).form(LEAD_FORM)

    def start(session: Session, answers: Mapping[str, Any]) -> str:
        begun = instances.message(session, LEAD_MESSAGE, None, answers, by=by, room=product.room)
        return begun.business_key or f"#{begun.instance_id}"

    reports: list[importing.RowReport] = []
    with _readable(file):
        table = importing.table_of(file.read_bytes(), schema)
    for piece in table.pieces():
        with database.transaction(product.sessions) as db:
            reports += importing.import_leads(db, piece, by=by, now=product.room.clock.now(), start=start)
    _tell(reports, schema, as_json)
    sys.exit(0 if all(each.accepted for each in reports) else 1)


def _tell(reports: list[importing.RowReport], schema: Mapping[str, Any], as_json: bool) -> None:
    reasons = {each.line: "; ".join(_reasons(each, schema)) for each in reports if not each.accepted}
    if as_json:
        rows = [{"line": each.line, "number": each.number, "reason": reasons.get(each.line)} for each in reports]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for line, reason in reasons.items():
        click.echo(f"line {line}: {reason}", err=True)
    click.echo(f"{len(reports) - len(reasons)} leads started, {len(reasons)} rows refused")


def _reasons(row: importing.RowReport, schema: Mapping[str, Any]) -> Iterator[str]:
    yield from (text.en for text in row.unreadable)
    if isinstance(row.refusal, InvalidAnswers):
        for path, codes in row.refusal.errors.items():
            field = schema["properties"].get(path.partition(".")[0], {})
            yield f"{field.get('title', path)}: {', '.join(codes)}"
    elif isinstance(row.refusal, RuleRefused):
        yield f"{row.refusal.reason.en} {row.refusal.cure.en}"
    elif row.refusal is not None:
        yield str(row.refusal)


@contextmanager
def _line(file: Path, line: int) -> Iterator[None]:
    """Name the line of the file in whatever is refused within the block."""
    try:
        yield
    except LtcError as refused:
        raise click.ClickException(f"{file.name} line {line}: {refused}; nothing was imported") from refused


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Say in one line why a file is no table."""
    try:
        yield
    except UnreadableFile as refused:
        raise click.ClickException(f"{file.name}: {refused.reason.en} Nothing was imported.") from refused


def _rows(file: Path, columns: set[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file with the number of their line; refuse one that lacks a column."""
    with _readable(file):
        rows = list(rows_of(file.read_bytes()))
    heading = rows[0][1] if rows else []
    missing = columns - set(heading)
    if missing:
        raise click.ClickException(f"{file.name} lacks the columns {', '.join(sorted(missing))}")
    for line, cells in rows[1:]:
        row = dict(zip(heading, cells, strict=False))
        yield line, {name: row.get(name, "") for name in columns}


def _unit(db: Session, code: str) -> OrgUnit:
    unit = queries.unit_with_code(db, code)
    if unit is None:
        raise NotFound(unit=code)
    return unit


def _keep(path: Path, made: list[tuple[str, str]]) -> None:
    try:
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{path} exists already; name a new file") from error
    with os.fdopen(target, "w", encoding="utf-8") as file:
        file.writelines(f"{username}\t{password}\n" for username, password in made)
