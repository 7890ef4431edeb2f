"""What the company knows by name: its roles and the statuses of its records, for the checks of diagrams."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from engine.checks import Known
from handlers import vocabulary
from handlers.organisation import queries
from handlers.organisation.roles import GRANTABLE


def known(held: Collection[str] | None = None) -> Known:
    """Return the roles and statuses that the handlers name; call ``handlers.load()`` before.

    ``held`` are the roles that somebody holds, if that is known. A kind of record ``lead`` has the ``STATUSES`` of
    ``handlers.lead.statuses``, if there is such a module.
    """
    statuses = {kind: frozenset(names) for kind, names in vocabulary.statuses().items() if names}
    return Known(roles=frozenset(vocabulary.roles()), held=held, statuses=statuses)


def known_where(granted: Iterable[str]) -> Known:
    """Return what is :func:`known` where somebody was ``granted`` these roles.

    What is never granted, as the submitter, the case itself or a setting of the unit gives to somebody.
    """
    return known(held=tuple(sorted({*granted, *(each for each in vocabulary.roles() if each not in GRANTABLE)})))


def known_to(session: Session, *, now: datetime) -> Known:
    """Return what is :func:`known` in the company of ``session`` at ``now``. One statement."""
    return known_where(queries.held_roles(session, now=now))
