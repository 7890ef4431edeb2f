"""The tables of the organisation: units, users, the roles users hold at units, the teams leads are routed to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, UtcDateTime

LEVELS = ("account", "rep", "region", "company")
"""The levels of a unit, lowest first: account department, representative office, region, company (`ltc.md` 1.3)."""

SCREENING_ROLES = ("ar", "fr")
"""Who may screen leads before they are verified (`ltc.md` 1.1, note on lead screening)."""

OPPORTUNITY_FLOWS = ("full", "four_step")
"""The two opportunity flows a unit may choose between (`ltc.md` 5, A22); the first is the usual one."""


class OrgUnit(Base):
    """One unit of the organisation.

    ``lead_screening_role`` and ``opportunity_flow`` left empty mean: as the unit above.
    """

    __tablename__ = "org_unit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(120))
    name_zh: Mapped[str] = mapped_column(sa.String(120))
    level: Mapped[str] = mapped_column(sa.String(12))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    lead_screening_role: Mapped[str | None] = mapped_column(sa.String(8))
    opportunity_flow: Mapped[str | None] = mapped_column(sa.String(12))

    __table_args__ = (sa.CheckConstraint("level IN ('account', 'rep', 'region', 'company')", name="level"),)


class User(Base):
    """One person who can sign in.

    ``epoch`` goes up whenever all sessions of the person must end; a session remembers the epoch it began in.
    ``unit_id`` is the home unit: where the leads of an employee without any role come from.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(120))
    name_zh: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str | None] = mapped_column(sa.String(200))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(10), default="zh_CN")
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def name_in(self, language: str) -> str:
        """Return the person's name for readers of ``language`` (``en`` or ``zh_CN``)."""
        first, second = (self.name_zh, self.name_en) if language.startswith("zh") else (self.name_en, self.name_zh)
        return first or second or self.username


class RoleHolding(Base):
    """A user holds a role at a unit from ``valid_from`` until just before ``valid_to`` (open end: ``None``)."""

    __tablename__ = "role_holding"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(40))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("org_unit.id"))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_role_holding_unit_role", "unit_id", "role"),)


class Team(Base):
    """A product-area or industry team of a unit, to which leads are routed (`ltc.md` D6)."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(120))
    name_zh: Mapped[str] = mapped_column(sa.String(120))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)


class TeamScope(Base):
    """One product area or industry that a team looks after; ``kind`` is ``product_area`` or ``industry``."""

    __tablename__ = "team_scope"

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class TeamMember(Base):
    """One member of a team."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True, index=True)
