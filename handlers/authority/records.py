"""The table of granted authority (`ltc.md` 1.3, D10, P20)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, UtcDateTime

LIABILITIES = ("capped", "raised", "unlimited")
"""How far our liability goes, least first: up to the contract's amount, beyond it, without a limit."""


class Authority(Base):
    """What a unit's team, or one person, may agree to with customers, from day to day (both inclusive).

    Money in fen. A grant with ``opportunity_id`` is an extension for that opportunity alone; ``level`` is the body
    (rep, region, company) that granted it, ``decision_id`` the decision ATX behind it. Grants are ended, not deleted:
    who shortened one, and when, stays with it.
    """

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    opportunity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("opportunity.id"), index=True)
    level: Mapped[str] = mapped_column(sa.String(8))
    max_amount: Mapped[int] = mapped_column(sa.BigInteger)
    min_margin_percent: Mapped[int]
    max_discount_percent: Mapped[int]
    max_payment_days: Mapped[int]
    max_liability: Mapped[str] = mapped_column(sa.String(10))
    max_delay_days: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    decision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gate_decision.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    __table_args__ = (
        sa.CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name="unit_or_user"),
    )  # fmt: skip
