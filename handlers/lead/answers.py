"""From the answers of a form to the columns of a lead: known fields by name, everything else into ``facts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from engine.errors import InvalidAnswers
from handlers.customer.names import key_of
from handlers.lead.records import Lead

Read = Callable[[Any], Any]


def _text(value: Any) -> str | None:
    return None if value is None else str(value).strip() or None


def _plain(value: Any) -> str:
    return _text(value) or ""


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or (value is not None and not isinstance(value, int)):
        raise TypeError
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _day(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        raise TypeError
    return value if isinstance(value, date) else date.fromisoformat(value)


def _codes(value: Any) -> list[str]:
    each = value.replace("，", ",").split(",") if isinstance(value, str) else (value or [])
    return [text for one in each if (text := str(one).strip())]


COLUMNS: Mapping[str, Read] = {
    **dict.fromkeys(("title",), _plain),
    **dict.fromkeys(
        (
            "industry", "contact_name", "contact_post", "contact_phone", "channel", "source_detail", "heard", "problem",
            "affected_people", "budget_known", "decision_maker_known", "competitor_seen", "maturity", "strategic_fit",
            "our_capability", "verdict", "verdict_reason", "close_reason",
        ),
        _text,
    ),
    **dict.fromkeys(
        ("unit_id", "expected_amount", "estimated_amount", "win_chance", "owner_id", "co_owner_id", "fr_id"), _whole
    ),
    **dict.fromkeys(
        ("secrecy", "customer_real", "need_real", "pain_acknowledged", "vision_agreed"), _yes
    ),
    **dict.fromkeys(("seen_on", "expected_decision_on", "purchase_planned_on", "reawaken_on"), _day),
    "product_areas": _codes,
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


def take_over(lead: Lead, element: str | None, answers: Mapping[str, Any]) -> None:
    """Write ``answers``, given at ``element``, into ``lead``; raises ``InvalidAnswers`` that names the field.

    The form was checked before; what is refused here is a field whose type a process owner changed in the form
    although rules and lists rely on it.
    """
    rest: dict[str, Any] = {}
    for name, value in answers.items():
        if name == "customer":
            lead.customer_name = _plain(value)[:200]
            lead.customer_key = key_of(lead.customer_name)
        elif name == "duplicate_of":
            lead.duplicate_of_id = _read(name, _whole, value)
        elif name in COLUMNS:
            setattr(lead, name, _read(name, COLUMNS[name], value))
        else:
            rest[name] = value
    if element is not None:
        if rest:
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
