"""Answers the engine's questions about people from the organisation's tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.database import Id, UtcDateTime
from engine.directory import EVERYONE, Actor, Assignment, CaseFacts, group_key
from engine.errors import Fault, NotFound
from engine.prepared import Prepared
from handlers.organisation.queries import ancestors, valid_at
from handlers.organisation.records import LEVELS, SCREENING_ROLES, OrgUnit, RoleHolding, User
from handlers.organisation.roles import ADMIN, SALES_MANAGER, SALES_MGMT

SUBMITTER = "submitter"
LEAD_SCREENER = "lead_screener"
DEFAULT_SCREENING_ROLE = "ar"
"""Who screens leads where no unit says otherwise (`ltc.md` A28)."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user as a page needs it on every request; ``epoch`` is compared with the session's."""

    id: int
    username: str
    name_en: str
    name_zh: str
    language: str
    epoch: int
    unit_id: int | None
    actor: Actor

    @property
    def name(self) -> str:
        """The name in the person's own language."""
        return self.actor.name


@dataclass(slots=True)
class _Found:
    """What one statement told: where each role has holders (unit, level; nearest first), who screens, who is active."""

    holding: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    screening_role: str = DEFAULT_SCREENING_ROLE
    active: set[int] = field(default_factory=set)

    def unit_of(self, role: str, level: str | None) -> int | None:
        """Return the nearest unit with holders of ``role``: of ``level`` or higher, else the highest there is."""
        units = self.holding.get(role, [])
        if level is None or not units:
            return units[0][0] if units else None
        high = (unit for unit, each in units if LEVELS.index(each) >= LEVELS.index(level))
        return next(high, units[-1][0])


class OrganisationDirectory:
    """Finds the people of lanes, of escalations, of sessions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def assign(
        self, session: Session, roles: Sequence[str], case: CaseFacts, levels: Sequence[str | None] | None = None
    ) -> list[Assignment]:
        """Return one assignment per lane role, in order, with at most one statement.

        A member of the case's team first, if still active; then the holders of the role at the case's unit or the
        nearest unit above that has one; then the administrators. The group stays with an assigned item, so that
        it goes to the right people when its assignee hands it back. Where ``levels`` names one, the body of that
        level is asked instead (`ltc.md` 1.3): see :class:`engine.directory.Directory`.
        """
        wanted = list(levels or [None] * len(roles))
        if unknown := {level for level in wanted if level is not None and level not in LEVELS}:
            raise Fault(levels=sorted(unknown), problem="no unit can have this level")
        if all(role == EVERYONE for role in roles):
            return [Assignment(group=EVERYONE) for _ in roles]
        team = dict(case.team)
        if case.started_by is not None:
            team.setdefault(SUBMITTER, case.started_by)
        found = self._find(session, roles, case.unit_id, team)
        return [self._assignment(role, level, team, found) for role, level in zip(roles, wanted, strict=True)]

    @staticmethod
    def _assignment(role: str, level: str | None, team: Mapping[str, int], found: _Found) -> Assignment:
        if role == EVERYONE:
            return Assignment(group=EVERYONE)
        person = team.get(role) if level is None else None
        held = found.screening_role if role == LEAD_SCREENER else role
        if person is None and role == LEAD_SCREENER:
            person = team.get(held)
        unit_id = found.unit_of(held, level)
        group = ADMIN if unit_id is None else group_key(held, unit_id)
        return Assignment(group=group, assignee_id=person if person in found.active else None)

    def _find(self, session: Session, roles: Sequence[str], unit_id: int | None, team: Mapping[str, int]) -> _Found:
        wanted = set(roles)
        if LEAD_SCREENER in wanted:
            wanted.update(SCREENING_ROLES)
        asked, people = _padded(wanted), _padded({team[role] for role in wanted if role in team})
        given = {"now": self._clock.now()} if unit_id is None else {"now": self._clock.now(), "unit": unit_id}
        given |= {f"role_{place}": role for place, role in enumerate(asked)}
        given |= {f"member_{place}": person for place, person in enumerate(people)}
        question = _who(len(asked), len(people), at_the_top=unit_id is None)
        found, screening = _Found(), None
        for depth, unit, role, setting, level in sorted(question.rows(session, given), key=itemgetter(0)):
            if depth == _PERSON_FOUND:
                found.active.add(unit)
                continue
            screening = screening or setting
            if role is not None:
                found.holding.setdefault(role, []).append((unit, level))
        found.screening_role = screening or DEFAULT_SCREENING_ROLE
        return found

    def superiors(self, session: Session, unit_id: int | None, level: int) -> list[int]:
        """Return who is told about a late work item of ``unit_id`` (`ltc.md` 2, common events).

        Level 1: the sales managers of the unit or the nearest above. Level 2 and more: sales management of the
        nearest unit *above* it; at the top, of the top itself. Nobody there: an empty list.
        """
        role = SALES_MANAGER if level <= 1 else SALES_MGMT
        up = ancestors(unit_id)
        rows = session.execute(
            sa.select(up.c.depth, RoleHolding.user_id)
            .join(RoleHolding, sa.and_(RoleHolding.unit_id == up.c.id, RoleHolding.role == role))
            .join(User, sa.and_(User.id == RoleHolding.user_id, User.active))
            .where(valid_at(self._clock.now()))
            .order_by(up.c.depth, RoleHolding.user_id)
        ).all()
        depths = sorted({depth for depth, _ in rows})
        if not depths:
            return []
        above = [depth for depth in depths if depth > 0]
        chosen = above[0] if level > 1 and above else depths[0]
        return list(dict.fromkeys(user_id for depth, user_id in rows if depth == chosen))

    def members(self, session: Session, group: str) -> list[int]:
        """Return the active holders of the role at the unit that ``group`` names, of the role anywhere without a unit.

        Nobody for what waits for everyone: it is no one's duty.
        """
        if group == EVERYONE:
            return []
        role, _, unit = group.partition("@")
        held = sa.and_(RoleHolding.role == role, RoleHolding.unit_id == int(unit) if unit else sa.true())
        return list(
            session.scalars(
                sa.select(RoleHolding.user_id)
                .join(User, sa.and_(User.id == RoleHolding.user_id, User.active))
                .where(held, valid_at(self._clock.now()))
                .distinct()
                .order_by(RoleHolding.user_id)
            )
        )

    def actor(self, session: Session, user_id: int) -> Actor:
        """Return the acting person with groups and roles in one statement; raises ``NotFound``."""
        person = self.person(session, user_id)
        if person is None:
            raise NotFound(user=user_id)
        return person.actor

    def person(self, session: Session, user_id: int) -> Person | None:
        """Return an active user with everything a request needs, in one statement, or ``None``."""
        rows = _PERSON.rows(session, {"user": user_id, "now": self._clock.now()})
        if not rows:
            return None
        first = rows[0]
        held = [(row.role, row.unit_id) for row in rows if row.role is not None]
        groups = {EVERYONE} | {group_key(role, unit_id) for role, unit_id in held}
        roles = {EVERYONE} | {role for role, _ in held}
        if ADMIN in roles:
            groups.add(ADMIN)
        names = (first.name_zh, first.name_en) if first.language.startswith("zh") else (first.name_en, first.name_zh)
        actor = Actor(
            user_id=first.id,
            name=names[0] or names[1] or first.username,
            groups=frozenset(groups),
            roles=frozenset(roles),
            language=first.language,
        )
        return Person(
            first.id, first.username, first.name_en, first.name_zh, first.language, first.epoch, first.home, actor
        )  # fmt: skip


# Asked at every request and every completion: composing these statements costs more than asking them, so that is done
# once, and in terms of tables, which spares the session its ORM.
_USER, _HOLDING, _UNIT = (cast("sa.Table", record.__table__) for record in (User, RoleHolding, OrgUnit))
_NOW = sa.bindparam("now", type_=UtcDateTime())


def _valid_now() -> sa.ColumnElement[bool]:
    return sa.and_(_HOLDING.c.valid_from <= _NOW, sa.or_(_HOLDING.c.valid_to.is_(None), _HOLDING.c.valid_to > _NOW))


_PERSON = Prepared(
    sa.select(
        _USER.c.id, _USER.c.username, _USER.c.name_en, _USER.c.name_zh, _USER.c.language, _USER.c.epoch,
        _USER.c.unit_id.label("home"), _HOLDING.c.role, _HOLDING.c.unit_id,
    )
    .select_from(_USER.outerjoin(_HOLDING, sa.and_(_HOLDING.c.user_id == _USER.c.id, _valid_now())))
    .where(_USER.c.id == sa.bindparam("user"), _USER.c.active)
)  # fmt: skip


_PERSON_FOUND = -1
"""Stands for the depth in a row that tells of a person."""


@cache
def _who(roles: int, members: int, *, at_the_top: bool) -> Prepared:
    """One statement: which of ``members`` are active, and where the roles have holders, how far above the unit."""
    up = ancestors(None if at_the_top else sa.bindparam("unit", type_=Id))
    held = sa.exists().where(_USER.c.id == _HOLDING.c.user_id, _USER.c.active)
    holds = sa.and_(
        _HOLDING.c.unit_id == up.c.id,
        _HOLDING.c.role.in_(sa.bindparam(f"role_{place}", type_=sa.String()) for place in range(roles)),
        _valid_now(),
        held,
    )
    units = sa.select(
        up.c.depth, up.c.id.label("unit"), _HOLDING.c.role, _UNIT.c.lead_screening_role, _UNIT.c.level
    ).select_from(up.join(_UNIT, _UNIT.c.id == up.c.id).outerjoin(_HOLDING, holds))
    if not members:
        return Prepared(units)
    people = sa.select(
        sa.literal(_PERSON_FOUND).label("depth"),
        _USER.c.id.label("unit"),
        sa.cast(sa.null(), sa.String(40)).label("role"),
        sa.cast(sa.null(), sa.String(8)).label("setting"),
        sa.cast(sa.null(), sa.String(12)).label("level"),
    ).where(_USER.c.id.in_(sa.bindparam(f"member_{place}", type_=Id) for place in range(members)), _USER.c.active)
    return Prepared(sa.union_all(people, units))


def _padded(values: Collection[Any]) -> list[Any]:
    """Repeat the last value up to 0, 1, 2, 4, 8 … of them, so that few texts of a statement fit lists of any length."""
    listed = list(values)
    if not listed:
        return listed
    missing: int = 2 ** (len(listed) - 1).bit_length() - len(listed)
    return listed + listed[-1:] * missing
