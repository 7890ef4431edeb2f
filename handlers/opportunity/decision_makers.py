"""What the forms of an opportunity tell of the customer's key decision-makers, as the customer's map keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from handlers.customer.records import PARTS
from handlers.opportunity.answers import WALKED

ATTITUDES = MappingProxyType({"against": -2, "cool": -1, "neutral": 0, "friendly": 1, "champion": 2})
"""The attitudes of the form of O1.1 on the scale of the map."""


def told_in(element: str, answers: Mapping[str, Any]) -> tuple[list[dict[str, Any]], date | None]:
    """Return the people that the answers given at ``element`` tell of, and on which day somebody met them last.

    They are named when the opportunity is understood, when nurturing is confirmed, and by each walk of the guidance
    path (`ltc.md` O1.1, O2.5).
    """
    if element in WALKED:
        days = [date.fromisoformat(each["on"]) for each in answers.get("cells", []) if each.get("on")]
        return [_person(answers, answers.get("kdm_post"))], max(days, default=None)
    rows = [*answers.get("kdms", []), *answers.get("kdms_agreed", [])]
    return [_person(row, row.get("post")) for row in rows if isinstance(row, Mapping)], None


def _person(row: Mapping[str, Any], post: str | None) -> dict[str, Any]:
    return {
        "name": row.get("kdm_name"),
        "post": post,
        "part": part if (part := row.get("kdm_role")) in PARTS else None,
        "attitude": ATTITUDES.get(row.get("attitude") or ""),
    }
