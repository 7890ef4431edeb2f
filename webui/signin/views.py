"""Signing in and out, the language, one's own password, and the first administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.text import LANGUAGES
from handlers.organisation import operations, passwords, queries
from webui import i18n
from webui.runtime import (
    current_user,
    local_address,
    reading,
    room,
    runtime,
    signed_in,
    transaction,
)
from webui.security import public
from webui.signin import first_run, sessions
from webui.signin.throttle import Throttle

blueprint = Blueprint("signin", __name__, template_folder="templates")

Page = Response | str | tuple[str, int]


def _throttle() -> Throttle:
    found: Throttle = current_app.extensions.setdefault("ltc_throttle", Throttle())
    return found


def _address() -> str:
    return request.remote_addr or "unknown"


@blueprint.get("/sign-in")
@public
def sign_in() -> Page:
    """Ask for name and password; before there is an administrator, lead to making one."""
    following = local_address(request.args.get("next"), url_for("home"))
    if signed_in() is not None:
        return redirect(following)
    with reading() as db:
        if first_run.is_open(db):
            return redirect(url_for(".set_up"))
    return render_template("signin/sign_in.html", following=following, username="", problem=None)


@blueprint.post("/sign-in")
@public
def check_sign_in() -> Page:
    """Sign in, or say that name and password do not fit, without saying which."""
    following = local_address(request.form.get("next"), url_for("home"))
    username, password, now = request.form.get("username", ""), request.form.get("password", ""), room().clock.now()
    if _throttle().is_shut(_address(), now):
        abort(429)
    with reading() as db:
        compared = operations.compare(db, username, password)
    with transaction() as db:
        user = operations.authenticate(db, username, password, now=now, compared=compared)
    if user is None:
        _throttle().failed(_address(), now)
        problem = gettext("User name and password do not fit. After several wrong attempts the account waits a while.")
        page = render_template("signin/sign_in.html", following=following, username=username, problem=problem)
        return page, 422
    sessions.begin(user)
    return redirect(following)


@blueprint.post("/sign-out")
@public
def sign_out() -> Page:
    """End the session."""
    sessions.end()
    flash(gettext("You are signed out."), "done")
    return redirect(url_for(".sign_in"))


@blueprint.post("/language")
@public
def switch_language() -> Page:
    """Show the product in another language from now on: for a person for good, for a stranger in this session."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        abort(422)
    session[i18n.LANGUAGE] = wanted
    user = signed_in()
    if user is not None:
        with transaction() as db:
            operations.set_language(queries.user(db, user.id), wanted)
    return redirect(local_address(request.form.get("next"), url_for("home")))


@blueprint.get("/password")
def change_password() -> Page:
    """Ask for a new password."""
    return render_template("signin/password.html", errors={})


@blueprint.post("/password")
def save_password() -> Page:
    """Change one's own password; all other sessions end, this one goes on."""
    now, me = room().clock.now(), current_user()
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    errors: dict[str, list[str]] = {}
    with transaction() as db:
        user = operations.authenticate(db, me.username, old, now=now)
        if user is None:
            errors["old"] = [gettext("This is not your present password.")]
        elif new != again:
            errors["again"] = [gettext("The two passwords differ.")]
        else:
            errors = _set_password(db, user, new)
    if errors or user is None:
        return render_template("signin/password.html", errors=errors), 422
    sessions.begin(user)
    flash(gettext("Your password is changed. Other devices are signed out."), "done")
    return redirect(url_for("home"))


def _set_password(db: Any, user: Any, new: str) -> dict[str, list[str]]:
    try:
        operations.set_password(db, user, new)
    except passwords.UnfitPassword:
        return {"new": [password_rule()]}
    return {}


def password_rule() -> str:
    """Return what a password must be like."""
    return str(gettext("At least %(shortest)d characters, and not the user name.", shortest=passwords.SHORTEST))


@blueprint.get("/setup")
@public
def set_up() -> Page:
    """Ask for the first administrator; there is no such page once there is one."""
    with reading() as db:
        if not first_run.is_open(db):
            raise NotFound(page="setup")
    code = request.args.get("code", "")
    return render_template("signin/set_up.html", given={"code": code}, errors={}, rule=password_rule())


@blueprint.post("/setup")
@public
def create_first_administrator() -> Page:
    """Make the first administrator for whoever knows the code on the console, and sign them in."""
    now = room().clock.now()
    if _throttle().is_shut(_address(), now):
        abort(429)
    given = {name: request.form.get(name, "").strip() for name in ("code", "username", "name", "company")}
    password, again = request.form.get("password", ""), request.form.get("again", "")
    errors: dict[str, list[str]] = {
        name: [gettext("This is needed.")] for name in ("username", "name", "company") if not given[name]
    }
    if password != again:
        errors["again"] = [gettext("The two passwords differ.")]
    if not first_run.code_fits(runtime().settings.secret_key, given["code"]):
        _throttle().failed(_address(), now)
        errors["code"] = [gettext("This is not the code on the console of the server.")]
    if not errors:
        try:
            with transaction() as db:
                user = first_run.create_administrator(
                    db,
                    given["username"],
                    password,
                    name=given["name"],
                    company=given["company"],
                    language=i18n.language(),
                    now=now,
                )
        except passwords.UnfitPassword:
            errors["password"] = [password_rule()]
        except operations.NameTaken:
            errors["username"] = [gettext("This user name is taken.")]
    if errors:
        page = render_template("signin/set_up.html", given=given, errors=errors, rule=password_rule())
        return page, 422
    sessions.begin(user)
    flash(gettext("Welcome. You administer LTC Flow now: add the people of your company."), "done")
    return redirect(url_for("people.index"))
