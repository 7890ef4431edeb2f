"""The inbox: what waits for a person, and taking it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.database import zone_of
from engine.inbox import operations, queries
from handlers.deciding import queries as deciding
from handlers.organisation.roles import name_of
from webui.layout import has_page
from webui.runtime import current_actor, local_address, reading, room, transaction

blueprint = Blueprint("inbox", __name__, template_folder="templates", url_prefix="/inbox")

LONGEST_SEARCH = 100
LAST_PAGE = 1000


class BoxLink(NamedTuple):
    """One box beside the list."""

    key: str
    label: str
    number: str
    alarming: bool


class Asked(NamedTuple):
    """What the address of the page asks for; anything unknown falls back to the usual."""

    box: queries.Box
    search: str
    sort: queries.Sort
    page: int

    def address(self, page: int = 1, **other: str) -> str:
        """Return the address of this list, or of the same list with something different."""
        wanted = {"box": self.box, "q": self.search, "sort": self.sort, **other}
        usual = {"box": "mine", "q": "", "sort": "due"}
        kept = {key: value for key, value in wanted.items() if value != usual[key]}
        if page > 1:
            kept["page"] = str(page)
        address = url_for("inbox.index")
        return f"{address}?{urlencode(kept)}" if kept else address


def _asked() -> Asked:
    box, sort, page = request.args.get("box"), request.args.get("sort"), request.args.get("page", "1")
    return Asked(
        box if box in queries.BOXES else "mine",
        request.args.get("q", "").strip()[:LONGEST_SEARCH],
        sort if sort in queries.SORTS else "due",
        min(int(page), LAST_PAGE) if page.isascii() and page.isdigit() and int(page) > 0 else 1,
    )


@blueprint.get("/")
def index() -> str:
    """Show one box of the signed-in person's inbox."""
    asked, actor, now = _asked(), current_actor(), room().clock.now()
    with reading() as db:
        counts = queries.counts(db, actor, now=now)
        found = queries.listing(db, actor, asked.box, asked.search, asked.sort, asked.page, now=now)
        overdue_actions = deciding.count_overdue(db, actor, now.astimezone(zone_of(db)).date())
    return render_template(
        "inbox/index.html",
        asked=asked,
        listing=found,
        counts=counts,
        boxes=_boxes(counts),
        overdue_actions=overdue_actions,
        sorts=_sorts(),
        title_of=lambda item: item.title,
        role_name=name_of,
        task_address=task_address,
        page_address=partial(Asked.address, asked),
        me=actor.user_id,
    )


def task_address(work_item_id: int) -> str:
    """Return the page on which a work item is done."""
    return url_for("tasks.show", work_item_id=work_item_id) if has_page("tasks.show") else url_for("inbox.index")


def _boxes(counts: queries.Counts) -> list[BoxLink]:
    labels = {
        "mine": gettext("My tasks"),
        "roles": gettext("Waiting for my roles"),
        "today": gettext("Due today"),
        "overdue": gettext("Overdue"),
        "done": gettext("Done by me"),
    }
    return [
        BoxLink(key, label, _counted(getattr(counts, key)), key == "overdue" and counts.overdue > 0)
        for key, label in labels.items()
    ]


def _counted(number: int) -> str:
    return f"{queries.COUNTED - 1}+" if number >= queries.COUNTED else str(number)


def _sorts() -> list[tuple[str, str]]:
    return [
        ("due", gettext("Due first")),
        ("priority", gettext("Most important first")),
        ("newest", gettext("Newest first")),
        ("case", gettext("By case")),
    ]


@blueprint.post("/<int:work_item_id>/claim")
def claim(work_item_id: int) -> Response:
    """Take a work item that waits for one of my roles, and open it."""
    with transaction() as db:
        operations.claim(db, work_item_id, by=current_actor(), now=room().clock.now())
    flash(gettext("The task is yours now."), "done")
    return redirect(local_address(request.form.get("next"), task_address(work_item_id)))


@blueprint.post("/<int:work_item_id>/release")
def release(work_item_id: int) -> Response:
    """Give a claimed work item back to the colleagues of the role."""
    with transaction() as db:
        operations.release(db, work_item_id, by=current_actor(), now=room().clock.now())
    flash(gettext("The task waits for your colleagues again."), "done")
    return redirect(local_address(request.form.get("next"), url_for(".index")))
