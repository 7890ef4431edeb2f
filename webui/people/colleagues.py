"""The colleagues among whom somebody is chosen: to take over a task, to take a place in a team."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from handlers.organisation import queries as organisation
from webui.i18n import language
from webui.runtime import room

MOST = 50
"""How many people a list offers at once; among more, one looks for the name."""


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Who is offered, by id; ``looked_for`` is what was searched for, ``more``: not all who fit are offered."""

    names: Mapping[int, str]
    looked_for: str
    more: bool


def colleagues(
    db: Session, looked_for: str, *, role: str | None = None, without: Collection[int | None] = ()
) -> Colleagues:
    """Return those who hold ``role`` and whose name contains ``looked_for``; everybody's when nobody holds the role."""
    now, wanted = room().clock.now(), looked_for.strip()
    found = organisation.users(db, now=now, role=role, search=wanted, limit=MOST + 1) if role is not None else []
    if not found and not (role is not None and organisation.users(db, now=now, role=role, limit=1)):
        found = organisation.users(db, now=now, search=wanted, limit=MOST + 1)
    offered = [each.id for each in found[:MOST] if each.id not in without]
    return Colleagues(organisation.names(db, offered, language()), wanted, len(found) > MOST)
