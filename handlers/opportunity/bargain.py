"""Who bargains, and how each item of the give/get list stands after the last round (`ltc.md` O4.1)."""

from __future__ import annotations

from typing import Any

from handlers.opportunity.answers import fact
from handlers.opportunity.records import Opportunity


def list_of(opportunity: Opportunity) -> list[dict[str, Any]]:
    """Return the items of the list, each with where it stands and whether it was used, as far as a round said so.

    What a round added to the list comes last.
    """
    standing = {row["item"]: row for row in fact(opportunity, "round", "standing", [])}
    listed = [{**row, **standing.pop(row["item"], {})} for row in fact(opportunity, "give_get", "give_get", [])]
    return [*listed, *standing.values()]


def lead_of(opportunity: Opportunity) -> int | None:
    """Return who leads the negotiation on our side; nobody before it was prepared (`ltc.md` O4.1d)."""
    team = fact(opportunity, "prepare", "team_roles", [])
    return next((row["user_id"] for row in team if row["part"] == "lead"), None)
