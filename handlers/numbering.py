"""Numbers people quote on the telephone: one series per kind and month, without gaps."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.database import Base, zone_of


class NumberCounter(Base):
    """The last number given out in a month of a series."""

    __tablename__ = "number_counter"

    series: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    month: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    last: Mapped[int]


def next_number(session: Session, series: str, *, now: datetime) -> str:
    """Return the next number of ``series``, such as ``LD-202611-0001`` (`ltc.md` L1.4).

    The month is that of the company's zone. The counter's row stays locked until the transaction ends, so numbers are
    neither given twice nor lost when a transaction is rolled back.
    """
    month = now.astimezone(zone_of(session)).strftime("%Y%m")
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(NumberCounter)
        .values(series=series, month=month, last=1)
        .on_conflict_do_update(
            index_elements=["series", "month"], set_={"last": NumberCounter.__table__.c.last + 1}
        )
        .returning(NumberCounter.__table__.c.last)
    )  # fmt: skip
    return f"{series}-{month}-{session.execute(statement).scalar_one():04d}"
