"""Opportunities: the record that converting a lead makes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime

NEW = "NEW"
FROM_LEAD, FROM_MARKET = "lead", "market"
"""The two sources (`ltc.md` 2.2); step 2 of the opportunity flow branches on them."""


class Opportunity(Base):
    """One opportunity. Money in fen; ``facts`` holds what the lead brought: KDMs, pains, rivals, vision, evidence."""

    __tablename__ = "opportunity"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    status: Mapped[str] = mapped_column(sa.String(16))
    source: Mapped[str] = mapped_column(sa.String(10))
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    customer_name: Mapped[str] = mapped_column(sa.String(200))
    industry: Mapped[str | None] = mapped_column(sa.String(40))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    ar_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    sr_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    expected_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    expected_decision_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
