"""The lead of the case in which an automatic step runs, and whom to tell about it."""

from __future__ import annotations

from engine.database import hold
from engine.errors import Fault
from engine.service_tasks import Context
from handlers.lead.reasons import reason_of
from handlers.lead.records import Lead


def lead_of(ctx: Context) -> Lead:
    """Return the lead of the case; raises ``Fault`` when the case has none.

    The engine holds the case's row while a step runs, so two steps never change one lead at a time, and a chain of
    automatic steps reads it once.
    """
    lead = ctx.session.get(Lead, ctx.record_id) if ctx.record_type == "lead" and ctx.record_id else None
    if lead is None:
        raise Fault(instance=ctx.instance_id, element=ctx.element, problem="this case has no lead")
    return hold(ctx.session, lead)


def leave_team(ctx: Context) -> None:
    """Let everybody who answers for the lead leave the case: it goes back to the pool."""
    for role in ("lead_owner", "ar", "fr"):
        ctx.team.pop(role, None)


def tell(ctx: Context, user_id: int | None, event: str, lead: Lead) -> None:
    """Leave a notice ``lead.<event>`` for a person, unless that person caused it (see :mod:`handlers.lead.notices`)."""
    if user_id != ctx.by.user_id:
        reason = reason_of(lead, event)
        ctx.notify(
            user_id,
            f"lead.{event}",
            number=lead.number or "",
            lead=lead.label,
            reason_en=reason.en,
            reason_zh=reason.zh,
        )
