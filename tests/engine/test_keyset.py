"""Lists by keyset: every row comes exactly once, whatever the order, with and without values."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

import handlers
from engine.database import transaction
from handlers.keyset import slice_of
from handlers.lead.records import Lead
from tests.conftest import MONDAY_MORNING

handlers.load()

AMOUNTS = (5, None, 3, 5, 1, None, 5, 2, None)
COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    Lead.estimated_amount, Lead.number, Lead.created_at, Lead.expected_decision_on,
)  # fmt: skip
NONSENSE = ("", "~", "x", "=1", "2026-11-23~9", "=abc~1", "=1~x", "~99999999999999999999999")


def test_each_row_comes_once_and_in_order_and_an_address_may_say_anything(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        session.add_all(
            Lead(
                estimated_amount=amount,
                number=f"LD~{place}" if amount else None,
                status_since=MONDAY_MORNING,
                expected_decision_on=MONDAY_MORNING.date() if amount else None,
                created_at=MONDAY_MORNING,
                last_activity_at=MONDAY_MORNING,
            )
            for place, amount in enumerate(AMOUNTS)
        )
    with transaction(factory) as session:
        for column in COLUMNS:
            for descending in (True, False):
                seen = _all(session, column, descending=descending)
                assert len(seen) == len({lead.id for lead in seen}) == len(AMOUNTS)
                given = [getattr(lead, column.key) for lead in seen]
                values = [value for value in given if value is not None]
                assert values == sorted(values, reverse=descending)
                assert given[len(values) :] == [None] * (len(given) - len(values)), "rows without a value come last"
            for after in NONSENSE:
                assert slice_of(
                    session, sa.select(Lead), column, Lead.id, descending=True, after=after, size=1
                ).rows or after.startswith("2026")  # fmt: skip


def _all(session: Session, column: InstrumentedAttribute[Any], *, descending: bool) -> list[Lead]:
    seen: list[Lead] = []
    after: str | None = None
    while True:
        found = slice_of(session, sa.select(Lead), column, Lead.id, descending=descending, after=after, size=2)
        seen += found.rows
        after = found.after
        if after is None:
            return seen
