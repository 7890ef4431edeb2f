"""Passwords: hashed with Argon2id, compared in a time that does not tell whether the user exists."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import InvalidInput

SHORTEST = 8
LONGEST = 200

# OWASP's recommendation for interactive logins: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class UnfitPassword(InvalidInput):
    """A password needs 8 to 200 characters and must not be the user name."""


def hashed(password: str, *, username: str) -> str:
    """Return the hash to store for ``password``; raises ``UnfitPassword``."""
    if not SHORTEST <= len(password) <= LONGEST or password.casefold() == username.casefold():
        raise UnfitPassword(shortest=SHORTEST, longest=LONGEST)
    return _hasher.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Return whether ``password`` belongs to ``password_hash``; costs the same when there is no hash to compare."""
    try:
        return _hasher.verify(password_hash or _nobody(_hasher), password[: LONGEST + 1]) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Return whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)


def rehashed(password: str) -> str:
    """Return a hash with today's settings for a password that was just found right."""
    return _hasher.hash(password)


@cache
def _nobody(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")
