"""The opportunity of the case in which an automatic step runs, and whom to tell about it."""

from __future__ import annotations

from typing import Any

from engine.database import hold
from engine.errors import Fault
from engine.inbox import queries as inbox
from engine.service_tasks import Context
from handlers.opportunity.records import Opportunity


def opportunity_of(ctx: Context) -> Opportunity:
    """Return the opportunity of the case; raises ``Fault`` when the case has none."""
    found = ctx.session.get(Opportunity, ctx.record_id) if ctx.record_type == "opportunity" and ctx.record_id else None
    if found is None:
        raise Fault(instance=ctx.instance_id, element=ctx.element, problem="this case has no opportunity")
    return hold(ctx.session, found)


def tell(ctx: Context, user_id: int | None, event: str, opportunity: Opportunity, reason: str = "") -> None:
    """Leave a notice ``opportunity.<event>`` for a person, unless that person caused it."""
    if user_id != ctx.by.user_id:
        ctx.notify(
            user_id, f"opportunity.{event}", number=opportunity.number, opportunity=opportunity.label, reason=reason
        )


def said_in(ctx: Context, element: str) -> dict[str, Any]:
    """Return the last answers given at ``element`` of this case, as they were given; nothing if it was never reached.

    The facts of the opportunity leave out what has a column of its own; here stands all that was said.
    """
    found = inbox.last_submission(ctx.session, ctx.instance_id, element)
    return dict(found.answers) if found is not None else {}
