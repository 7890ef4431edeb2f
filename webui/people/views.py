"""The people of the company, for administrators: accounts, roles at units, the units themselves."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.errors import InvalidInput
from engine.text import LANGUAGES
from handlers.organisation import operations, queries
from handlers.organisation.records import LEVELS, OPPORTUNITY_FLOWS, SCREENING_ROLES, OrgUnit
from handlers.organisation.roles import ADMIN, GRANTABLE, name_of
from webui import i18n
from webui.people import levels
from webui.runtime import current_user, reading, room, transaction
from webui.security import only

blueprint = Blueprint("people", __name__, template_folder="templates", url_prefix="/people")

Page = Response | str | tuple[str, int]

LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 14


def fresh_password() -> str:
    """Return a password that a person can read out and type: no letters that look alike."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


@blueprint.get("/")
@only(ADMIN)
def index() -> Page:
    """List the people with their roles."""
    search, all_of_them = request.args.get("q", "").strip(), request.args.get("left") == "1"
    now = room().clock.now()
    with reading() as db:
        people = queries.users(db, now=now, search=search, only_active=not all_of_them)
        held: dict[int, list[queries.Holding]] = {}
        for holding in queries.holdings(db, now=now, user_ids=[each.id for each in people]):
            held.setdefault(holding.user_id, []).append(holding)
        units = {each.id: each for each in queries.units(db)}
    return render_template(
        "people/index.html", people=people, held=held, units=units, search=search, left=all_of_them, role_name=name_of
    )


@blueprint.get("/new")
@only(ADMIN)
def new() -> Page:
    """Ask for a new account."""
    with reading() as db:
        units = queries.units(db)
    return render_template("people/new.html", units=units, given={"language": i18n.language()}, errors={})


@blueprint.post("/new")
@only(ADMIN)
def create() -> Page:
    """Make an account with a password that is shown once."""
    given = {name: request.form.get(name, "").strip() for name in ("username", "name_en", "name_zh", "email", "unit")}
    given["language"] = request.form.get("language", "zh_CN")
    errors: dict[str, list[str]] = {}
    if not given["username"]:
        errors["username"] = [gettext("This is needed.")]
    if not given["name_en"] and not given["name_zh"]:
        errors["name_zh"] = [gettext("A name in one of the languages is needed.")]
    if given["language"] not in LANGUAGES:
        raise InvalidInput(language=given["language"])
    if not errors:
        password = fresh_password()
        try:
            with transaction() as db:
                user = operations.create_user(
                    db,
                    given["username"],
                    name_en=given["name_en"],
                    name_zh=given["name_zh"],
                    email=given["email"] or None,
                    now=room().clock.now(),
                    password=password,
                    language=given["language"],
                    unit=_unit(db, given["unit"]) if given["unit"] else None,
                )
            return render_template("people/password.html", person=user, password=password, is_new=True)
        except operations.NameTaken:
            errors["username"] = [gettext("This user name is taken.")]
    with reading() as db:
        units = queries.units(db)
    return render_template("people/new.html", units=units, given=given, errors=errors), 422


@blueprint.get("/<int:user_id>")
@only(ADMIN)
def show(user_id: int) -> Page:
    """Show one person: roles, account."""
    now = room().clock.now()
    with reading() as db:
        person = queries.user(db, user_id)
        holdings = queries.holdings(db, now=now, user_ids=[user_id])
        units = queries.units(db)
    return render_template(
        "people/show.html",
        person=person,
        holdings=holdings,
        units=units,
        home=next((each for each in units if each.id == person.unit_id), None),
        roles=[(key, name_of(key)) for key in GRANTABLE],
        role_name=name_of,
        locked=person.locked_until is not None and person.locked_until > now,
        is_me=user_id == current_user().id,
        admin=ADMIN,
    )


@blueprint.post("/<int:user_id>/roles")
@only(ADMIN)
def grant(user_id: int) -> Page:
    """Let a person hold a role at a unit."""
    with transaction() as db:
        user, unit = queries.user(db, user_id), _unit(db, request.form.get("unit", ""))
        operations.grant(db, user, request.form.get("role", ""), unit, now=room().clock.now())
    flash(gettext("The role is granted and counts from now on."), "done")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.post("/<int:user_id>/roles/<int:holding_id>/revoke")
@only(ADMIN)
def revoke(user_id: int, holding_id: int) -> Page:
    """End a role; administrators cannot end their own administration, so that somebody is always left."""
    now = room().clock.now()
    with transaction() as db:
        holding = next((h for h in queries.holdings(db, now=now, user_ids=[user_id]) if h.id == holding_id), None)
        if holding is not None and holding.role == ADMIN and user_id == current_user().id:
            raise InvalidInput(role=ADMIN, problem="another administrator must do this")
        if holding is not None:
            operations.revoke(db, holding_id, now=now)
    flash(gettext("The role has ended."), "done")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.post("/<int:user_id>/password")
@only(ADMIN)
def reset_password(user_id: int) -> Page:
    """Give a person a new password, shown once; all their sessions end."""
    password = fresh_password()
    with transaction() as db:
        person = queries.user(db, user_id)
        operations.set_password(db, person, password)
    return render_template("people/password.html", person=person, password=password, is_new=False)


@blueprint.post("/<int:user_id>/active")
@only(ADMIN)
def set_active(user_id: int) -> Page:
    """Shut a person out at once, or let them in again."""
    wanted = request.form.get("active") == "yes"
    if not wanted and user_id == current_user().id:
        raise InvalidInput(user=user_id, problem="another administrator must do this")
    with transaction() as db:
        person = queries.user(db, user_id)
        if wanted:
            operations.reactivate(db, person)
        else:
            operations.deactivate(db, person, now=room().clock.now())
    flash(gettext("The account is open again.") if wanted else gettext("The account is shut."), "done")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.get("/units")
@only(ADMIN)
def units() -> Page:
    """Show the units as a tree."""
    return _units_page({}, {}), 200


def _units_page(given: dict[str, str], errors: dict[str, list[str]]) -> str:
    with reading() as db:
        every = queries.units(db)
    return render_template(
        "people/units.html",
        units=every,
        depth=levels.depths(every),
        level_name=levels.name_of,
        levels=[(key, levels.name_of(key)) for key in reversed(LEVELS)],
        screening=[(key, name_of(key)) for key in SCREENING_ROLES],
        flows=[(key, levels.flow_name(key)) for key in OPPORTUNITY_FLOWS],
        given=given,
        errors=errors,
    )


@blueprint.post("/units")
@only(ADMIN)
def create_unit() -> Page:
    """Add a unit below another."""
    given = {name: request.form.get(name, "").strip() for name in ("code", "name_en", "name_zh", "level", "parent")}
    errors = {name: [gettext("This is needed.")] for name in ("code", "name_en", "name_zh") if not given[name]}
    if not errors:
        try:
            with transaction() as db:
                operations.create_unit(
                    db,
                    given["code"],
                    name_en=given["name_en"],
                    name_zh=given["name_zh"],
                    level=given["level"],
                    parent=_unit(db, given["parent"]) if given["parent"] else None,
                )
        except operations.NameTaken:
            errors["code"] = [gettext("Another unit has this code.")]
        except operations.UnfitUnit:
            errors["level"] = [gettext("A unit cannot be above the unit it belongs to.")]
    if errors:
        return _units_page(given, errors), 422
    flash(gettext("The unit is added."), "done")
    return redirect(url_for(".units"))


@blueprint.post("/units/<int:unit_id>/settings")
@only(ADMIN)
def set_settings(unit_id: int) -> Page:
    """Say which role screens the leads of a unit, and which flow its new opportunities take."""
    with transaction() as db:
        unit = queries.unit(db, unit_id)
        operations.set_screening_role(unit, request.form.get("role") or None)
        operations.set_opportunity_flow(unit, request.form.get("flow") or None)
    flash(gettext("Saved."), "done")
    return redirect(url_for(".units"))


def _unit(db: Session, text: str) -> OrgUnit:
    if not text.isascii() or not text.isdigit():
        raise InvalidInput(unit=text)
    return queries.unit(db, int(text))
