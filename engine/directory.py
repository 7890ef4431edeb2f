"""Who is who: the questions the engine asks about people. ``handlers.organisation`` answers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session

EVERYONE = "everyone"
"""The role that every active user holds, at no particular unit."""

OVERSEERS = frozenset({"admin", "manager"})
"""The roles that see every case and may step in everywhere."""


def group_key(role: str, unit_id: int | None) -> str:
    """Return the key under which a work item waits for the holders of ``role`` at ``unit_id``: ``lead_manager@3``."""
    return role if unit_id is None else f"{role}@{unit_id}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a user with the groups (see :func:`group_key`) whose work items they may take.

    ``user_id`` is ``None`` for the system itself (timers, jobs, messages).
    ``roles`` are the bare role keys, for permissions that do not depend on a unit.
    """

    user_id: int | None
    name: str = ""
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    language: str = "en"

    @property
    def is_system(self) -> bool:
        """Whether no person stands behind the act."""
        return self.user_id is None


SYSTEM = Actor(user_id=None, name="system")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the directory may need to know of a case to find its people."""

    unit_id: int | None
    team: Mapping[str, int] = field(default_factory=dict)
    started_by: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """For whom a work item waits: one person, or the group that may claim it."""

    group: str
    assignee_id: int | None = None


class Directory(Protocol):
    """Resolves the lanes of a diagram to people."""

    def assign(
        self, session: Session, roles: Sequence[str], case: CaseFacts, levels: Sequence[str | None] | None = None
    ) -> list[Assignment]:
        """Return one assignment per lane role, in order; at most one SQL statement for all of them.

        A role held in ``case.team`` goes to that person; otherwise to the holders of the role at the case's unit or
        the nearest unit above it that has one; a role that nobody holds waits for the administrators.

        ``levels`` stands beside ``roles``: where it names a level (``rep``, ``region``, ``company``), the body of that
        level decides, whoever is in the team: the holders of the role at the case's unit of that level, else at the
        nearest unit above it; a small company without such a body asks the highest it has. Raises ``Fault`` for a
        level that no unit can have.
        """
        ...

    def superiors(self, session: Session, unit_id: int | None, level: int) -> list[int]:
        """Return the user ids to whom a late work item of ``unit_id`` escalates: 1 = unit sales manager, 2 = above."""
        ...

    def members(self, session: Session, group: str) -> list[int]:
        """Return the user ids to remind of what waits for ``group``; nobody for everyone: it is no one's duty."""
        ...

    def actor(self, session: Session, user_id: int) -> Actor:
        """Return the acting person with groups and roles; raises ``NotFound`` for an unknown or inactive user."""
        ...


def oversees(directory: Directory, session: Session, actor: Actor, unit_id: int | None) -> bool:
    """Whether ``actor`` may step in for others in a case of ``unit_id``: hand on their work items, cancel the case.

    Overseers may everywhere, and so may those to whom late work items of the unit escalate.
    """
    if actor.is_system or actor.roles & OVERSEERS:
        return True
    return any(actor.user_id in directory.superiors(session, unit_id, level) for level in (1, 2))
