"""The demo's logins: passwords made up on this machine, shown to whoever runs the demo, stored hashed.

``demo-logins.txt`` in the data directory keeps them readable for the owner of the file alone, so that the next
``make run`` can print them again.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from handlers.organisation import queries
from handlers.organisation.passwords import fits
from webui.demo import stories

FILE = "demo-logins.txt"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that looks like another."""
GROUPS, GROUP = 3, 4


def make_up() -> dict[str, str]:
    """Return a random password for everybody, by user name."""
    return {person.username: _password() for person in stories.organisation().people}


def _password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


@dataclass(frozen=True, slots=True)
class Login:
    """One line of the list."""

    username: str
    password: str
    name: str
    role_en: str
    role_zh: str


def write(directory: Path, passwords: dict[str, str]) -> Path:
    """Write the list; nobody but the owner of the file may read it."""
    path = directory / FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        for person in stories.organisation().people:
            words = (person.username, passwords[person.username], f"{person.en} {person.zh}", person.says.en)
            file.write("\t".join((*words, person.says.zh)) + "\n")
    return path


def read(directory: Path) -> list[Login]:
    """Return what the list says; nothing when there is none."""
    path = directory / FILE
    if not path.exists():
        return []
    return [Login(*line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]


def still_valid(session: Session, directory: Path) -> list[Login]:
    """Return the logins of the list that open this very database: not those of another one, nor changed ones."""
    found = []
    for login in read(directory):
        user = queries.user_named(session, login.username)
        if user is not None and user.active and fits(login.password, user.password_hash):
            found.append(login)
    return found
