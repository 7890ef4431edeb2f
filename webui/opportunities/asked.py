"""What the address of the list and of the pipeline asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from handlers.opportunity import queries
from handlers.opportunity.pipeline import STAGES
from handlers.opportunity.statuses import RESULTS, STATUSES, TIERS
from webui.opportunities.words import SOURCES
from webui.words import one_of

LONGEST_SEARCH = 100
LONGEST_PLACE = 300

STATUSES_OF = {each.key: each.statuses for each in STAGES}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; anything unknown falls back to the usual. ``after`` is where the page before ended."""

    search: str = ""
    status: str = ""
    stage: str = ""
    tier: str = ""
    source: str = ""
    result: str = ""
    unit: int | None = None
    owner: int | None = None
    sort: str = "created"
    descending: bool = True
    after: str = ""

    @classmethod
    def from_address(cls) -> Asked:
        """Read the address of this request."""
        given = request.args
        return cls(
            search=given.get("q", "").strip()[:LONGEST_SEARCH],
            status=one_of(given.get("status"), STATUSES),
            stage=one_of(given.get("stage"), STATUSES_OF),
            tier=one_of(given.get("tier"), TIERS),
            source=one_of(given.get("source"), SOURCES),
            result=one_of(given.get("result"), RESULTS),
            unit=given.get("unit", type=int),
            owner=given.get("owner", type=int),
            sort=one_of(given.get("sort"), queries.SORTS) or "created",
            descending=given.get("order") != "up",
            after=given.get("after", "")[:LONGEST_PLACE],
        )

    @property
    def wanted(self) -> queries.Wanted:
        """What the query is narrowed down to."""
        statuses = (self.status,) if self.status else STATUSES_OF.get(self.stage, ())
        return queries.Wanted(
            search=self.search,
            statuses=statuses,
            tiers=(self.tier,) if self.tier else (),
            source=self.source or None,
            result=self.result or None,
            unit_id=self.unit,
            member_id=self.owner,
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
            "stage": self.stage,
            "tier": self.tier,
            "source": self.source,
            "result": self.result,
            "unit": str(self.unit or ""),
            "owner": str(self.owner or ""),
            "sort": "" if self.sort == "created" else self.sort,
            "order": "" if self.descending else "up",
            "after": self.after,
        }
        return {name: value for name, value in given.items() if value}

    def at(self, after: str = "") -> str:
        """Return the address of this list from another place on; of its beginning without one."""
        return url_for("opportunities.index", **replace(self, after=after).parameters())

    def sorted_by(self, sort: str) -> str:
        """Return the address of this list in another order; asking again turns the order around."""
        turned = not self.descending if sort == self.sort else sort not in {"customer", "number", "decision"}
        return url_for("opportunities.index", **replace(self, sort=sort, descending=turned, after="").parameters())

    def of_board(self, **other: Any) -> dict[str, Any]:
        """Return the parameters of the pipeline with the same filters: it knows no status and no order."""
        kept = replace(self, status="", stage="", result="", sort="created", descending=True, after="")
        return {**kept.parameters(), **other}
