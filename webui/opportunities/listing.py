"""The list of opportunities: filters, order, pages, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, render_template, url_for
from sqlalchemy.orm import Session

from engine.directory import EVERYONE
from engine.errors import NotFound
from engine.releases import queries as releases
from handlers.opportunity import queries
from handlers.opportunity.pipeline import STAGES
from handlers.opportunity.records import FOUR_STEP, FULL, Opportunity
from handlers.opportunity.statuses import RESULTS, STATUSES, TIERS
from handlers.organisation import queries as organisation
from handlers.organisation.records import OrgUnit
from handlers.quality import queries as quality
from webui.i18n import language
from webui.opportunities.asked import Asked
from webui.opportunities.export import as_csv
from webui.opportunities.pages import blueprint
from webui.opportunities.words import SOURCES, TONES
from webui.runtime import current_actor, current_user, reading, room
from webui.spreadsheet import file
from webui.words import depths, unit_name

SIZE = 50
PROCESS_OF = {FULL: "opportunity", FOUR_STEP: "opportunity_four_step"}
"""The two interchangeable flows (`ltc.md` 5)."""
MOST_EXPORTED = 5000


@blueprint.get("/")
def index() -> str:
    """List the opportunities that the signed-in person may see."""
    asked, actor = Asked.from_address(), current_actor()
    with reading() as db:
        found = queries.listing(
            db, actor, asked.wanted, sort=asked.sort, descending=asked.descending, after=asked.after, size=SIZE
        )  # fmt: skip
        counts = queries.counts(db, actor)
        flags = quality.open_flags_of(db, "opportunity", [each.id for each in found.rows])
        people = organisation.names(db, {each.ar_id for each in found.rows}, language())
        choices = filters(db, asked)
    return render_template(
        "opportunities/index.html",
        asked=asked,
        found=found,
        counts=counts,
        total=sum(counts.values()),
        flags=flags,
        people=people,
        **choices,
    )


def filters(db: Session, asked: Asked) -> dict[str, object]:
    """Return what the filters of the list and of the pipeline offer."""
    units: dict[int, OrgUnit] = {each.id: each for each in organisation.units(db)}
    now = room().clock.now()
    owners = {each.id: each.name_in(language()) for each in organisation.users(db, now=now, role="ar")}
    if asked.owner is not None and asked.owner not in owners:
        owners |= organisation.names(db, [asked.owner], language())
    return {
        "register": register_address(db),
        "units": units,
        "depths": depths(units),
        "unit_name": unit_name,
        "owners": sorted(owners.items(), key=lambda each: each[1]),
        "statuses": STATUSES,
        "tiers": TIERS,
        "results": RESULTS,
        "sources": SOURCES,
        "stages": STAGES,
        "tones": TONES,
    }


def register_address(db: Session) -> str:
    """Return where the signed-in person registers an opportunity, by the flow of the unit; empty if not allowed."""
    user = current_user()
    try:
        program = releases.program(db, releases.current(db).id)
    except NotFound:
        return ""
    process_id = PROCESS_OF[organisation.opportunity_flow(db, user.unit_id)]
    role = program.starts.get(process_id)
    if role is None or (role != EVERYONE and role not in user.actor.roles):
        return ""
    return url_for("start.show", process_id=process_id)


@blueprint.get("/opportunities.csv")
def export() -> Response:
    """Hand out the listed opportunities, all pages of them, as a CSV file that spreadsheets open as it is."""
    asked, actor = Asked.from_address(), current_actor()
    with reading() as db:
        found = queries.listing(
            db, actor, asked.wanted, sort=asked.sort, descending=asked.descending, size=MOST_EXPORTED
        )  # fmt: skip
        units = {each.id: unit_name(each) for each in organisation.units(db)}
        people = organisation.names(db, _involved(found.rows), language())
        content = as_csv(found.rows, units, people)
    return file(content, f"opportunities-{room().clock.now():%Y%m%d}.csv")


def _involved(opportunities: Sequence[Opportunity]) -> set[int | None]:
    return {id_ for each in opportunities for id_ in (each.ar_id, each.sr_id, each.fr_id)}
