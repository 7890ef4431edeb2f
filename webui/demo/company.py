"""Founds the demo company in an empty database: units, people with the roles they hold, teams, authority, customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import SYSTEM
from handlers.authority import operations as authority
from handlers.customer import operations as customer_operations
from handlers.money import FEN_PER_WAN
from handlers.organisation import operations, queries
from handlers.organisation.records import OrgUnit, User
from webui.demo import stories


def is_empty(session: Session) -> bool:
    """Return whether nobody works here yet, so that the demo may move in."""
    return session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def found(session: Session, passwords: Mapping[str, str], *, now: datetime) -> None:
    """Create units, people, teams and customers; ``passwords`` are by user name, ``now`` is the day of the founding.

    Whoever has no password cannot sign in.
    """
    company = stories.organisation()
    units: dict[str, OrgUnit] = {}
    for unit in company.units:
        units[unit.code] = operations.create_unit(
            session,
            unit.code,
            name_en=unit.en,
            name_zh=unit.zh,
            level=unit.level,
            parent=units[unit.parent] if unit.parent else None,
            opportunity_flow=unit.flow,
        )
    people: dict[str, User] = {}
    for person in company.people:
        user = people[person.username] = operations.create_user(
            session,
            person.username,
            name_en=person.en,
            name_zh=person.zh,
            now=now,
            password=passwords.get(person.username),
            language=person.language,
            unit=units[person.home],
        )
        for held in person.roles:
            operations.grant(session, user, held.role, units[held.at], now=now)
    for team in company.teams:
        operations.create_team(
            session,
            team.code,
            name_en=team.en,
            name_zh=team.zh,
            unit=units[team.unit],
            product_areas=team.areas,
            industries=team.industries,
            members=[people[member] for member in team.members],
        )
    for each in company.authority:
        authority.grant(
            session,
            authority.Limits(each.wan * FEN_PER_WAN, each.margin, each.discount, each.days),
            level=each.level,
            unit_id=units[each.unit].id,
            valid_from=now.date(),
            by=SYSTEM,
            now=now,
        )
    for customer in stories.customers().values():
        customer_operations.ensure(
            session, customer.zh, now=now, industry=customer.industry, unit_id=units[customer.unit].id
        )


def unit_id(session: Session, code: str) -> int:
    """Return the id of the demo's unit ``code``."""
    unit = queries.unit_with_code(session, code)
    assert unit is not None, code
    return unit.id
