"""Keys for programs that act for a person: signed, and void as soon as the person's sessions are."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from handlers.organisation.directory import Person

SALT = "ltc-api-key"
SCHEME = "bearer"


def make(person: Person, secret_key: str) -> str:
    """Return the key of ``person``; it holds until the person changes the password or is shut out."""
    return str(URLSafeSerializer(secret_key, salt=SALT).dumps([person.id, person.epoch]))


def read(key: str, secret_key: str) -> tuple[int, int] | None:
    """Return the user id and the epoch in a key that we signed, or ``None``."""
    try:
        user_id, epoch = URLSafeSerializer(secret_key, salt=SALT).loads(key)
    except (BadSignature, TypeError, ValueError):
        return None
    return (user_id, epoch) if isinstance(user_id, int) and isinstance(epoch, int) else None


def in_header(header: str | None) -> str | None:
    """Return the key in an ``Authorization`` header, or ``None``."""
    scheme, _, key = (header or "").partition(" ")
    return key.strip() or None if scheme.lower() == SCHEME else None
