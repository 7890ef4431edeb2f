"""Every read of the organisation besides the directory's hot path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from handlers.organisation.operations import login_name
from handlers.organisation.records import OPPORTUNITY_FLOWS, OrgUnit, RoleHolding, Team, TeamMember, User
from handlers.organisation.roles import ADMIN


@dataclass(frozen=True, slots=True)
class Holding:
    """A role that a user holds now, with its unit."""

    id: int
    user_id: int
    role: str
    unit: OrgUnit
    valid_from: datetime
    valid_to: datetime | None


def valid_at(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Return the condition under which a role holding counts at ``now``."""
    return sa.and_(RoleHolding.valid_from <= now, sa.or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > now))


def user(session: Session, user_id: int) -> User:
    """Return one user; raises ``NotFound``."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound(user=user_id)
    return found


def user_named(session: Session, username: str) -> User | None:
    """Return the user with this login name, or ``None``."""
    return session.scalar(sa.select(User).where(User.username == login_name(username)))


def users(
    session: Session,
    *,
    now: datetime,
    role: str | None = None,
    search: str = "",
    only_active: bool = True,
    limit: int = 200,
) -> list[User]:
    """Return users by login name, at most ``limit``.

    ``role``: only who holds it somewhere at ``now`` (reference fields with ``x-role``); ``search`` looks into the
    login name and both names.
    """
    query = sa.select(User).order_by(User.username).limit(limit)
    if only_active:
        query = query.where(User.active)
    if role is not None:
        query = query.where(
            sa.exists().where(RoleHolding.user_id == User.id, RoleHolding.role == role, valid_at(now))
        )  # fmt: skip
    wanted = login_name(search)
    if wanted:
        query = query.where(
            sa.or_(
                User.username.contains(wanted, autoescape=True),
                sa.func.lower(User.name_en).contains(wanted, autoescape=True),
                User.name_zh.contains(wanted, autoescape=True),
            )
        )
    return list(session.scalars(query))


def names(session: Session, user_ids: Iterable[int | None], language: str) -> dict[int, str]:
    """Return people's names by id for readers of ``language``, in one statement; unknown ids are left out."""
    wanted = {each for each in user_ids if each is not None}
    if not wanted:
        return {}
    return {each.id: each.name_in(language) for each in session.scalars(sa.select(User).where(User.id.in_(wanted)))}


def has_administrator(session: Session, *, now: datetime) -> bool:
    """Whether any active user is an administrator at ``now``."""
    held = sa.exists().where(
        RoleHolding.role == ADMIN, RoleHolding.user_id == User.id, User.active, valid_at(now)
    )  # fmt: skip
    return bool(session.scalar(sa.select(held)))


def units(session: Session) -> list[OrgUnit]:
    """Return all units, parents before their children, siblings by code."""
    children: dict[int | None, list[OrgUnit]] = {}
    for each in session.scalars(sa.select(OrgUnit).order_by(OrgUnit.code)):
        children.setdefault(each.parent_id, []).append(each)
    ordered: list[OrgUnit] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        next_one = waiting.pop()
        ordered.append(next_one)
        waiting.extend(reversed(children.get(next_one.id, [])))
    return ordered


def unit(session: Session, unit_id: int) -> OrgUnit:
    """Return one unit; raises ``NotFound``."""
    found = session.get(OrgUnit, unit_id)
    if found is None:
        raise NotFound(unit=unit_id)
    return found


def unit_with_code(session: Session, code: str) -> OrgUnit | None:
    """Return the unit with this code, or ``None``."""
    return session.scalar(sa.select(OrgUnit).where(OrgUnit.code == code))


def holdings(session: Session, *, now: datetime, user_ids: Iterable[int] | None = None) -> list[Holding]:
    """Return who holds which role where at ``now``; of ``user_ids`` only, if given. One statement."""
    query = (
        sa.select(RoleHolding, OrgUnit)
        .join(OrgUnit, OrgUnit.id == RoleHolding.unit_id)
        .where(valid_at(now))
        .order_by(RoleHolding.user_id, OrgUnit.code, RoleHolding.role)
    )
    if user_ids is not None:
        query = query.where(RoleHolding.user_id.in_(list(user_ids)))
    return [
        Holding(held.id, held.user_id, held.role, at, held.valid_from, held.valid_to)
        for held, at in session.execute(query)
    ]


def held_roles(session: Session, *, now: datetime) -> list[str]:
    """Return the roles that somebody holds anywhere at ``now`` whose account is open."""
    query = (
        sa.select(RoleHolding.role)
        .join(User, User.id == RoleHolding.user_id)
        .where(User.active, valid_at(now))
        .distinct()
        .order_by(RoleHolding.role)
    )
    return list(session.scalars(query))


def teams(session: Session) -> list[tuple[Team, list[int]]]:
    """Return every team with the ids of its members."""
    members: dict[int, list[int]] = {}
    for team_id, user_id in session.execute(
        sa.select(TeamMember.team_id, TeamMember.user_id).order_by(TeamMember.user_id)
    ):
        members.setdefault(team_id, []).append(user_id)
    return [(team, members.get(team.id, [])) for team in session.scalars(sa.select(Team).order_by(Team.code))]


def ancestors(unit_id: int | sa.BindParameter[int] | None) -> sa.CTE:
    """Return the unit and all above it as a table ``(id, parent_id, depth)``; ``depth`` 0 is the unit itself.

    ``None`` stands for the top: the units that have no parent.
    """
    unit = cast("sa.Table", OrgUnit.__table__)  # not the record: the hot path spares the session its ORM
    start = unit.c.parent_id.is_(None) if unit_id is None else unit.c.id == unit_id
    above = (
        sa.select(unit.c.id, unit.c.parent_id, sa.literal(0).label("depth"))
        .where(start)
        .cte(recursive=True)  # unnamed: one statement may climb from two units
    )
    parent = unit.alias("parent_unit")
    return above.union_all(
        sa.select(parent.c.id, parent.c.parent_id, (above.c.depth + 1).label("depth")).where(
            parent.c.id == above.c.parent_id
        )
    )


def opportunity_flow(session: Session, unit_id: int | None) -> str:
    """Return the opportunity flow of a unit: its own, else that of the nearest unit above that says (`ltc.md` 5)."""
    up = ancestors(unit_id)
    said = session.scalar(
        sa.select(OrgUnit.opportunity_flow)
        .join(up, up.c.id == OrgUnit.id)
        .where(OrgUnit.opportunity_flow.is_not(None))
        .order_by(up.c.depth)
        .limit(1)
    )
    return said or OPPORTUNITY_FLOWS[0]


def descendants(unit_ids: Iterable[int]) -> sa.CTE:
    """Return these units and all below them as a table ``(id,)``."""
    below = sa.select(OrgUnit.id).where(OrgUnit.id.in_(list(unit_ids))).cte(recursive=True)
    child = sa.alias(OrgUnit.__table__, "child_unit")
    return below.union(sa.select(child.c.id).where(child.c.parent_id == below.c.id))


def holders_near(session: Session, role: str, unit_id: int | None, *, now: datetime) -> list[int]:
    """Return the active holders of ``role`` at the unit, or else at the nearest unit above that has any."""
    up = ancestors(unit_id)
    rows = session.execute(
        sa.select(up.c.depth, RoleHolding.user_id)
        .join(RoleHolding, sa.and_(RoleHolding.unit_id == up.c.id, RoleHolding.role == role))
        .join(User, sa.and_(User.id == RoleHolding.user_id, User.active))
        .where(valid_at(now))
        .order_by(up.c.depth, RoleHolding.user_id)
    ).all()
    return list(dict.fromkeys(user_id for depth, user_id in rows if depth == rows[0].depth))


def holders_of(session: Session, roles: Iterable[str], *, now: datetime) -> list[int]:
    """Return the active users who hold one of ``roles`` anywhere now, by id."""
    held = sa.select(RoleHolding.user_id).where(RoleHolding.role.in_(list(roles)), valid_at(now))
    return list(session.scalars(sa.select(User.id).where(User.id.in_(held), User.active).order_by(User.id)))
