"""What every page shows around its own content."""

from __future__ import annotations

from typing import Literal, NamedTuple
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import gettext

from engine.directory import EVERYONE
from engine.text import Text
from handlers.organisation.roles import ROLES, name_of
from webui import vite
from webui.runtime import current_actor, signed_in


class Entry(NamedTuple):
    """One page in the navigation; ``current`` is its ``aria-current``: this page, one belonging to it, or neither."""

    label: str
    icon: str
    href: str
    current: Literal["page", "true", ""]


class Group(NamedTuple):
    """Pages that belong together in the menu."""

    label: str
    entries: list[Entry]


class Navigation(NamedTuple):
    """The pages of every day, which stand in the bar, and the others, which a menu holds in groups."""

    bar: list[Entry]
    menu: list[Group]

    @property
    def in_menu(self) -> bool:
        """Whether the person is on a page that the menu holds."""
        return any(entry.current for group in self.menu for entry in group.entries)


BELONGING = {
    "tasks": "inbox.index",
    "leads": "leads.index",
    "opportunities": "opportunities.index",
    "contracts": "contracts.index",
    "customers": "customers.index",
    "start": "start.index",
    "releases": "releases.index",
    "compare": "releases.index",
    "drafts": "drafts.index",
    "designer": "drafts.index",
    "incidents": "incidents.index",
    "people": "people.index",
}
"""Under which entry a page stands that has none itself, by its blueprint."""


IN_MENU = {"opportunities.pipeline", "contracts.receivables", "leads.meeting", "people.units"}
"""Pages with an entry of their own beside that of their blueprint."""


def has_page(endpoint: str) -> bool:
    """Return whether this installation has the page."""
    return endpoint in current_app.view_functions


def navigation() -> Navigation:
    """Return the pages that the signed-in person may open and is likely to.

    Who holds no role works on tasks, watches over the leads that they brought in, and starts things: lists of deals
    would always be empty.
    """
    sells = bool(current_actor().roles - {EVERYONE})
    bar = [
        ("inbox.index", gettext("Inbox"), "inbox"),
        ("leads.index", gettext("Leads"), "lead"),
        *(
            [
                ("opportunities.index", gettext("Opportunities"), "board"),
                ("contracts.index", gettext("Contracts"), "contract"),
            ]
            if sells
            else []
        ),
        ("start.index", gettext("Start"), "start"),
    ]
    menu = [
        (
            gettext("Sales"),
            [
                ("customers.index", gettext("Customers"), "building"),
                ("opportunities.pipeline", gettext("Pipeline"), "align"),
                ("contracts.receivables", gettext("Receivables"), "money"),
                ("actions.index", gettext("Actions"), "done"),
                ("leads.meeting", gettext("Lead meeting"), "calendar"),
            ],
        ),
        (
            gettext("How we work"),
            [
                ("releases.index", gettext("Processes"), "diagram"),
                ("drafts.index", gettext("Drafts"), "edit"),
                ("method.index", gettext("How we sell"), "text"),
                ("trace.index", gettext("Where the method lives"), "search"),
                ("authority.index", gettext("Negotiation authority"), "key"),
            ],
        ),
        (
            gettext("Running the system"),
            [
                ("people.index", gettext("People"), "people"),
                ("people.units", gettext("Units"), "building"),
                ("incidents.index", gettext("Incidents"), "warning"),
            ],
        ),
    ]
    groups = [Group(label, _entries(pages)) for label, pages in menu] if sells else []
    return Navigation(_entries(bar), [group for group in groups if group.entries])


def _entries(pages: list[tuple[str, str, str]]) -> list[Entry]:
    return [Entry(label, icon, url_for(page), _current(page)) for page, label, icon in pages if _may_open(page)]


def _may_open(page: str) -> bool:
    view = current_app.view_functions.get(page)
    wanted = getattr(view, "only_roles", None)
    return view is not None and (not wanted or not current_actor().roles.isdisjoint(wanted))


def _current(page: str) -> Literal["page", "true", ""]:
    if request.endpoint == page:
        return "page"
    return "true" if page == BELONGING.get(request.blueprint or "") and request.endpoint not in IN_MENU else ""


def own_roles() -> list[Text]:
    """Return what the roles of the signed-in person are called; nothing for who is just an employee."""
    return [name_of(role) for role in ROLES if role in current_actor().roles - {EVERYONE}]


def this_address() -> str:
    """Return the address to come back to after switching the language."""
    if request.endpoint is None or request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return url_for("home")
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.path}?{urlencode(kept)}" if kept and request.method == "GET" else request.path


def install(app: Flask) -> None:
    """Give all templates what the layout needs."""
    app.jinja_env.globals.update(
        vite=vite.entry,
        has_page=has_page,
        navigation=navigation,
        this_address=this_address,
        signed_in=signed_in,
        own_roles=own_roles,
    )
