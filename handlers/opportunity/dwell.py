"""How long opportunities stay in a step, and which ones stay too long: a signal of risk (`ltc.md` 4, P28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.opportunity.pipeline import STAGES
from handlers.opportunity.records import Opportunity

STEPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "verify": ("created_at", "approved_at"),
        "guidance": ("approved_at", "guided_at"),
        "proposal": ("guided_at", "submitted_at"),
        "negotiating": ("submitted_at", "signed_at"),
    }
)
"""The four steps by the moments at which one begins and ends."""

STEP_OF = {status: stage.key for stage in STAGES for status in stage.statuses} | {"APPROVED": "guidance"}
SLOW = 1.5
"""From how many times the usual time on an opportunity counts as slow."""
LOOKS_AT = 500
"""So many of the latest opportunities tell what is usual."""
LEAST = 5
"""Fewer finished steps than this tell nothing."""


@dataclass(frozen=True, slots=True)
class Slow:
    """An opportunity that stays in its step for ``days``, where ``usual`` days are usual."""

    days: int
    usual: int


def usual_times(session: Session) -> dict[str, timedelta]:
    """Return the median time that opportunities took for each step, in one statement.

    A step that fewer than five of the latest 500 opportunities went through is left out.
    """
    moments = (Opportunity.created_at, Opportunity.approved_at, Opportunity.guided_at, Opportunity.submitted_at)
    latest = sa.select(*moments, Opportunity.signed_at).order_by(Opportunity.created_at.desc(), Opportunity.id.desc())
    rows = session.execute(latest.limit(LOOKS_AT)).mappings().all()
    taken = {
        step: [row[end] - row[begin] for row in rows if row[begin] is not None and row[end] is not None]
        for step, (begin, end) in STEPS.items()
    }
    return {step: median(times) for step, times in taken.items() if len(times) >= LEAST}


def slow(found: Iterable[Opportunity], usual: Mapping[str, timedelta], *, now: datetime) -> dict[int, Slow]:
    """Return those of ``found`` that stay in their step for more than 1.5 times the usual time, by id."""
    late = {}
    for each in found:
        step = STEP_OF.get(each.status)
        if step is None or step not in usual:
            continue
        begun: datetime | None = getattr(each, STEPS[step][0])
        if begun is not None and now - begun > usual[step] * SLOW:
            late[each.id] = Slow((now - begun).days, usual[step].days)
    return late
