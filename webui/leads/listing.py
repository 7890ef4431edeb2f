"""The list of leads: filters, order, pages, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from handlers.lead import queries
from handlers.lead.records import Lead
from handlers.lead.statuses import STATUSES
from handlers.organisation import queries as organisation
from webui.i18n import language
from webui.leads.export import as_csv
from webui.leads.pages import blueprint
from webui.leads.words import CHANNELS, GRADES, MATURITIES, TONES
from webui.runtime import current_actor, reading, room
from webui.spreadsheet import file
from webui.words import depths, one_of, unit_name

LONGEST_SEARCH = 100
LAST_PAGE = 1000
MOST_EXPORTED = 5000
MEETING_ROLES = ("lead_manager", "sales_mgmt", "sales_manager")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the list asks for; anything unknown falls back to the usual."""

    search: str = ""
    status: str = ""
    unit: int | None = None
    owner: int | None = None
    grade: str = ""
    maturity: str = ""
    mine: bool = False
    sort: str = "created"
    descending: bool = True
    page: int = 1

    @classmethod
    def from_address(cls) -> Asked:
        """Read the address of this request."""
        given = request.args
        page = given.get("page", "1")
        return cls(
            search=given.get("q", "").strip()[:LONGEST_SEARCH],
            status=one_of(given.get("status"), STATUSES),
            unit=given.get("unit", type=int),
            owner=given.get("owner", type=int),
            grade=one_of(given.get("grade"), GRADES),
            maturity=one_of(given.get("maturity"), MATURITIES),
            mine=given.get("mine") == "1",
            sort=one_of(given.get("sort"), queries.SORTS) or "created",
            descending=given.get("order") != "up",
            page=min(int(page), LAST_PAGE) if page.isascii() and page.isdigit() and int(page) > 0 else 1,
        )

    @property
    def wanted(self) -> queries.Wanted:
        """What the query is narrowed down to."""
        return queries.Wanted(
            search=self.search,
            statuses=(self.status,) if self.status else (),
            unit_id=self.unit,
            owner_id=self.owner,
            grades=(self.grade,) if self.grade else (),
            maturity=self.maturity or None,
            only_mine=self.mine,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows the list down."""
        return self.wanted != queries.Wanted()

    def parameters(self) -> dict[str, Any]:
        """Return what stands in the address, usual values left out."""
        given = {
            "q": self.search,
            "status": self.status,
            "unit": str(self.unit or ""),
            "owner": str(self.owner or ""),
            "grade": self.grade,
            "maturity": self.maturity,
            "mine": "1" if self.mine else "",
            "sort": "" if self.sort == "created" else self.sort,
            "order": "" if self.descending else "up",
            "page": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in given.items() if value}

    def at_page(self, page: int) -> str:
        """Return the address of another page of this list."""
        return url_for("leads.index", **replace(self, page=page).parameters())

    def sorted_by(self, sort: str) -> str:
        """Return the address of this list in another order; asking again turns the order around."""
        turned = not self.descending if sort == self.sort else sort not in {"customer", "number"}
        return url_for("leads.index", **replace(self, sort=sort, descending=turned, page=1).parameters())


@blueprint.get("/")
def index() -> str:
    """List the leads that the signed-in person may see."""
    asked, actor = Asked.from_address(), current_actor()
    with reading() as db:
        page = queries.listing(
            db, actor, asked.wanted, sort=asked.sort, descending=asked.descending, page=asked.page
        )  # fmt: skip
        counts = queries.counts(db, actor)
        units = {each.id: each for each in organisation.units(db)}
        owners = _owners(db, asked.owner)
        people = organisation.names(db, {lead.owner_id for lead in page.leads}, language())
    return render_template(
        "leads/index.html",
        asked=asked,
        page=page,
        counts=counts,
        total=sum(counts.values()),
        units=units,
        unit_name=unit_name,
        depths=depths(units),
        owners=owners,
        people=people,
        statuses=STATUSES,
        grades=GRADES,
        maturities=MATURITIES,
        tones=TONES,
        holds_meetings=not actor.roles.isdisjoint(MEETING_ROLES),
    )


def _owners(db: Session, chosen: int | None) -> list[tuple[int, str]]:
    """Return who may own leads, and whoever was asked for."""
    found = {each.id: each.name_in(language()) for each in organisation.users(db, now=room().clock.now(), role="sr")}
    if chosen is not None and chosen not in found:
        found |= organisation.names(db, [chosen], language())
    return sorted(found.items(), key=lambda each: each[1])


@blueprint.get("/leads.csv")
def export() -> Response:
    """Hand out the listed leads, all pages of them, as a CSV file that spreadsheets open as it is."""
    asked, actor = Asked.from_address(), current_actor()
    with reading() as db:
        page = queries.listing(
            db, actor, asked.wanted, sort=asked.sort, descending=asked.descending, size=MOST_EXPORTED
        )  # fmt: skip
        units = {each.id: unit_name(each) for each in organisation.units(db)}
        people = organisation.names(db, _involved(page.leads), language())
        content = as_csv(page.leads, units, people, CHANNELS)
    return file(content, f"leads-{_today(room().clock.now())}.csv")


def _involved(leads: Sequence[Lead]) -> set[int | None]:
    return {each for lead in leads for each in (lead.owner_id, lead.co_owner_id, lead.submitter_id)}


def _today(now: datetime) -> str:
    return now.strftime("%Y%m%d")
