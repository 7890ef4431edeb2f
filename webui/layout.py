"""What every page shows around its own content."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import gettext

from webui import vite
from webui.runtime import current_actor, signed_in


class NavigationItem(NamedTuple):
    """One page in the header."""

    label: str
    icon: str
    href: str
    current: bool


def has_page(endpoint: str) -> bool:
    """Return whether this installation has the page."""
    return endpoint in current_app.view_functions


def navigation() -> list[NavigationItem]:
    """Return the pages in the header that the signed-in person may open."""
    pages = [
        ("inbox", gettext("Inbox"), "inbox"),
        ("leads", gettext("Leads"), "lead"),
        ("opportunities", gettext("Opportunities"), "board"),
        ("contracts", gettext("Contracts"), "contract"),
        ("customers", gettext("Customers"), "building"),
        ("start", gettext("Start"), "start"),
        ("releases", gettext("Processes"), "diagram"),
        ("incidents", gettext("Incidents"), "warning"),
        ("people", gettext("People"), "people"),
    ]
    found = []
    for name, label, icon in pages:
        view = current_app.view_functions.get(f"{name}.index")
        if view is None:
            continue
        wanted = getattr(view, "only_roles", None)
        if wanted and current_actor().roles.isdisjoint(wanted):
            continue
        found.append(NavigationItem(label, icon, url_for(f"{name}.index"), request.blueprint == name))
    return found


def this_address() -> str:
    """Return the address to come back to after switching the language."""
    if request.endpoint is None or request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return url_for("home")
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.path}?{urlencode(kept)}" if kept and request.method == "GET" else request.path


def install(app: Flask) -> None:
    """Give all templates what the layout needs."""
    app.jinja_env.globals.update(
        vite=vite.entry, has_page=has_page, navigation=navigation, this_address=this_address, signed_in=signed_in
    )
