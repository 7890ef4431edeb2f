"""The pipeline: open opportunities by stage, with what they are worth and what that weighs (`ltc.md` 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.text import Text
from handlers.opportunity import queries
from handlers.opportunity.records import Opportunity

CARDS = 12
"""How many opportunities each column shows, the largest first."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One column: its statuses, and the chance in percent that such an opportunity becomes a contract."""

    key: str
    name: Text
    percent: int
    statuses: tuple[str, ...]


STAGES = (
    Stage(
        "verify", Text("Verification", "验证机会点"), 10,
        ("NEW", "VERIFYING", "ATI_PENDING", "RETURNED", "SUSPENDED", "REJECTED"),
    ),
    Stage("approved", Text("Approved", "已立项"), 20, ("APPROVED",)),
    Stage("guidance", Text("Pre-bid guidance", "标前引导"), 40, ("PREBID",)),
    Stage(
        "proposal", Text("Solution and proposal", "方案与投标"), 60,
        ("SOLUTION", "ATB_PENDING", "BID", "SUBMITTED", "CLARIFYING"),
    ),
    Stage("negotiating", Text("Negotiation and signing", "谈判与签约"), 80, ("NEGOTIATING", "ATC_PENDING", "TO_SIGN")),
)  # fmt: skip
"""The stages of open opportunities with their probabilities (`ltc.md` A24)."""


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in one stage; amounts in fen. ``cards`` are the largest ones, at most :data:`CARDS`."""

    stage: Stage
    count: int
    amount: int
    cards: Sequence[Opportunity]

    @property
    def weighted(self) -> int:
        """The amount times the probability of the stage."""
        return self.amount * self.stage.percent // 100


def board(session: Session, by: Actor, wanted: queries.Wanted | None = None) -> list[Column]:
    """Return the open opportunities that ``by`` may see, one column for each stage; two statements."""
    stage = sa.case(
        *((Opportunity.status.in_(each.statuses), number) for number, each in enumerate(STAGES)), else_=None
    ).label("stage")
    worth = sa.func.coalesce(Opportunity.amount, 0)
    seen = queries.narrowed(
        sa.select(Opportunity.id, stage, worth.label("worth")).where(
            queries.visible_to(by), Opportunity.status.in_([each for one in STAGES for each in one.statuses])
        ),
        wanted or queries.Wanted(),
    ).cte("seen")
    sums = {
        number: (count, int(amount))
        for number, count, amount in session.execute(
            sa.select(seen.c.stage, sa.func.count(), sa.func.sum(seen.c.worth)).group_by(seen.c.stage)
        )
    }
    place = sa.func.row_number().over(partition_by=seen.c.stage, order_by=(seen.c.worth.desc(), seen.c.id.desc()))
    largest = sa.select(seen.c.id, seen.c.stage, place.label("place")).subquery()
    cards: dict[int, list[Opportunity]] = {}
    for number, opportunity in session.execute(
        sa.select(largest.c.stage, Opportunity)
        .join(Opportunity, Opportunity.id == largest.c.id)
        .where(largest.c.place <= CARDS)
        .order_by(largest.c.stage, largest.c.place)
    ):
        cards.setdefault(number, []).append(opportunity)
    return [
        Column(each, *sums.get(number, (0, 0)), cards.get(number, [])) for number, each in enumerate(STAGES)
    ]  # fmt: skip
