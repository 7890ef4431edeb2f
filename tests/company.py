"""The cast as a real organisation in the database: a company, two regions, an office, an account department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.directory import Actor
from handlers.organisation import operations
from handlers.organisation.records import OrgUnit, Team, User


@dataclass(slots=True)
class Company:
    """Units and people by name."""

    company: OrgUnit
    east: OrgUnit
    west: OrgUnit
    shanghai: OrgUnit
    steel: OrgUnit
    an_rui: User
    su_ran: User
    su_lin: User
    fu_rong: User
    lin: User
    max: User
    dong: User
    ouyang: User
    eve: User
    factories: Team


def found(session: Session, now: datetime) -> Company:
    """Create the units, the cast with their roles, and one team."""
    top = operations.create_unit(session, "HQ", name_en="Company", name_zh="公司", level="company")
    east = operations.create_unit(session, "EAST", name_en="East", name_zh="华东地区部", level="region", parent=top)
    west = operations.create_unit(session, "WEST", name_en="West", name_zh="西部地区部", level="region", parent=top)
    office = operations.create_unit(
        session, "SH", name_en="Shanghai office", name_zh="上海代表处", level="rep", parent=east
    )
    steel = operations.create_unit(
        session, "STEEL", name_en="Steel accounts", name_zh="钢铁系统部", level="account", parent=office
    )

    def person(username: str, name_en: str, name_zh: str, *held: tuple[str, OrgUnit]) -> User:
        user = operations.create_user(session, username, name_en=name_en, name_zh=name_zh, now=now, unit=office)
        for role, unit in held:
            operations.grant(session, user, role, unit, now=now)
        return user

    an_rui = person("anrui", "An Rui", "安睿", ("ar", office))
    su_ran = person("suran", "Su Ran", "苏然", ("sr", office))
    su_lin = person("sulin", "Su Lin", "苏琳", ("sr", office))
    fu_rong = person("furong", "Fu Rong", "傅荣", ("fr", office))
    lin = person("lin", "Lin", "林", ("lead_manager", east))
    boss = person("max", "Max", "马克斯", ("sales_manager", office), ("sales_mgmt", east))
    dong = person("dong", "Dong", "董", ("sales_mgmt", top), ("sales_manager", top))
    ouyang = person("ouyang", "Ouyang", "欧阳", ("process_owner", top), ("admin", top))
    eve = person("eve", "Eve", "伊芙")
    team = operations.create_team(
        session, "FACTORIES", name_en="Factories", name_zh="工厂团队", unit=east,
        product_areas=["software"], industries=["manufacturing"], members=[su_ran, su_lin],
    )  # fmt: skip
    return Company(
        top, east, west, office, steel, an_rui, su_ran, su_lin, fu_rong, lin, boss, dong, ouyang, eve, team
    )  # fmt: skip


def acting(user: User, *groups: str) -> Actor:
    """Return the user as an actor with these groups."""
    roles = frozenset(group.partition("@")[0] for group in groups)
    return Actor(user_id=user.id, name=user.name_en, groups=frozenset(groups), roles=roles)
