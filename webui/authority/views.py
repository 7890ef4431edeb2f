"""Authority to negotiate: who may agree to what, granting it and ending it, for process owners and administrators."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from handlers.authority import operations, queries
from handlers.authority.operations import KEEPERS, LEVELS, SelfGranted
from handlers.authority.records import Authority
from handlers.contract.deviations import LIABILITY
from handlers.organisation import queries as organisation
from handlers.organisation.records import OrgUnit
from webui.authority.given import FIELDS, Grant, as_day, read, typed
from webui.cases.governance import today
from webui.i18n import language
from webui.people import levels
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only
from webui.words import depths, unit_name, word

blueprint = Blueprint("authority", __name__, template_folder="templates", url_prefix="/authority")

Page = Response | str | tuple[str, int]

USUAL = MappingProxyType({"level": "company", "liability": "capped", "delay": "0"})


@dataclass(frozen=True, slots=True)
class Known:
    """Units and people by their ids, to say whose a grant is and who made it."""

    units: dict[int, OrgUnit]
    people: dict[int, str]

    def holder(self, grant: Authority) -> str:
        """Return the name of the unit or the person that holds ``grant``."""
        if grant.unit_id is not None:
            return unit_name(self.units.get(grant.unit_id))
        return self.person(grant.user_id)

    def person(self, user_id: int | None) -> str:
        """Return the name of a person; the console has none."""
        return self.people.get(user_id, "") if user_id is not None else ""


def _known(db: Session, *grants: Authority) -> Known:
    ids = {each for grant in grants for each in (grant.user_id, grant.created_by, grant.ended_by)}
    return Known({each.id: each for each in organisation.units(db)}, organisation.names(db, ids, language()))


@blueprint.get("/")
@only(*KEEPERS)
def index() -> Page:
    """List the standing grants: those that hold today, and the others."""
    day = today()
    with reading() as db:
        holding, others = queries.grants(db, on=day), queries.others(db, on=day)
        known = _known(db, *holding, *others)
    return render_template("authority/index.html", holding=holding, others=others, known=known, today=day, **_words())


def _words() -> dict[str, object]:
    return {"liability": LIABILITY, "level_name": levels.name_of, "word": word}


@blueprint.get("/new")
@only(*KEEPERS)
def new() -> Page:
    """Ask whom to grant how much."""
    given = dict.fromkeys(FIELDS, "") | USUAL | {"start": today().isoformat()}
    return _form(given, {})


@blueprint.post("/new")
@only(*KEEPERS)
def create() -> Page:
    """Grant authority from a day on."""
    given, now = typed(request.form), room().clock.now()
    with transaction() as db:
        units = {each.id for each in organisation.units(db)}
        people = {each.user_id for each in organisation.holdings(db, now=now)}
        wanted = read(given, units=units, people=people)
        if isinstance(wanted, Grant):
            try:
                operations.grant(
                    db,
                    wanted.limits,
                    level=wanted.level,
                    unit_id=wanted.unit_id,
                    user_id=wanted.user_id,
                    valid_from=wanted.start,
                    valid_to=wanted.until,
                    by=current_actor(),
                    now=now,
                )
            except SelfGranted:
                wanted = {"holder": [gettext("Nobody grants authority to themselves: ask a colleague.")]}
    if not isinstance(wanted, Grant):
        return _form(given, wanted), 422
    flash(gettext("The authority is granted."), "done")
    return redirect(url_for(".index"))


def _form(given: dict[str, str], errors: dict[str, list[str]]) -> str:
    with reading() as db:
        units = {each.id: each for each in organisation.units(db)}
        holders = [each.user_id for each in organisation.holdings(db, now=room().clock.now())]
        people = organisation.names(db, holders, language())
    return render_template(
        "authority/new.html",
        given=given,
        errors=errors,
        units=units,
        depths=depths(units),
        unit_name=unit_name,
        people=sorted(people.items(), key=lambda each: each[1]),
        levels=LEVELS,
        **_words(),
    )


@blueprint.get("/<int:authority_id>/end")
@only(*KEEPERS)
def ask_end(authority_id: int) -> Page:
    """Ask for the last day of a grant."""
    return _ending(authority_id, today().isoformat(), [])


@blueprint.post("/<int:authority_id>/end")
@only(*KEEPERS)
def end(authority_id: int) -> Page:
    """End a grant with a day, today at the earliest: what was agreed to under it stands."""
    given = request.form.get("on", "").strip()[:10]
    on, day = as_day(given), today()
    if on is None or on < day:
        return _ending(authority_id, given, [gettext("Choose today or a later day.")]), 422
    with transaction() as db:
        operations.end(
            db, queries.one(db, authority_id, to_end=True), on=on, by=current_actor(), now=room().clock.now()
        )
    flash(gettext("The authority ends with that day."), "done")
    return redirect(url_for(".index"))


def _ending(authority_id: int, on: str, errors: list[str]) -> str:
    with reading() as db:
        grant = queries.one(db, authority_id)
        known = _known(db, grant)
    return render_template("authority/end.html", grant=grant, known=known, on=on, errors=errors, **_words())
