"""The contract of the case in which an automatic step runs, what was just answered, and whom to tell."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from engine.calendar import WorkingCalendar, working_minutes
from engine.database import hold, zone_of
from engine.errors import Fault
from engine.inbox import queries as inbox
from engine.service_tasks import Context
from handlers.contract.operations import PEOPLE
from handlers.contract.records import Contract
from handlers.days import today_of
from handlers.organisation import queries as organisation
from handlers.organisation.roles import name_of
from handlers.quality import operations as quality


def contract_of(ctx: Context) -> Contract:
    """Return the contract of the case; raises ``Fault`` when the case has none."""
    found = ctx.session.get(Contract, ctx.record_id) if ctx.record_type == "contract" and ctx.record_id else None
    if found is None:
        raise Fault(instance=ctx.instance_id, element=ctx.element, problem="this case has no contract")
    return hold(ctx.session, found)


def today(ctx: Context) -> date:
    """Return the day it is where the company works."""
    return today_of(ctx.session, ctx.now)


def said(ctx: Context, element: str) -> dict[str, Any]:
    """Return what was answered last at ``element`` of this case, tables and files included, and by whom."""
    found = inbox.last_submission(ctx.session, ctx.instance_id, element)
    return {} if found is None else {**found.answers, "by": found.by}


def said_last(ctx: Context, *elements: str) -> dict[str, Any]:
    """Return what was answered last at any of ``elements`` of this case: ``at`` which of them, and by whom."""
    found = [(each, inbox.last_submission(ctx.session, ctx.instance_id, each)) for each in elements]
    given = [(one.id, one.answers, {"at": each, "by": one.by}) for each, one in found if one is not None]
    if not given:
        return {}
    _, answers, where = max(given, key=lambda each: each[0])
    return {**answers, **where}


def tell(ctx: Context, user_id: int | None, event: str, contract: Contract, **more: str) -> None:
    """Leave a notice ``contract.<event>`` for a person, unless that person caused it."""
    if user_id is not None and user_id != ctx.by.user_id:
        ctx.notify(user_id, f"contract.{event}", number=contract.number, contract=contract.label, **more)


def tell_role(ctx: Context, role: str, event: str, contract: Contract, **more: str) -> None:
    """Tell the case's member of ``role``, else the holders of the role at the unit or the nearest above."""
    member = ctx.team.get(role)
    people = [member] if member is not None else near(ctx, role)
    for user_id in people:
        tell(ctx, user_id, event, contract, **more)


def near(ctx: Context, role: str) -> list[int]:
    """Return the active holders of ``role`` at the case's unit or the nearest above."""
    return organisation.holders_near(ctx.session, role, ctx.unit_id, now=ctx.now)


def resolve_flag(ctx: Context, kind: str, how: str, *, subject: str = "", **data: str) -> None:
    """Resolve the quality flags of a cause on the contract of the case; without one this does nothing (`ltc.md` D9).

    The diagrams raise them, as the table D9 says; ``how`` is one of ``handlers.quality.records.RESOLUTIONS``.
    """
    quality.resolve(
        ctx.session, kind, "contract", contract_of(ctx).id,
        subject=subject, resolution=how, data=data, by=ctx.by, now=ctx.now,
    )  # fmt: skip


def team_of(contract: Contract) -> dict[str, int]:
    """Return the people of ``contract`` by the key under which a case's team knows them."""
    people = {key: getattr(contract, f"{key}_id") for key in PEOPLE}
    return {key: user_id for key, user_id in people.items() if user_id is not None}


def level_of(ctx: Context, contract: Contract) -> str:
    """Return the level of the contract's unit; without a unit it counts as a representative office."""
    return organisation.unit(ctx.session, contract.unit_id).level if contract.unit_id is not None else "rep"


def working_day_after(ctx: Context, within: str, *, since: date | None = None) -> date:
    """Return the day on which ``within`` (ISO duration, working time) is over, from now or from the end of a day."""
    zone = zone_of(ctx.session)
    begun = ctx.now if since is None else datetime.combine(since, time.max, tzinfo=zone)
    return WorkingCalendar(zone).add(begun, working_minutes(within)).astimezone(zone).date()


def role_name(role: str) -> str:
    """Return the name of a role for everybody."""
    return name_of(role).both()
