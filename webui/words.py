"""Words that several pages need: names of units, and the words for codes."""

from __future__ import annotations

from collections.abc import Container, Mapping

from engine.text import Text
from handlers.organisation.records import OrgUnit
from webui.i18n import say


def unit_name(unit: OrgUnit | None) -> str:
    """Return the name of a unit in the language of the page."""
    return say(Text(unit.name_en, unit.name_zh)) if unit is not None else ""


def depths(units: Mapping[int, OrgUnit]) -> dict[int, int]:
    """Return how deep each unit lies below the top, for lists of choices that show it; parents come first."""
    found: dict[int, int] = {}
    for each in units.values():
        found[each.id] = found.get(each.parent_id, -1) + 1 if each.parent_id is not None else 0
    return found


def word(texts: object, code: object) -> str:
    """Return the words for ``code``; a code that a process owner added stands for itself."""
    if code is None or code == "":
        return ""
    found = texts.get(code) if hasattr(texts, "get") else None
    return say(found) if isinstance(found, Text) else str(code)


def one_of(value: str | None, known: Container[str]) -> str:
    """Return ``value`` when it is known, ``""`` otherwise: an address may say anything."""
    return value if value and value in known else ""
