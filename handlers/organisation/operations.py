"""Every change to the organisation: units, users, roles, teams, signing in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Conflict, InvalidInput, NotFound
from engine.text import LANGUAGES
from handlers.organisation import passwords
from handlers.organisation.records import (
    LEVELS,
    OPPORTUNITY_FLOWS,
    SCREENING_ROLES,
    OrgUnit,
    RoleHolding,
    Team,
    TeamMember,
    TeamScope,
    User,
)
from handlers.organisation.roles import GRANTABLE

FREE_ATTEMPTS = 5
"""Wrong passwords that cost nothing; from then on each one doubles the wait."""
SHORTEST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(minutes=15)


class NameTaken(Conflict):
    """Somebody or something else already has this name."""


class UnknownRole(InvalidInput):
    """There is no such role, or nobody can be given it."""


class UnfitUnit(InvalidInput):
    """The unit's level, parent or setting does not fit."""


def create_unit(
    session: Session,
    code: str,
    *,
    name_en: str,
    name_zh: str,
    level: str,
    parent: OrgUnit | None = None,
    lead_screening_role: str | None = None,
    opportunity_flow: str | None = None,
) -> OrgUnit:
    """Add a unit below ``parent`` (`ltc.md` 1.3); return it with its id.

    Raises ``NameTaken`` for a code in use and ``UnfitUnit`` when the level is unknown or above the parent's.
    """
    if level not in LEVELS or (parent is not None and LEVELS.index(level) > LEVELS.index(parent.level)):
        raise UnfitUnit(level=level, parent=parent.code if parent else None)
    if session.scalar(sa.select(OrgUnit.id).where(OrgUnit.code == code)) is not None:
        raise NameTaken(code=code)
    parent_id = parent.id if parent else None
    unit = OrgUnit(code=code, name_en=name_en, name_zh=name_zh, level=level, parent_id=parent_id)
    set_screening_role(unit, lead_screening_role)
    set_opportunity_flow(unit, opportunity_flow)
    session.add(unit)
    session.flush()
    return unit


def set_screening_role(unit: OrgUnit, role: str | None) -> None:
    """Say who screens the leads of ``unit``: ``ar``, ``fr`` or, with ``None``, as the unit above (`ltc.md` 1.1).

    Raises ``UnfitUnit`` for any other role.
    """
    if role is not None and role not in SCREENING_ROLES:
        raise UnfitUnit(lead_screening_role=role)
    unit.lead_screening_role = role


def set_opportunity_flow(unit: OrgUnit, flow: str | None) -> None:
    """Say which flow new opportunities of ``unit`` take: ``full``, ``four_step`` or, with ``None``, as the unit above.

    Opportunities that are under way stay in theirs (`ltc.md` 5). Raises ``UnfitUnit`` for any other flow.
    """
    if flow is not None and flow not in OPPORTUNITY_FLOWS:
        raise UnfitUnit(opportunity_flow=flow)
    unit.opportunity_flow = flow


def create_user(
    session: Session,
    username: str,
    *,
    name_en: str,
    name_zh: str,
    now: datetime,
    password: str | None = None,
    email: str | None = None,
    language: str = "zh_CN",
    unit: OrgUnit | None = None,
) -> User:
    """Add a user; without a password the person cannot sign in yet. Return it with its id.

    Raises ``NameTaken``, ``UnfitPassword``, and ``InvalidInput`` for an unfit login name or an unknown language.
    """
    login = login_name(username)
    if not login or not all(letter.isalnum() or letter in "._-@" for letter in login) or language not in LANGUAGES:
        raise InvalidInput(username=username, language=language)
    if session.scalar(sa.select(User.id).where(User.username == login)) is not None:
        raise NameTaken(username=login)
    user = User(
        username=login,
        name_en=name_en.strip() or login,
        name_zh=name_zh.strip() or name_en.strip() or login,
        email=email,
        password_hash=passwords.hashed(password, username=login) if password is not None else None,
        language=language,
        unit_id=unit.id if unit else None,
        active=True,
        epoch=0,
        failed_logins=0,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def login_name(text: str) -> str:
    """Return the form in which login names are stored and compared: no outer blanks, no difference of case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def set_language(user: User, language: str) -> None:
    """Show the product to ``user`` in ``language`` (``en`` or ``zh_CN``); raises ``InvalidInput`` for others."""
    if language not in LANGUAGES:
        raise InvalidInput(language=language)
    user.language = language


def grant(
    session: Session, user: User, role: str, unit: OrgUnit, *, now: datetime, until: datetime | None = None
) -> RoleHolding:
    """Let ``user`` hold ``role`` at ``unit`` from ``now`` on; a role already held there is returned, not doubled.

    Raises ``UnknownRole``, and ``InvalidInput`` when ``until`` is not after ``now``.
    """
    if role not in GRANTABLE:
        raise UnknownRole(role=role)
    if until is not None and until <= now:
        raise InvalidInput(until=until)
    held = session.scalar(
        sa.select(RoleHolding).where(
            RoleHolding.user_id == user.id,
            RoleHolding.role == role,
            RoleHolding.unit_id == unit.id,
            sa.or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > now),
        )
    )
    if held is not None:
        held.valid_to = until
        session.flush()
        return held
    holding = RoleHolding(user_id=user.id, role=role, unit_id=unit.id, valid_from=now, valid_to=until)
    session.add(holding)
    session.flush()
    return holding


def revoke(session: Session, holding_id: int, *, now: datetime) -> None:
    """End a role holding at ``now``; it stays as history. Raises ``NotFound``."""
    holding = session.get(RoleHolding, holding_id)
    if holding is None:
        raise NotFound(role_holding=holding_id)
    if holding.valid_to is None or holding.valid_to > now:
        holding.valid_to = now
        session.flush()


def create_team(
    session: Session,
    code: str,
    *,
    name_en: str,
    name_zh: str,
    unit: OrgUnit,
    product_areas: Iterable[str] = (),
    industries: Iterable[str] = (),
    members: Iterable[User] = (),
) -> Team:
    """Add a team of ``unit`` that looks after product areas and industries (`ltc.md` D6); raises ``NameTaken``."""
    if session.scalar(sa.select(Team.id).where(Team.code == code)) is not None:
        raise NameTaken(code=code)
    team = Team(code=code, name_en=name_en, name_zh=name_zh, unit_id=unit.id)
    session.add(team)
    session.flush()
    session.add_all(TeamScope(team_id=team.id, kind="product_area", code=each) for each in dict.fromkeys(product_areas))
    session.add_all(TeamScope(team_id=team.id, kind="industry", code=each) for each in dict.fromkeys(industries))
    session.add_all(TeamMember(team_id=team.id, user_id=each) for each in {user.id for user in members})
    session.flush()
    return team


def set_password(session: Session, user: User, password: str) -> None:
    """Give ``user`` a new password and end all sessions of theirs; raises ``UnfitPassword``."""
    user.password_hash = passwords.hashed(password, username=user.username)
    user.failed_logins, user.locked_until = 0, None
    user.epoch += 1
    session.flush()


def deactivate(session: Session, user: User, *, now: datetime) -> None:
    """Shut ``user`` out at once: sessions end, roles end, nothing new is assigned. What they did stays."""
    user.active = False
    user.epoch += 1
    still = sa.or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > now)
    for holding in session.scalars(sa.select(RoleHolding).where(RoleHolding.user_id == user.id, still)):
        holding.valid_to = now
    session.flush()


def reactivate(session: Session, user: User) -> None:
    """Let ``user`` in again; roles must be granted anew."""
    user.active = True
    user.failed_logins, user.locked_until = 0, None
    session.flush()


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether a password fitted a stored hash."""

    password_hash: str | None
    fits: bool


def compare(session: Session, username: str, password: str) -> Compared:
    """Compare a password with what is stored. It takes a while on purpose: do it before the transaction that writes."""
    stored = session.scalar(sa.select(User.password_hash).where(User.username == login_name(username)))
    return Compared(stored, passwords.fits(password, stored))


def authenticate(
    session: Session, username: str, password: str, *, now: datetime, compared: Compared | None = None
) -> User | None:
    """Return the user that ``username`` and ``password`` belong to, or ``None``.

    ``compared`` spares comparing again while the user's row is locked, unless the password has changed since.

    ``None`` does not say why: unknown, inactive, locked and wrong look alike and take alike long. The caller commits
    in either case, because failures are counted: from the fifth on the account waits 30 seconds, doubling up to
    15 minutes.
    """
    query = sa.select(User).where(User.username == login_name(username)).with_for_update()
    user = session.scalar(query.execution_options(populate_existing=True))
    stored = user.password_hash if user is not None else None
    known = compared is not None and compared.password_hash == stored
    right = compared.fits if compared is not None and known else passwords.fits(password, stored)
    if user is None or not user.active or (user.locked_until is not None and user.locked_until > now):
        return None
    if not right:
        _count_failure(user, now)
        session.flush()
        return None
    if user.password_hash is not None and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehashed(password)
    user.failed_logins, user.locked_until, user.last_login_at = 0, None, now
    session.flush()
    return user


def _count_failure(user: User, now: datetime) -> None:
    user.failed_logins += 1
    beyond = user.failed_logins - FREE_ATTEMPTS
    if beyond >= 0:
        user.locked_until = now + min(SHORTEST_LOCK * 2 ** min(beyond, 10), LONGEST_LOCK)
