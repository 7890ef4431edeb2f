"""The table of opportunities. Money in fen; what no rule, list or figure asks for lies in ``facts``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime

FROM_LEAD, FROM_MARKET = "lead", "market"
"""The two sources (`ltc.md` 2.2); step 2 of the opportunity flow branches on them."""

FULL, FOUR_STEP = "full", "four_step"
"""The two interchangeable opportunity flows (`ltc.md` 5); the unit says which one its opportunities take."""


class Opportunity(Base):
    """One opportunity (`ltc.md` 2.2).

    ``facts`` maps an element of a diagram to what was answered there beyond the columns: tables such as demands and
    rivals, long texts, whatever a process owner adds to a form. ``body`` is the level that decides now, ``atb_body``
    the one that took the bid decision. ``win_estimate``, ``margin_percent`` and ``bid_score`` are 0 to 100.
    """

    __tablename__ = "opportunity"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    status: Mapped[str] = mapped_column(sa.String(16), default="NEW")
    status_since: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(sa.String(10))
    flow: Mapped[str] = mapped_column(sa.String(12), default=FULL)
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"), unique=True)

    name: Mapped[str] = mapped_column(sa.String(200), default="")
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    customer_name: Mapped[str] = mapped_column(sa.String(200), default="")
    industry: Mapped[str | None] = mapped_column(sa.String(40))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    org_level: Mapped[str | None] = mapped_column(sa.String(12))

    ar_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    sr_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    fr_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    pd_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    sponsor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    expected_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    expected_decision_on: Mapped[date | None]
    demand: Mapped[str | None] = mapped_column(sa.Text)
    budget: Mapped[int | None] = mapped_column(sa.BigInteger)
    budget_approved: Mapped[str | None] = mapped_column(sa.String(8))
    delivery_on: Mapped[date | None]
    purchase_mode: Mapped[str | None] = mapped_column(sa.String(20))
    margin_percent: Mapped[int | None]
    risk_level: Mapped[str | None] = mapped_column(sa.String(8))
    strategic: Mapped[bool] = mapped_column(default=False)
    tier: Mapped[str | None] = mapped_column(sa.String(10))
    body: Mapped[str | None] = mapped_column(sa.String(8))
    win_estimate: Mapped[int | None]

    has_tender: Mapped[bool | None]
    tender_deadline: Mapped[date | None]
    guidance_incomplete: Mapped[bool] = mapped_column(default=False)
    suspended_until: Mapped[date | None]
    score_solution: Mapped[int | None]
    score_delivery: Mapped[int | None]
    score_legal: Mapped[int | None]
    score_finance: Mapped[int | None]
    red_flag: Mapped[bool] = mapped_column(default=False)
    bid_score: Mapped[int | None]
    advice: Mapped[str | None] = mapped_column(sa.String(12))
    atb_body: Mapped[str | None] = mapped_column(sa.String(8))
    price_offered: Mapped[int | None] = mapped_column(sa.BigInteger)
    contract_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    contract_id: Mapped[int | None] = mapped_column(Id)

    result: Mapped[str | None] = mapped_column(sa.String(10))
    result_on: Mapped[date | None]
    loss_reason_1: Mapped[str | None] = mapped_column(sa.String(24))
    loss_reason_2: Mapped[str | None] = mapped_column(sa.String(32))
    winner: Mapped[str | None] = mapped_column(sa.String(200))
    report_due_on: Mapped[date | None]
    report_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    guided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bid_decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    __table_args__ = (
        sa.Index("ix_opportunity_created_at_id", "created_at", "id"),
        sa.Index("ix_opportunity_status_created_at", "status", "created_at"),
        sa.Index("ix_opportunity_unit_id_status", "unit_id", "status"),
        sa.Index("ix_opportunity_ar_id_status", "ar_id", "status"),
        sa.Index("ix_opportunity_sr_id_status", "sr_id", "status"),
        sa.Index("ix_opportunity_result_result_on", "result", "result_on"),
    )

    @property
    def label(self) -> str:
        """The case's label: customer and name, as far as they are known."""
        return " · ".join(part for part in (self.customer_name, self.name) if part)

    @hybrid_property
    def amount(self) -> int | None:
        """Return the best known amount in fen: of the contract, else what we offered, else what is expected."""
        return next(
            (each for each in (self.contract_amount, self.price_offered, self.expected_amount) if each is not None),
            None,
        )

    @amount.inplace.expression
    @classmethod
    def _amount(cls) -> sa.ColumnElement[int | None]:
        return sa.func.coalesce(cls.contract_amount, cls.price_offered, cls.expected_amount)
