"""What the company knows by name: its roles and the statuses of its records, for the checks of diagrams."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from importlib.util import find_spec

from engine.business_records import kinds
from engine.checks import Known
from handlers.organisation.roles import CASE_ROLES, ROLES


def known(held: Collection[str] | None = None) -> Known:
    """Return the roles and statuses that the handlers name; call ``handlers.load()`` before.

    ``held`` are the roles that somebody holds, if that is known. A kind of record ``lead`` has the ``STATUSES`` of
    ``handlers.lead.statuses``, if there is such a module.
    """
    statuses = {}
    for kind in kinds():
        place = f"handlers.{kind}.statuses"
        if find_spec(f"handlers.{kind}") is not None and find_spec(place) is not None:
            statuses[kind] = frozenset(import_module(place).STATUSES)
    return Known(roles=frozenset((*ROLES, *CASE_ROLES)), held=held, statuses=statuses)
