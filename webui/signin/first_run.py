"""The first administrator: there is no default password, so whoever can read the console makes the account.

The code is derived from the secret key, so that all processes agree on it and nothing needs to be stored. It opens the
page only as long as nobody administers the product.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from handlers.organisation import operations, queries
from handlers.organisation.records import RoleHolding, User
from handlers.organisation.roles import ADMIN


def setup_code(secret_key: str) -> str:
    """Return the one-time code of this installation: four groups of four letters and digits."""
    digest = hmac.new(secret_key.encode(), b"the first administrator", hashlib.sha256).digest()
    letters = b32encode(digest).decode()[:16]
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def code_fits(secret_key: str, given: str) -> bool:
    """Return whether ``given`` is the code, written in whatever way; takes equally long for every wrong one."""
    plain = "".join(each for each in given.upper() if each.isalnum())
    expected = setup_code(secret_key).replace("-", "")
    return hmac.compare_digest(plain.encode(), expected.encode())


def is_open(session: Session) -> bool:
    """Return whether nobody administers the product yet."""
    found = (
        sa.select(RoleHolding.id)
        .join(User, User.id == RoleHolding.user_id)
        .where(RoleHolding.role == ADMIN, User.active)
        .limit(1)
    )
    return session.scalar(found) is None


def create_administrator(
    session: Session, username: str, password: str, *, name: str, company: str, language: str, now: datetime
) -> User:
    """Make the first administrator, at the top unit, which is made too when the organisation is empty.

    Raises ``NotFound`` when somebody administers the product already, and what ``create_user`` raises.
    """
    if not is_open(session):
        raise NotFound
    units = queries.units(session)
    top = units[0] if units else None
    if top is None:
        top = operations.create_unit(session, "company", name_en=company, name_zh=company, level="company")
    user = operations.create_user(
        session, username, name_en=name, name_zh=name, now=now, password=password, language=language, unit=top
    )
    operations.grant(session, user, ADMIN, top, now=now)
    return user
