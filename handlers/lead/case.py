"""The lead of the case in which an automatic step runs, and whom to tell about it."""

from __future__ import annotations

from engine.errors import Fault
from engine.service_tasks import Context
from handlers.lead import operations
from handlers.lead.records import Lead


def lead_of(ctx: Context) -> Lead:
    """Return the lead of the case, locked for a change; raises ``Fault`` when the case has none."""
    lead = operations.locked(ctx.session, ctx.record_id) if ctx.record_type == "lead" and ctx.record_id else None
    if lead is None:
        raise Fault(instance=ctx.instance_id, element=ctx.element, problem="this case has no lead")
    return lead


def tell(ctx: Context, user_id: int | None, event: str, lead: Lead) -> None:
    """Leave a notice ``lead.<event>`` for a person, unless that person caused it (see :mod:`handlers.lead.notices`)."""
    if user_id != ctx.by.user_id:
        ctx.notify(
            user_id, f"lead.{event}", number=lead.number or "", lead=lead.label, reason=lead.verdict_reason or ""
        )
