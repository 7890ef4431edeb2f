"""``ltc user``: accounts, for administrators at the console."""

from __future__ import annotations

import json
import secrets
import sys

import click
from sqlalchemy.orm import Session, sessionmaker

from engine import database
from engine.clock import SystemClock
from engine.errors import NotFound
from engine.settings import Settings
from engine.text import LANGUAGES
from handlers.organisation import operations, queries
from handlers.organisation.records import User
from handlers.organisation.roles import GRANTABLE
from webui import migrations


@click.group("user")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Add people, give roles, set passwords."""
    engine = database.connect(Settings.from_environment().database_url)
    migrations.upgrade(engine)
    ctx.obj = database.sessions(engine)


@command.command()
@click.argument("username")
@click.option("--name-en", default="", help="Name in English.")
@click.option("--name-zh", default="", help="Name in Chinese.")
@click.option("--email")
@click.option("--language", type=click.Choice(LANGUAGES), default="zh_CN", show_default=True)
@click.option("--unit", "unit_code", help="Code of the home unit.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(GRANTABLE), help="Role at that unit; may be repeated."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@click.pass_obj
def create(
    factory: sessionmaker[Session],
    username: str,
    name_en: str,
    name_zh: str,
    email: str | None,
    language: str,
    unit_code: str | None,
    roles: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Add USERNAME and print the password, unless it was given."""
    if roles and not unit_code:
        raise click.UsageError("--role needs --unit: a role is held at a unit")
    password, now = _password(password_stdin), SystemClock().now()
    with database.transaction(factory) as db:
        unit = queries.unit_with_code(db, unit_code) if unit_code else None
        if unit_code and unit is None:
            raise NotFound(unit=unit_code)
        user = operations.create_user(
            db,
            username,
            name_en=name_en or (username if not name_zh else ""),
            name_zh=name_zh,
            now=now,
            password=password,
            email=email,
            language=language,
            unit=unit,
        )
        if unit is not None:
            for role in roles:
                operations.grant(db, user, role, unit, now=now)
    click.echo(f"{user.username} added" + ("" if password_stdin else f", password {password}"))


@command.command("grant")
@click.argument("username")
@click.argument("role", type=click.Choice(GRANTABLE))
@click.argument("unit_code")
@click.pass_obj
def grant_(factory: sessionmaker[Session], username: str, role: str, unit_code: str) -> None:
    """Let USERNAME hold ROLE at the unit UNIT_CODE."""
    with database.transaction(factory) as db:
        unit = queries.unit_with_code(db, unit_code)
        if unit is None:
            raise NotFound(unit=unit_code)
        operations.grant(db, _user(db, username), role, unit, now=SystemClock().now())
    click.echo(f"{username} holds {role} at {unit_code}")


@command.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@click.pass_obj
def password_(factory: sessionmaker[Session], username: str, password_stdin: bool) -> None:
    """Give USERNAME a new password; all their sessions end."""
    password = _password(password_stdin)
    with database.transaction(factory) as db:
        operations.set_password(db, _user(db, username), password)
    click.echo("password set" if password_stdin else f"new password: {password}")


@command.command("list")
@click.option("--all", "everybody", is_flag=True, help="Shut accounts too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def list_(factory: sessionmaker[Session], everybody: bool, as_json: bool) -> None:
    """List the people with their roles."""
    now = SystemClock().now()
    with database.reading(factory) as db:
        people = queries.users(db, now=now, only_active=not everybody, limit=100_000)
        held: dict[int, list[str]] = {}
        for holding in queries.holdings(db, now=now):
            held.setdefault(holding.user_id, []).append(f"{holding.role}@{holding.unit.code}")
    if as_json:
        rows = [
            {
                "username": each.username,
                "name_en": each.name_en,
                "name_zh": each.name_zh,
                "active": each.active,
                "roles": held.get(each.id, []),
            }
            for each in people
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for each in people:
        shut = "" if each.active else " (shut)"
        click.echo(f"{each.username:20} {each.name_zh or each.name_en}{shut}  {' '.join(held.get(each.id, []))}")


def _user(db: Session, username: str) -> User:
    user = queries.user_named(db, username)
    if user is None:
        raise NotFound(user=username)
    return user


def _password(from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else secrets.token_urlsafe(12)
