"""How units are shown: the names of their levels and flows, and how deep each lies in the tree."""

from __future__ import annotations

from collections.abc import Sequence

from engine.text import Text
from handlers.organisation.records import OrgUnit

NAMES = {
    "account": Text("Account department", "系统部"),
    "rep": Text("Representative office", "代表处"),
    "region": Text("Region", "地区部"),
    "company": Text("Company", "公司"),
}


def name_of(level: str) -> Text:
    """Return the name of a level (`ltc.md` 1.3)."""
    return NAMES.get(level) or Text(level, level)


FLOWS = {
    "full": Text("Full flow", "完整流程"),
    "four_step": Text("Four steps", "四步流程"),
}


def flow_name(flow: str) -> Text:
    """Return the name of an opportunity flow (`ltc.md` 5)."""
    return FLOWS.get(flow) or Text(flow, flow)


def depths(units: Sequence[OrgUnit]) -> dict[int, int]:
    """Return how many units lie above each of ``units``, which come parents first."""
    found: dict[int, int] = {}
    for unit in units:
        found[unit.id] = 0 if unit.parent_id is None else found.get(unit.parent_id, -1) + 1
    return found
