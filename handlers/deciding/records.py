"""The tables of decisions: what a body decided at a gate, and the actions that its conditions became."""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, UtcDateTime
from engine.text import Text

GATES = MappingProxyType(
    {
        "ATI": Text("Project approval", "立项决策"),
        "ATB": Text("Bid decision", "投标决策"),
        "ATX": Text("Extend authority", "扩大授权"),
        "ATC": Text("Signing decision", "签约决策"),
        "ATAC": Text("Change decision", "合同变更决策"),
        "END": Text("Decision on the early end", "提前终止决策"),
        "GIVE_UP": Text("Decision on giving money up", "放弃款项决策"),
        "ATCC": Text("Closing decision", "合同关闭决策"),
    }
)
"""The gates by their code (`ltc.md` A01); two decisions of the contract that have none there go by a word (C2.5)."""


class GateDecision(Base):
    """What a body decided at a gate: verdict, reason, minutes; rows are added, never changed.

    ``round`` counts the decisions of one gate about one record from 1: a returned request comes again.
    ``advice`` is what the decision table advised; ``against_advice`` tells a verdict that differs from it.
    """

    __tablename__ = "gate_decision"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gate: Mapped[str] = mapped_column(sa.String(8))
    record_type: Mapped[str] = mapped_column(sa.String(20))
    record_id: Mapped[int] = mapped_column(Id)
    round: Mapped[int]
    instance_id: Mapped[int | None] = mapped_column(Id)
    element: Mapped[str | None] = mapped_column(sa.String(80))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    body: Mapped[str | None] = mapped_column(sa.String(8))
    verdict: Mapped[str] = mapped_column(sa.String(24))
    advice: Mapped[str | None] = mapped_column(sa.String(24))
    against_advice: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    minutes: Mapped[str | None] = mapped_column(sa.Text)
    until: Mapped[date | None]
    proposed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("ix_gate_decision_record_gate_round", "record_type", "record_id", "gate", "round", unique=True),
        sa.Index("ix_gate_decision_decided_at_gate", "decided_at", "gate"),
    )


class ActionItem(Base):
    """One action that somebody has to do until a day: a condition of a decision, a mitigation, a follow-up."""

    __tablename__ = "action_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_type: Mapped[str] = mapped_column(sa.String(20))
    record_id: Mapped[int] = mapped_column(Id)
    decision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gate_decision.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    note: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    __table_args__ = (
        sa.Index("ix_action_item_owner_id_done_at_due_on", "owner_id", "done_at", "due_on"),
        sa.Index("ix_action_item_record_type_record_id", "record_type", "record_id"),
        sa.Index("ix_action_item_unit_id_done_at_due_on", "unit_id", "done_at", "due_on"),
    )
