"""From the answers of a form to the columns of an opportunity: known fields by name, everything else into ``facts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from engine.errors import InvalidAnswers
from handlers.opportunity.records import Opportunity

Read = Callable[[Any], Any]


def _text(value: Any) -> str | None:
    return None if value is None else str(value).strip() or None


def _plain(value: Any) -> str:
    return (_text(value) or "")[:200]


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


COLUMNS: Mapping[str, Read] = {
    **dict.fromkeys(("name", "customer_name"), _plain),
    **dict.fromkeys(
        (
            "industry", "demand", "budget_approved", "purchase_mode", "risk_level", "tier", "loss_reason_1",
            "loss_reason_2", "winner",
        ),
        _text,
    ),
    **dict.fromkeys(
        (
            "unit_id", "ar_id", "sr_id", "fr_id", "pd_id", "sponsor_id", "expected_amount", "budget", "margin_percent",
            "win_estimate", "score_solution", "score_delivery", "score_legal", "score_finance", "price_offered",
            "contract_amount",
        ),
        _whole,
    ),
    **dict.fromkeys(("strategic", "has_tender", "guidance_incomplete", "red_flag"), _yes),
    **dict.fromkeys(("expected_decision_on", "delivery_on", "tender_deadline", "suspended_until"), _day),
}  # fmt: skip
"""The fields that feed a column of the same name, whichever form asks for them."""


GUIDANCE_PATH = "guidance_path"
WALKED = frozenset({"walk_path_from_reasons", "walk_path_from_vision", "walk_path_lightly"})
"""The elements at which one key decision-maker's nine-cell board is filled (`ltc.md` O2)."""


def take_over(opportunity: Opportunity, element: str | None, answers: Mapping[str, Any]) -> None:
    """Write ``answers``, given at ``element``, into ``opportunity``; raises ``InvalidAnswers`` that names the field.

    The form was checked before; what is refused here is a field whose type a process owner changed in the form
    although rules and lists rely on it.
    """
    rest: dict[str, Any] = {}
    for name, value in answers.items():
        column = "customer_name" if name == "customer" else name
        if column in COLUMNS:
            setattr(opportunity, column, _read(name, COLUMNS[column], value))
        else:
            rest[name] = value
    if element is not None and rest:
        opportunity.facts = {**opportunity.facts, **_kept(opportunity, element, rest)}
    opportunity.search_text = searchable(opportunity)


def _kept(opportunity: Opportunity, element: str, rest: dict[str, Any]) -> dict[str, Any]:
    """Return the part of the facts that ``rest`` changes.

    The guidance path is walked once per key decision-maker, so their boards stand side by side, each person's once.
    Anywhere else the last answers count; a table left out when a form comes again stays as it was.
    """
    if element in WALKED:
        boards = fact(opportunity, GUIDANCE_PATH, "kdms", [])
        others = [each for each in boards if each.get("kdm_name") != rest.get("kdm_name")]
        return {GUIDANCE_PATH: {"kdms": [*others, {**rest, "path": element}]}}
    before = opportunity.facts.get(element, {})
    tables = {name: value for name, value in before.items() if isinstance(value, list)}
    return {element: {**tables, **rest}}


def searchable(opportunity: Opportunity) -> str:
    """Return the text in which lists search: number, name and customer."""
    return " ".join(
        part for part in (opportunity.number, opportunity.name, opportunity.customer_name) if part
    ).casefold()  # fmt: skip


def _read(name: str, read: Read, value: Any) -> Any:
    try:
        return read(value)
    except (TypeError, ValueError):
        raise InvalidAnswers({name: [f"{value!r} does not fit the opportunity's field {name}"]}) from None


def fact(opportunity: Opportunity, element: str, name: str, default: Any = None) -> Any:
    """Return what was answered at ``element`` in the field ``name``, if it has no column of its own."""
    return opportunity.facts.get(element, {}).get(name, default)
