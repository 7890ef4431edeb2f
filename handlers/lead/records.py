"""The tables of leads. Money in fen, scores in points; what no rule, list or figure asks for lies in ``facts``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime


class Lead(Base):
    """One lead: the latent need of a customer (`ltc.md` 2.1).

    ``facts`` maps an element of the diagram to what was answered there beyond the columns, so that a process owner
    adds a field to a form without a developer. ``nurturing_step`` is the last of the six steps that was completed.
    """

    __tablename__ = "lead"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    status: Mapped[str] = mapped_column(sa.String(16), default="DRAFT")
    status_since: Mapped[datetime] = mapped_column(UtcDateTime)
    nurturing_step: Mapped[int] = mapped_column(default=0)

    title: Mapped[str] = mapped_column(sa.String(200), default="")
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"))
    customer_name: Mapped[str] = mapped_column(sa.String(200), default="")
    customer_key: Mapped[str] = mapped_column(sa.String(200), default="")
    industry: Mapped[str | None] = mapped_column(sa.String(40))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    contact_name: Mapped[str | None] = mapped_column(sa.String(120))
    contact_post: Mapped[str | None] = mapped_column(sa.String(120))
    contact_phone: Mapped[str | None] = mapped_column(sa.String(60))

    channel: Mapped[str | None] = mapped_column(sa.String(40))
    source_detail: Mapped[str | None] = mapped_column(sa.String(400))
    heard: Mapped[str | None] = mapped_column(sa.Text)
    seen_on: Mapped[date | None]
    problem: Mapped[str | None] = mapped_column(sa.Text)
    affected_people: Mapped[str | None] = mapped_column(sa.Text)
    product_areas: Mapped[list[str]] = mapped_column(Json, default=list)
    expected_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    expected_decision_on: Mapped[date | None]
    budget_known: Mapped[str | None] = mapped_column(sa.String(8))
    decision_maker_known: Mapped[str | None] = mapped_column(sa.String(8))
    competitor_seen: Mapped[str | None] = mapped_column(sa.String(400))
    maturity: Mapped[str | None] = mapped_column(sa.String(8))
    secrecy: Mapped[bool] = mapped_column(default=False)

    customer_real: Mapped[bool | None]
    need_real: Mapped[bool | None]
    strategic_fit: Mapped[str | None] = mapped_column(sa.String(8))
    win_chance: Mapped[int | None]
    estimated_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    our_capability: Mapped[str | None] = mapped_column(sa.String(12))
    verdict: Mapped[str | None] = mapped_column(sa.String(12))
    verdict_reason: Mapped[str | None] = mapped_column(sa.Text)
    score: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(sa.String(1))
    priority: Mapped[int | None]
    beat_days: Mapped[int | None]
    duplicate_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"))
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"))

    submitter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    co_owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    fr_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    refused_by: Mapped[list[int]] = mapped_column(Json, default=list)
    first_contact_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    pain_acknowledged: Mapped[bool] = mapped_column(default=False)
    kdm_met: Mapped[bool] = mapped_column(default=False)
    vision_agreed: Mapped[bool] = mapped_column(default=False)
    purchase_planned_on: Mapped[date | None]
    last_activity_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stale_level: Mapped[str] = mapped_column(sa.String(8), default="none")

    close_reason: Mapped[str | None] = mapped_column(sa.String(20))
    reawaken_on: Mapped[date | None]
    opportunity_id: Mapped[int | None] = mapped_column(Id)

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    distributed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reclaimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    __table_args__ = (
        sa.Index("ix_lead_customer_key_created_at", "customer_key", "created_at"),
        sa.Index("ix_lead_created_at_id", "created_at", "id"),
        sa.Index("ix_lead_status_created_at", "status", "created_at"),
        sa.Index("ix_lead_unit_id_status", "unit_id", "status"),
        sa.Index("ix_lead_owner_id_status", "owner_id", "status"),
        sa.Index("ix_lead_submitter_id_created_at", "submitter_id", "created_at"),
        sa.Index("ix_lead_status_last_activity_at", "status", "last_activity_at"),
    )

    @property
    def label(self) -> str:
        """The case's label: customer and title, as far as they are known."""
        return " · ".join(part for part in (self.customer_name, self.title) if part)

    @property
    def amount(self) -> int | None:
        """The best known amount in fen: what the lead manager estimated, else what the submitter expected."""
        return self.estimated_amount if self.estimated_amount is not None else self.expected_amount


class LeadActivity(Base):
    """One contact with the customer, or other work on a lead, as its owner logged it (`ltc.md` L3, cadence)."""

    __tablename__ = "lead_activity"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    happened_on: Mapped[date]
    with_whom: Mapped[str | None] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text)
    next_step: Mapped[str | None] = mapped_column(sa.Text)
    next_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_lead_activity_lead_id_at", "lead_id", "at"),)


class LeadCredit(Base):
    """The submitter of a lead that came to something is remembered for it (all-staff marketing, `ltc.md` L4)."""

    __tablename__ = "lead_credit"

    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), primary_key=True)
    event: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LeadMeeting(Base):
    """One lead meeting with its agenda: ids of leads in order (`ltc.md` L2.1)."""

    __tablename__ = "lead_meeting"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agenda: Mapped[list[int]] = mapped_column(Json)
