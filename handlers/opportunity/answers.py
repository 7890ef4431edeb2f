"""From the answers of a form to the columns of an opportunity: known fields by name, everything else into ``facts``."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from engine.errors import InvalidAnswers
from handlers import columns
from handlers.columns import Read
from handlers.opportunity.records import Opportunity

COLUMNS: Mapping[str, Read] = {
    **dict.fromkeys(("name", "customer_name"), columns.name),
    **dict.fromkeys(
        (
            "industry", "demand", "budget_approved", "purchase_mode", "risk_level", "tier", "loss_reason_1",
            "loss_reason_2", "winner",
        ),
        columns.text,
    ),
    **dict.fromkeys(
        (
            "unit_id", "ar_id", "sr_id", "fr_id", "pd_id", "sponsor_id", "expected_amount", "budget", "margin_percent",
            "win_estimate", "score_solution", "score_delivery", "score_legal", "score_finance", "price_offered",
            "contract_amount",
        ),
        columns.whole,
    ),
    **dict.fromkeys(("strategic", "guidance_incomplete", "red_flag"), columns.yes),
    "has_tender": columns.known,
    **dict.fromkeys(("expected_decision_on", "delivery_on", "tender_deadline", "suspended_until"), columns.day),
}  # fmt: skip
"""The fields that feed a column of the same name, whichever form asks for them."""


GUIDANCE_PATH = "guidance_path"
WALKED = frozenset({"walk_path_from_reasons", "walk_path_from_vision", "walk_path_lightly"})
"""The elements at which one key decision-maker's nine-cell board is filled (`ltc.md` O2)."""


def take_over(
    opportunity: Opportunity, element: str | None, answers: Mapping[str, Any], emptied: AbstractSet[str] = frozenset()
) -> None:
    """Write ``answers``, given at ``element``, into ``opportunity``; clear what the questions ``emptied`` had said.

    Raises ``InvalidAnswers`` that names the field (see :mod:`handlers.columns`).
    """
    rest: dict[str, Any] = {}
    for name, value in {**dict.fromkeys(emptied), **answers}.items():
        column = "customer_name" if name == "customer" else name
        if column in COLUMNS:
            setattr(opportunity, column, _read(name, COLUMNS[column], value))
        elif name in answers:
            rest[name] = value
    if element is not None and (rest or element in opportunity.facts):
        opportunity.facts = {**opportunity.facts, **_kept(opportunity, element, rest, emptied)}
    opportunity.search_text = searchable(opportunity)


def _kept(opportunity: Opportunity, element: str, rest: dict[str, Any], emptied: AbstractSet[str]) -> dict[str, Any]:
    """Return the part of the facts that ``rest`` changes.

    The guidance path is walked once per key decision-maker, so their boards stand side by side, each person's once.
    Anywhere else the last answers count; of what was said before only tables stay for which the form did not ask.
    """
    if element in WALKED:
        boards = fact(opportunity, GUIDANCE_PATH, "kdms", [])
        others = [each for each in boards if each.get("kdm_name") != rest.get("kdm_name")]
        return {GUIDANCE_PATH: {"kdms": [*others, {**rest, "path": element}]}}
    before = opportunity.facts.get(element, {})
    tables = {name: value for name, value in before.items() if isinstance(value, list) and name not in emptied}
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
