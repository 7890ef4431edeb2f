"""Every read of decisions and actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import OVERSEERS, Actor
from handlers.deciding.operations import STEPS_IN
from handlers.deciding.records import ActionItem, GateDecision
from handlers.organisation.queries import descendants


def decisions(session: Session, record_type: str, record_id: int) -> Sequence[GateDecision]:
    """Return the decisions about a record, oldest first."""
    query = sa.select(GateDecision).where(
        GateDecision.record_type == record_type, GateDecision.record_id == record_id
    )  # fmt: skip
    return session.scalars(query.order_by(GateDecision.decided_at, GateDecision.id)).all()


def latest(session: Session, gate: str, record_type: str, record_id: int) -> GateDecision | None:
    """Return the last decision about a record at ``gate``, or ``None``."""
    return session.scalar(
        sa.select(GateDecision)
        .where(
            GateDecision.record_type == record_type,
            GateDecision.record_id == record_id,
            GateDecision.gate == gate,
        )
        .order_by(GateDecision.round.desc())
        .limit(1)
    )


def actions(session: Session, record_type: str, record_id: int) -> Sequence[ActionItem]:
    """Return the actions about a record, open ones first, by their day."""
    return session.scalars(
        sa.select(ActionItem)
        .where(ActionItem.record_type == record_type, ActionItem.record_id == record_id)
        .order_by(ActionItem.done_at.is_not(None), ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)
    ).all()


def conditions(session: Session, decision_id: int) -> Sequence[ActionItem]:
    """Return the conditions of a decision, by their day."""
    query = sa.select(ActionItem).where(ActionItem.decision_id == decision_id)
    return session.scalars(query.order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)).all()


def open_actions(session: Session, by: Actor, *, limit: int = 50, offset: int = 0) -> Sequence[ActionItem]:
    """Return the open actions that ``by`` owns or may step in for, by their day."""
    query = sa.select(ActionItem).where(ActionItem.done_at.is_(None), _seen_by(by))
    return session.scalars(
        query.order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id).limit(limit).offset(offset)
    ).all()


def count_overdue(session: Session, by: Actor, today: date) -> int:
    """Return how many of the open actions that ``by`` may see are overdue."""
    query = sa.select(sa.func.count()).where(
        ActionItem.done_at.is_(None), ActionItem.due_on < today, _seen_by(by)
    )  # fmt: skip
    return session.scalar(query) or 0


def _seen_by(by: Actor) -> sa.ColumnElement[bool]:
    if by.is_system or by.roles & OVERSEERS:
        return sa.true()
    held = (group.partition("@") for group in by.groups)
    units = {int(unit) for role, at, unit in held if at and role in STEPS_IN}
    own = sa.or_(ActionItem.owner_id == by.user_id, ActionItem.created_by == by.user_id)
    if not units:
        return own
    below = descendants(units).alias()
    return sa.or_(own, ActionItem.unit_id.in_(sa.select(below.c.id)))
