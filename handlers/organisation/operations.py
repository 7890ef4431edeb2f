"""Every change of the organisation: units, people, roles, passwords."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from engine.errors import Conflict, InvalidInput, NotFound
from handlers.organisation.records import LEVELS, OrgUnit, RoleHolding, User
from handlers.organisation.roles import ROLES

SHORTEST_PASSWORD = 10
TRIES_BEFORE_LOCK = 8
LOCKED_FOR = timedelta(minutes=10)

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def create_unit(
    session: Session,
    *,
    code: str,
    name_en: str,
    name_zh: str,
    level: str,
    parent: OrgUnit | None = None,
    lead_screening_role: str | None = None,
) -> OrgUnit:
    """Create a unit below ``parent``; raises ``InvalidInput`` for an unknown level, ``Conflict`` for a taken code."""
    if level not in LEVELS:
        raise InvalidInput(field="level", value=level, allowed=LEVELS)
    if session.scalar(sa.select(OrgUnit.id).where(OrgUnit.code == code)) is not None:
        raise Conflict(field="code", value=code)
    unit = OrgUnit(
        code=code,
        name_en=name_en,
        name_zh=name_zh,
        level=level,
        parent_id=parent.id if parent else None,
        path="",
        lead_screening_role=lead_screening_role,
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    session.flush()
    return unit


def create_user(
    session: Session,
    *,
    username: str,
    name_en: str,
    name_zh: str,
    password: str | None,
    now: datetime,
    unit: OrgUnit | None = None,
    language: str | None = None,
    email: str | None = None,
) -> User:
    """Create a person; without a password nobody can sign in as them yet.

    Raises ``InvalidInput`` that names the field, ``Conflict`` when the user name is taken.
    """
    username = username.strip().lower()
    if not username or not all(letter.isalnum() or letter in "._-" for letter in username):
        raise InvalidInput(field="username", value=username, problem="letters, digits, dot, dash and underscore only")
    if session.scalar(sa.select(User.id).where(User.username == username)) is not None:
        raise Conflict(field="username", value=username)
    user = User(
        username=username,
        name_en=name_en.strip() or username,
        name_zh=name_zh.strip() or name_en.strip() or username,
        email=email,
        password_hash=hash_password(password) if password is not None else None,
        language=language,
        unit_id=unit.id if unit else None,
        active=True,
        epoch=0,
        failed_sign_ins=0,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def grant(
    session: Session,
    user: User,
    role: str,
    unit: OrgUnit | None = None,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleHolding:
    """Give ``user`` a role at ``unit`` (everywhere without one); a role already held is prolonged.

    Raises ``InvalidInput`` for a role that cannot be given.
    """
    if role not in ROLES:
        raise InvalidInput(field="role", value=role, allowed=sorted(ROLES))
    unit_id = unit.id if unit else None
    held = session.scalar(
        sa.select(RoleHolding).where(
            RoleHolding.user_id == user.id, RoleHolding.role == role, RoleHolding.unit_id.is_not_distinct_from(unit_id)
        )
    )
    if held is None:
        held = RoleHolding(user_id=user.id, role=role, unit_id=unit_id)
        session.add(held)
    held.valid_from, held.valid_to = valid_from, valid_to
    session.flush()
    return held


def revoke(session: Session, holding_id: int) -> None:
    """Take a role away; raises ``NotFound``."""
    holding = session.get(RoleHolding, holding_id)
    if holding is None:
        raise NotFound(holding=holding_id)
    session.delete(holding)
    session.flush()


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password; raises ``InvalidInput`` for one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(field="password", problem=f"at least {SHORTEST_PASSWORD} characters")
    return _hasher.hash(password)


def set_password(session: Session, user: User, password: str) -> None:
    """Set a new password, unlock the account and end every session of the person."""
    user.password_hash = hash_password(password)
    user.epoch += 1
    user.failed_sign_ins, user.locked_until = 0, None
    session.flush()


def deactivate(session: Session, user: User) -> None:
    """Close an account and end its sessions; what the person did stays."""
    user.active = False
    user.epoch += 1
    session.flush()


def authenticate(session: Session, username: str, password: str, *, now: datetime) -> User | None:
    """Return the person whose password this is, or ``None``; an unknown name takes as long as a wrong password.

    After eight wrong passwords in a row the account is closed to everyone for ten minutes.
    """
    user = session.scalar(sa.select(User).where(User.username == username.strip().lower()).with_for_update())
    locked = user is not None and user.locked_until is not None and user.locked_until > now
    usable = user is not None and user.active and not locked
    fits = _fits(user.password_hash if user is not None and usable and user.password_hash else _NOBODY, password)
    if user is None or not usable or user.password_hash is None:
        return None
    if fits:
        user.failed_sign_ins, user.locked_until = 0, None
        if _hasher.check_needs_rehash(user.password_hash):
            user.password_hash = _hasher.hash(password)
    else:
        user.failed_sign_ins += 1
        if user.failed_sign_ins >= TRIES_BEFORE_LOCK:
            user.failed_sign_ins, user.locked_until = 0, now + LOCKED_FOR
    session.flush()
    return user if fits else None


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
