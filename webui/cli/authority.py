"""``ltc authority``: what the negotiating team of a unit may agree to, for administrators at the console."""

from __future__ import annotations

import json
from datetime import date, datetime

import click
from sqlalchemy.orm import Session, sessionmaker

from engine import database
from engine.clock import SystemClock
from engine.directory import SYSTEM
from engine.errors import NotFound
from engine.settings import Settings
from handlers.authority import operations, queries
from handlers.authority.records import LIABILITIES, Authority
from handlers.money import FEN_PER_WAN
from handlers.organisation import queries as organisation
from webui import migrations

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("authority")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Grant authority to negotiate, list it, end it."""
    engine = database.connect(Settings.from_environment().database_url)
    migrations.upgrade(engine)
    ctx.obj = database.sessions(engine)


def _today() -> date:
    return SystemClock().now().astimezone(Settings.from_environment().zone).date()


@command.command()
@click.argument("unit_code", metavar="UNIT")
@click.option("--level", type=click.Choice(operations.LEVELS), required=True, help="Body that grants it.")
@click.option("--amount", type=click.IntRange(min=0), required=True, help="Up to this contract amount, in 10,000 CNY.")
@click.option("--margin", type=click.IntRange(-100, 100), required=True, help="Least gross margin, percent.")
@click.option("--discount", type=click.IntRange(0, 100), required=True, help="Greatest discount, percent.")
@click.option("--days", type=click.IntRange(0, 720), required=True, help="Longest payment, days.")
@click.option("--liability", type=click.Choice(LIABILITIES), default="capped", show_default=True)
@click.option("--delay", type=click.IntRange(0, 720), default=0, help="Days sooner than we can deliver.")
@click.option("--from", "start", type=DAY, help="First day; today if not given.")
@click.option("--until", type=DAY, help="Last day; without it the grant holds until it is ended.")
@click.pass_obj
def grant(
    factory: sessionmaker[Session],
    unit_code: str,
    level: str,
    amount: int,
    margin: int,
    discount: int,
    days: int,
    liability: str,
    delay: int,
    start: datetime | None,
    until: datetime | None,
) -> None:
    """Let the team of UNIT and of the units below it agree to this much."""
    with database.transaction(factory) as db:
        unit = organisation.unit_with_code(db, unit_code)
        if unit is None:
            raise NotFound(unit=unit_code)
        made = operations.grant(
            db,
            operations.Limits(amount * FEN_PER_WAN, margin, discount, days, liability, delay),
            level=level,
            unit_id=unit.id,
            valid_from=start.date() if start else _today(),
            valid_to=until.date() if until else None,
            by=SYSTEM,
            now=SystemClock().now(),
        )
        click.echo(f"granted, number {made.id}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def list_(factory: sessionmaker[Session], as_json: bool) -> None:
    """List the grants that hold today, the greatest first."""
    with database.reading(factory) as db:
        codes = {unit.id: unit.code for unit in organisation.units(db)}
        rows = [_row(each, codes) for each in queries.grants(db, on=_today())]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("  ".join(f"{name} {value}" for name, value in row.items() if value is not None))


def _row(grant: Authority, codes: dict[int, str]) -> dict[str, object]:
    return {
        "number": grant.id,
        "unit": codes.get(grant.unit_id) if grant.unit_id is not None else None,
        "user": grant.user_id,
        "level": grant.level,
        "amount": grant.max_amount // FEN_PER_WAN,
        "margin": grant.min_margin_percent,
        "discount": grant.max_discount_percent,
        "days": grant.max_payment_days,
        "liability": grant.max_liability,
        "delay": grant.max_delay_days,
        "until": grant.valid_to.isoformat() if grant.valid_to else None,
    }


@command.command()
@click.argument("number", type=int)
@click.option("--on", type=DAY, help="Last day on which it holds; today if not given.")
@click.pass_obj
def end(factory: sessionmaker[Session], number: int, on: datetime | None) -> None:
    """End the grant NUMBER; it stays on record."""
    with database.transaction(factory) as db:
        found = db.get(Authority, number)
        if found is None:
            raise NotFound(authority=number)
        operations.end(db, found, on=on.date() if on else _today(), by=SYSTEM, now=SystemClock().now())
    click.echo(f"ends, number {number}")
