"""From the answers of a form to the columns of a lead: known fields by name, everything else into ``facts``."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from engine.errors import InvalidAnswers
from handlers import columns
from handlers.columns import Read
from handlers.customer.names import key_of
from handlers.lead.records import Lead

COLUMNS: Mapping[str, Read] = {
    **dict.fromkeys(("title",), columns.name),
    **dict.fromkeys(
        (
            "industry", "contact_name", "contact_post", "contact_phone", "channel", "source_detail", "heard", "problem",
            "affected_people", "budget_known", "decision_maker_known", "competitor_seen", "maturity", "strategic_fit",
            "our_capability", "verdict", "verdict_reason", "close_reason",
        ),
        columns.text,
    ),
    **dict.fromkeys(
        ("unit_id", "expected_amount", "estimated_amount", "win_chance", "owner_id", "co_owner_id", "fr_id"),
        columns.whole,
    ),
    **dict.fromkeys(("secrecy", "pain_acknowledged", "vision_agreed"), columns.yes),
    **dict.fromkeys(("customer_real", "need_real"), columns.known),
    **dict.fromkeys(("seen_on", "expected_decision_on", "purchase_planned_on", "reawaken_on"), columns.day),
    "product_areas": columns.codes,
}  # fmt: skip
"""The fields that feed a column of the same name, whichever form asks for them."""

STEP_OF = {
    "identify_pains": 1,
    "interest_kdm": 2,
    "acknowledge_pain": 3,
    "competitive_strategy": 4,
    "create_vision": 5,
    "acknowledge_solution": 6,
}
"""The six steps of nurturing by element (`ltc.md` L3)."""


def take_over(
    lead: Lead, element: str | None, answers: Mapping[str, Any], emptied: AbstractSet[str] = frozenset()
) -> None:
    """Write ``answers``, given at ``element``, into ``lead`` and clear the columns of the questions ``emptied`` there.

    Raises ``InvalidAnswers`` that names the field (see :mod:`handlers.columns`).
    """
    rest: dict[str, Any] = {}
    for name, value in {**dict.fromkeys(emptied), **answers}.items():
        if name == "customer":
            lead.customer_name = columns.name(value)
            lead.customer_key = key_of(lead.customer_name)
        elif name == "duplicate_of":
            lead.duplicate_of_id = _read(name, columns.whole, value)
        elif name in COLUMNS:
            setattr(lead, name, _read(name, COLUMNS[name], value))
        elif name in answers:
            rest[name] = value
    if element is not None:
        if rest or element in lead.facts:
            lead.facts = {**lead.facts, element: rest}
        lead.nurturing_step = max(lead.nurturing_step, STEP_OF.get(element, 0))
    if answers.get("kdms") and answers.get("met_on"):
        lead.kdm_met = True
    lead.search_text = " ".join(
        part for part in (lead.number, lead.title, lead.customer_name, lead.contact_name) if part
    ).casefold()


def _read(name: str, read: Read, value: Any) -> Any:
    try:
        return read(value)
    except (TypeError, ValueError):
        raise InvalidAnswers({name: [f"{value!r} does not fit the lead's field {name}"]}) from None


def fact(lead: Lead, element: str, name: str, default: Any = None) -> Any:
    """Return what was answered at ``element`` in the field ``name``, if it has no column of its own."""
    return lead.facts.get(element, {}).get(name, default)
