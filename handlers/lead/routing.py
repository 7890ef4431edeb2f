"""Whom to propose for a lead: region, product area or industry, then who has least to do (`ltc.md` D6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.lead.records import Lead
from handlers.lead.statuses import OWNED
from handlers.organisation.queries import ancestors, valid_at
from handlers.organisation.records import RoleHolding, Team, TeamMember, TeamScope, User


def team_exists(session: Session, lead: Lead) -> bool:
    """Return whether a team of the lead's unit, or of one above, looks after its product areas or its industry."""
    return bool(session.scalar(sa.select(sa.exists().where(Team.id.in_(_teams_for(lead))))))


def propose_owner(session: Session, lead: Lead, *, role: str, now: datetime) -> int | None:
    """Return the member of such a team who holds ``role`` for the lead's unit and owns fewest leads, or ``None``.

    Who refused the lead or let it go stale is not proposed again (`ltc.md` P14).
    """
    member = sa.exists().where(TeamMember.user_id == User.id, TeamMember.team_id.in_(_teams_for(lead)))
    return _least_loaded(session, lead, role, Lead.owner_id, member, leave_out=lead.refused_by, now=now)


def propose_co_owner(session: Session, lead: Lead, *, role: str, now: datetime) -> int | None:
    """Return the holder of ``role`` nearest to the lead's unit who helps with fewest leads, or ``None``."""
    return _least_loaded(session, lead, role, Lead.co_owner_id, sa.true(), leave_out=(), now=now)


def _teams_for(lead: Lead) -> sa.Select[int]:
    up = ancestors(lead.unit_id).alias()
    wanted = sa.or_(
        sa.and_(TeamScope.kind == "product_area", TeamScope.code.in_(lead.product_areas)),
        sa.and_(TeamScope.kind == "industry", TeamScope.code == (lead.industry or "")),
    )
    return (
        sa.select(Team.id)
        .join(TeamScope, TeamScope.team_id == Team.id)
        .where(Team.unit_id.in_(sa.select(up.c.id)), wanted)
    )


def _least_loaded(
    session: Session,
    lead: Lead,
    role: str,
    of: sa.orm.InstrumentedAttribute[int | None],
    condition: sa.ColumnElement[bool],
    *,
    leave_out: Collection[int],
    now: datetime,
) -> int | None:
    up = ancestors(lead.unit_id).alias("up")
    load = (
        sa.select(sa.func.count())
        .select_from(Lead)
        .where(of == User.id, Lead.status.in_(OWNED))
        .correlate(User)
        .scalar_subquery()
    )
    query = (
        sa.select(User.id)
        .join(RoleHolding, sa.and_(RoleHolding.user_id == User.id, RoleHolding.role == role, valid_at(now)))
        .join(up, up.c.id == RoleHolding.unit_id)
        .where(User.active, User.id.not_in(list(leave_out)), condition)
        .group_by(User.id)
        .order_by(sa.func.min(up.c.depth), load, User.id)
        .limit(1)
    )
    return session.scalar(query)
