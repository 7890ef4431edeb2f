"""What the address of the list of contracts asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request, url_for

from handlers.contract import queries
from handlers.contract.statuses import FLAGS, STATUSES
from webui.words import one_of

LONGEST_SEARCH = 100
LONGEST_PLACE = 300
RISING = frozenset({"customer", "number"})
"""What one expects from A to Z at first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; anything unknown falls back to the usual. ``after`` is where the page before ended."""

    search: str = ""
    status: str = ""
    flag: str = ""
    unit: int | None = None
    mine: bool = False
    overdue: bool = False
    sort: str = "signed"
    descending: bool = True
    after: str = ""

    @classmethod
    def from_address(cls) -> Asked:
        """Read the address of this request."""
        given = request.args
        return cls(
            search=given.get("q", "").strip()[:LONGEST_SEARCH],
            status=one_of(given.get("status"), STATUSES),
            flag=one_of(given.get("flag"), FLAGS),
            unit=given.get("unit", type=int),
            mine=given.get("mine") == "1",
            overdue=given.get("overdue") == "1",
            sort=one_of(given.get("sort"), queries.SORTS) or "signed",
            descending=given.get("order") != "up",
            after=given.get("after", "")[:LONGEST_PLACE],
        )

    def wanted(self, today: date) -> queries.Wanted:
        """Return what the query is narrowed down to."""
        return queries.Wanted(
            search=self.search,
            statuses=(self.status,) if self.status else (),
            flags=(self.flag,) if self.flag else (),
            unit_id=self.unit,
            only_mine=self.mine,
            overdue_on=today if self.overdue else None,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows the list down."""
        return bool(self.search or self.status or self.flag or self.unit or self.mine or self.overdue)

    def parameters(self) -> dict[str, Any]:
        """Return what stands in the address, usual values left out."""
        given = {
            "q": self.search,
            "status": self.status,
            "flag": self.flag,
            "unit": str(self.unit or ""),
            "mine": "1" if self.mine else "",
            "overdue": "1" if self.overdue else "",
            "sort": "" if self.sort == "signed" else self.sort,
            "order": "" if self.descending else "up",
            "after": self.after,
        }
        return {name: value for name, value in given.items() if value}

    def at(self, after: str = "") -> str:
        """Return the address of this list from another place on; of its beginning without one."""
        return url_for("contracts.index", **replace(self, after=after).parameters())

    def sorted_by(self, sort: str) -> str:
        """Return the address of this list in another order; asking again turns the order around."""
        turned = not self.descending if sort == self.sort else sort not in RISING
        return url_for("contracts.index", **replace(self, sort=sort, descending=turned, after="").parameters())
