"""The pipeline as a board: a column for each stage, with what stands there and what it weighs."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, url_for

from handlers.opportunity.dwell import slow, usual_times
from handlers.opportunity.pipeline import board
from handlers.organisation import queries as organisation
from webui.i18n import language
from webui.opportunities.asked import Asked
from webui.opportunities.listing import filters
from webui.opportunities.pages import blueprint
from webui.runtime import current_actor, reading, room


@blueprint.get("/pipeline")
def pipeline() -> str:
    """Show the open opportunities that the signed-in person may see, by stage."""
    asked, actor = replace(Asked.from_address(), status="", stage="", result=""), current_actor()
    with reading() as db:
        columns = board(db, actor, asked.wanted)
        shown = [each for column in columns for each in column.cards]
        late = slow(shown, usual_times(db), now=room().clock.now())
        people = organisation.names(db, {each.ar_id for each in shown}, language())
        choices = filters(db, asked)
    return render_template(
        "opportunities/pipeline.html",
        asked=asked,
        columns=columns,
        people=people,
        slow=late,
        count=sum(column.count for column in columns),
        amount=sum(column.amount for column in columns),
        weighted=sum(column.weighted for column in columns),
        of_stage=lambda stage: url_for("opportunities.index", **asked.of_board(stage=stage, sort="amount")),
        **choices,
    )
