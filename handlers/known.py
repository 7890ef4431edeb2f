"""What the company knows by name: its roles and the statuses of its records, for the checks of diagrams."""

from __future__ import annotations

from collections.abc import Collection

from engine.checks import Known
from handlers import vocabulary


def known(held: Collection[str] | None = None) -> Known:
    """Return the roles and statuses that the handlers name; call ``handlers.load()`` before.

    ``held`` are the roles that somebody holds, if that is known. A kind of record ``lead`` has the ``STATUSES`` of
    ``handlers.lead.statuses``, if there is such a module.
    """
    statuses = {kind: frozenset(names) for kind, names in vocabulary.statuses().items() if names}
    return Known(roles=frozenset(vocabulary.roles()), held=held, statuses=statuses)
