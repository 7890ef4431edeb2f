"""The customers the company knows."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, UtcDateTime

GRADES = ("S", "A", "B", "C")


class Customer(Base):
    """One customer. ``key`` is the name as names are compared (:func:`handlers.customer.names.key_of`)."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    industry: Mapped[str | None] = mapped_column(sa.String(40))
    grade: Mapped[str | None] = mapped_column(sa.String(1))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
