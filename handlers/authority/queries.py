"""Finding the authority that holds for a negotiation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from handlers.authority.records import Authority
from handlers.organisation.queries import ancestors

MOST = 200


def in_force(
    session: Session, *, unit_id: int | None, user_id: int | None, opportunity_id: int | None, on: date
) -> Authority | None:
    """Return the grant that holds on the day ``on``, or ``None``: the most particular one, of these the newest.

    An extension for the opportunity beats a grant to the person, that beats one to the unit, that one to a unit above.
    """
    above = ancestors(unit_id)
    nearness = {row.id: row.depth for row in session.execute(sa.select(above.c.id, above.c.depth))}
    found = session.scalars(
        sa.select(Authority).where(
            sa.or_(
                Authority.unit_id.in_(nearness), sa.and_(Authority.user_id.is_not(None), Authority.user_id == user_id)
            ),
            sa.or_(Authority.opportunity_id.is_(None), Authority.opportunity_id == opportunity_id),
            Authority.valid_from <= on,
            sa.or_(Authority.valid_to.is_(None), Authority.valid_to >= on),
        )
    )

    def rank(each: Authority) -> tuple[bool, bool, int, int]:
        distance = nearness.get(each.unit_id, 0) if each.unit_id is not None else 0
        return each.opportunity_id is None, each.user_id is None, distance, -each.id

    return min(found, key=rank, default=None)


def grants(session: Session, *, on: date) -> Sequence[Authority]:
    """Return the standing grants that hold on the day ``on``, the greatest first; extensions of one case left out."""
    return session.scalars(
        sa.select(Authority)
        .where(
            Authority.opportunity_id.is_(None),
            Authority.valid_from <= on,
            sa.or_(Authority.valid_to.is_(None), Authority.valid_to >= on),
        )
        .order_by(Authority.max_amount.desc(), Authority.id)
        .limit(MOST)
    ).all()


def others(session: Session, *, on: date) -> Sequence[Authority]:
    """Return the standing grants that do not hold on the day ``on``: those to come, then those that are over."""
    return session.scalars(
        sa.select(Authority)
        .where(Authority.opportunity_id.is_(None), sa.or_(Authority.valid_from > on, Authority.valid_to < on))
        .order_by(Authority.valid_from.desc(), Authority.id.desc())
        .limit(MOST)
    ).all()


def one(session: Session, authority_id: int, *, to_end: bool = False) -> Authority:
    """Return a standing grant, locked if it is ``to_end``; raises ``NotFound`` for another, or that of one case."""
    found = session.get(Authority, authority_id, with_for_update=to_end or None)
    if found is None or found.opportunity_id is not None:
        raise NotFound(authority=authority_id)
    return found
