"""The customers the company knows, what is known of their credit, and who decides there."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, UtcDateTime

GRADES = ("S", "A", "B", "C")
RATINGS = ("A", "B", "C", "D")
PARTS = ("economic", "technical", "user", "procurement", "coach", "other")
"""The parts that people have in a customer's decision."""


class Customer(Base):
    """One customer. ``key`` is the name as names are compared (:func:`handlers.customer.names.key_of`).

    ``grade`` says how important it is to the company, S first (`ltc.md` D2), who said so and when stands beside it.
    """

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    industry: Mapped[str | None] = mapped_column(sa.String(40))
    grade: Mapped[str | None] = mapped_column(sa.String(1))
    graded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    graded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CustomerCredit(Base):
    """One credit assessment of a customer (`ltc.md` O4.1a); the newest counts, the older ones stay as history.

    ``rating`` is A (best) to D; money in fen: ``credit_limit`` is how much may be open at once, ``exposure`` how much
    was on that day, ``overdue_amount`` what was overdue.
    """

    __tablename__ = "customer_credit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    rating: Mapped[str] = mapped_column(sa.String(1))
    credit_limit: Mapped[int] = mapped_column(sa.BigInteger)
    exposure: Mapped[int] = mapped_column(sa.BigInteger)
    overdue_amount: Mapped[int] = mapped_column(sa.BigInteger)
    overdue_history: Mapped[str | None] = mapped_column(sa.Text)
    source: Mapped[str | None] = mapped_column(sa.Text)
    assessed_on: Mapped[date]
    assessed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_customer_credit_customer_id_assessed_on_id", "customer_id", "assessed_on", "id"),)


class CustomerKdm(Base):
    """One key decision-maker of a customer: a contact, not a user (`ltc.md` 1.2, O2).

    ``part`` is the part in the decision; ``attitude`` goes from -2 (against us) to 2 (for us).
    """

    __tablename__ = "customer_kdm"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(sa.String(100))
    post: Mapped[str] = mapped_column(sa.String(100), default="")
    part: Mapped[str | None] = mapped_column(sa.String(12))
    attitude: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(sa.Text)
    met_on: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    __table_args__ = (sa.Index("ix_customer_kdm_customer_id_name", "customer_id", "name", unique=True),)
