"""Every change to decisions and actions: deciding at a gate, opening an action, doing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import OVERSEERS, Actor
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleRefused
from engine.text import Text
from handlers.deciding.records import GATES, ActionItem, GateDecision
from handlers.documents import operations as documents

STEPS_IN = frozenset({"sales_mgmt", "sales_manager", "pmo"}) | OVERSEERS
"""The roles that may tick off actions of others."""


PROPOSER_DECIDES = Text(
    "You proposed this yourself; who proposes does not decide.", "这是您自己提交的，提出人不能参与决策。"
)
HAND_IT_ON = Text("Hand the task to another member of the decision team.", "请把任务转交给决策团队的其他成员。")


class ActionAlreadyDone(Conflict):
    """Somebody has done this action already."""


@dataclass(frozen=True, slots=True)
class About:
    """What is decided about: a record, the case it goes through, the unit whose lists show it."""

    record_type: str
    record_id: int
    unit_id: int | None = None
    instance_id: int | None = None
    element: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided; ``until`` is the day up to which something is suspended."""

    verdict: str
    body: str | None = None
    advice: str | None = None
    against_advice: bool = False
    reason: str | None = None
    minutes: str | None = None
    until: date | None = None


def decide(
    session: Session,
    gate: str,
    about: About,
    said: Verdict,
    *,
    conditions: Iterable[Mapping[str, Any]] = (),
    proposed_by: int | None,
    by: Actor,
    now: datetime,
) -> GateDecision:
    """Write down a decision at ``gate``; each condition (``text``, ``owner_id``, ``due_on``) becomes an action.

    The documents of the record that belong to the gate are kept as they are now.

    Raises ``InvalidInput`` for an unknown gate and ``RuleRefused`` when ``by`` proposed what is decided: who
    proposes does not decide.
    """
    if gate not in GATES:
        raise InvalidInput(gate=gate)
    if by.user_id is not None and by.user_id == proposed_by:
        raise RuleRefused(PROPOSER_DECIDES, HAND_IT_ON)
    rounds = session.scalar(
        sa.select(sa.func.max(GateDecision.round)).where(
            GateDecision.record_type == about.record_type,
            GateDecision.record_id == about.record_id,
            GateDecision.gate == gate,
        )
    )
    made = GateDecision(
        gate=gate,
        record_type=about.record_type,
        record_id=about.record_id,
        round=(rounds or 0) + 1,
        instance_id=about.instance_id,
        element=about.element,
        unit_id=about.unit_id,
        body=said.body,
        verdict=said.verdict,
        advice=said.advice,
        against_advice=said.against_advice,
        reason=said.reason,
        minutes=said.minutes,
        until=said.until,
        proposed_by=proposed_by,
        decided_by=by.user_id,
        decided_at=now,
    )
    session.add(made)
    session.flush()
    open_actions(session, about, conditions, decision_id=made.id, by=by, now=now)
    documents.keep(session, about.record_type, about.record_id, gate, by=by, now=now)
    return made


def open_actions(
    session: Session,
    about: About,
    actions: Iterable[Mapping[str, Any]],
    *,
    decision_id: int | None = None,
    by: Actor,
    now: datetime,
) -> list[ActionItem]:
    """Track each of ``actions`` (``text``, ``owner_id``, ``due_on`` as ISO text) until somebody has done it."""
    made = [
        ActionItem(
            record_type=about.record_type,
            record_id=about.record_id,
            decision_id=decision_id,
            text=str(each["text"]),
            unit_id=about.unit_id,
            owner_id=each.get("owner_id"),
            due_on=date.fromisoformat(each["due_on"]) if each.get("due_on") else None,
            created_at=now,
            created_by=by.user_id,
        )
        for each in actions
    ]
    session.add_all(made)
    session.flush()
    return made


def may_finish(action: ActionItem, by: Actor) -> bool:
    """Whether somebody may tick off an action: its owner, whoever opened it, and those who step in for others."""
    return by.user_id in {action.owner_id, action.created_by} or bool(by.roles & STEPS_IN)


def finish(session: Session, action_id: int, *, note: str | None, by: Actor, now: datetime) -> ActionItem:
    """Tick off an action.

    Raises ``NotFound``, ``NotAllowed``, ``ActionAlreadyDone``.
    """
    action = session.scalar(
        sa.select(ActionItem)
        .where(ActionItem.id == action_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if action is None:
        raise NotFound(action=action_id)
    if not may_finish(action, by):
        raise NotAllowed(action=action_id)
    if action.done_at is not None:
        raise ActionAlreadyDone(action=action_id)
    action.done_at, action.done_by, action.note = now, by.user_id, (note or "").strip() or None
    session.flush()
    return action
