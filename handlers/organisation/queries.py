"""Reading the organisation."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from handlers.organisation.records import OrgUnit, RoleHolding, User
from handlers.organisation.roles import ADMIN


def unit(session: Session, unit_id: int) -> OrgUnit:
    """Return a unit; raises ``NotFound``."""
    found = session.get(OrgUnit, unit_id)
    if found is None:
        raise NotFound(unit=unit_id)
    return found


def units(session: Session) -> list[OrgUnit]:
    """Return all units, the tree from the top, siblings by code."""
    return list(session.scalars(sa.select(OrgUnit).order_by(OrgUnit.path)))


def user(session: Session, user_id: int) -> User:
    """Return a person; raises ``NotFound``."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound(user=user_id)
    return found


def users(session: Session, *, role: str | None = None, only_active: bool = True) -> list[User]:
    """Return people by name; with ``role`` only those who hold it somewhere."""
    query = sa.select(User).order_by(User.name_en, User.id)
    if only_active:
        query = query.where(User.active)
    if role is not None:
        query = query.where(User.id.in_(sa.select(RoleHolding.user_id).where(RoleHolding.role == role)))
    return list(session.scalars(query))


def names(session: Session, user_ids: Iterable[int | None], language: str) -> dict[int, str]:
    """Return the names of people by id, in ``language``, in one statement; unknown ids are left out."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    name = User.name_zh if language.startswith("zh") else User.name_en
    rows = session.execute(sa.select(User.id, name).where(User.id.in_(wanted)))
    return {user_id: each for user_id, each in rows.tuples()}


def holdings(session: Session) -> list[tuple[RoleHolding, OrgUnit | None]]:
    """Return every role held, with its unit, in one statement."""
    rows = session.execute(
        sa.select(RoleHolding, OrgUnit).outerjoin(OrgUnit, OrgUnit.id == RoleHolding.unit_id).order_by(RoleHolding.id)
    )
    return [(holding, at) for holding, at in rows.tuples()]


def has_administrator(session: Session) -> bool:
    """Whether anybody can administer this installation; before the first one, the set-up page is open."""
    return bool(
        session.scalar(
            sa.select(sa.exists().where(RoleHolding.role == ADMIN, RoleHolding.user_id == User.id, User.active))
        )
    )
