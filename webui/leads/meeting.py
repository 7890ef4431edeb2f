"""The fortnightly lead meeting: what is to be sorted, what went stale, and the agenda that is kept (`ltc.md` L2.1)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.errors import NotAllowed
from engine.inbox.records import WorkItem
from engine.instances.work_items import may_act
from handlers.lead import operations, queries
from handlers.lead.records import Lead, LeadMeeting
from handlers.lead.statuses import STATUSES, TO_SORT
from handlers.organisation import queries as organisation
from handlers.organisation.records import OrgUnit
from webui.i18n import language
from webui.leads.listing import MEETING_ROLES
from webui.leads.pages import blueprint
from webui.leads.words import MATURITIES, TONES
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only
from webui.words import unit_name

MEETINGS_SHOWN = 10


@blueprint.get("/meeting")
@only(*MEETING_ROLES)
def meeting() -> str:
    """Show the agenda of a unit's lead meeting as it is now, and the meetings before."""
    now = room().clock.now()
    with reading() as db:
        held = units_of_meetings(db)
        unit = _chosen(held)
        leads = queries.agenda(db, unit.id, now=now) if unit is not None else []
        tasks = _tasks(db, leads)
        people = organisation.names(
            db, {each for lead in leads for each in (lead.owner_id, lead.submitter_id)}, language()
        )  # fmt: skip
        meetings = _meetings(db, unit.id) if unit is not None else []
        units = {each.id: unit_name(each) for each in organisation.units(db)}
    return render_template(
        "leads/meeting.html",
        unit=unit,
        held=held,
        unit_name=unit_name,
        to_sort=[lead for lead in leads if lead.status in TO_SORT],
        stale=[lead for lead in leads if lead.status not in TO_SORT],
        tasks=tasks,
        people=people,
        units=units,
        meetings=meetings,
        statuses=STATUSES,
        maturities=MATURITIES,
        tones=TONES,
        longest=queries.LONGEST_AGENDA,
        now=now,
    )


@blueprint.post("/meeting")
@only(*MEETING_ROLES)
def call_meeting() -> Response:
    """Keep the agenda as it is now: the meeting takes place."""
    now = room().clock.now()
    with transaction() as db:
        unit = _chosen(units_of_meetings(db))
        if unit is None:
            raise NotAllowed(roles=MEETING_ROLES)
        leads = queries.agenda(db, unit.id, now=now)
        operations.call_meeting(db, unit.id, [lead.id for lead in leads], now=now)
    flash(gettext("The agenda of the meeting is kept."), "done")
    return redirect(url_for(".meeting", unit=unit.id))


def units_of_meetings(db: Session) -> list[OrgUnit]:
    """Return the units at which the signed-in person holds lead meetings."""
    wanted = set()
    for group in current_actor().groups:
        role, at, unit_id = group.partition("@")
        if at and role in MEETING_ROLES:
            wanted.add(int(unit_id))
    return [unit for unit in organisation.units(db) if unit.id in wanted]


def _chosen(held: list[OrgUnit]) -> OrgUnit | None:
    asked = request.values.get("unit", type=int)
    return next((unit for unit in held if unit.id == asked), held[0] if held else None)


def _tasks(db: Session, leads: list[Lead]) -> dict[int, int]:
    """Return the open task of each lead that the signed-in person may do, by the lead's id."""
    rows = db.execute(
        sa.select(WorkItem.record_id, WorkItem.id, WorkItem.assignee_id, WorkItem.group_key).where(
            WorkItem.record_type == "lead",
            WorkItem.record_id.in_([lead.id for lead in leads]),
            WorkItem.completed_at.is_(None),
        )
    )
    actor = current_actor()
    return {lead: item for lead, item, assignee, group in rows if lead and may_act(assignee, group, actor)}


def _meetings(db: Session, unit_id: int) -> list[LeadMeeting]:
    query = sa.select(LeadMeeting).where(LeadMeeting.unit_id == unit_id).order_by(LeadMeeting.called_at.desc())
    return list(db.scalars(query.limit(MEETINGS_SHOWN)))
