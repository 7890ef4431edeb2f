"""The give/get list and how each item of it stands after the last round (`ltc.md` O4.1b, O4.1e)."""

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
