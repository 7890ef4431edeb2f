"""From the answers of a form to the columns of a contract: known fields by name, everything else into ``facts``."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from engine.directory import Actor
from engine.errors import InvalidAnswers
from handlers import columns
from handlers.columns import Read
from handlers.contract.records import Contract

COLUMNS: Mapping[str, Read] = {
    **dict.fromkeys(("handover_form",), columns.text),
    **dict.fromkeys(("planned_cost", "delivery_pm_id", "contract_mgr_id"), columns.whole),
    "deviations": columns.count,
    **dict.fromkeys(("handover_on",), columns.day),
}
"""The fields that feed a column of the same name, whichever form asks for them."""

REPEATED = frozenset(
    {
        "read_package", "deliver_milestone", "accept_milestone", "issue_invoice", "collect_payment", "call_customer",
        "send_letter", "decide_on_debt", "meet_obligation", "clear_claim", "bill_or_let_off", "decide_clearing",
    }
)  # fmt: skip
"""Elements that exist many times in one case: their answers belong to a milestone, an invoice or an obligation, and
the automatic step behind them keeps them there."""
OWN_RECORD = ("change_", "dispute_", "risk_")
"""Elements of the cases of a change, a dispute or a risk: the automatic step behind keeps their answers there."""


def take_over(
    contract: Contract, element: str, answers: Mapping[str, Any], emptied: AbstractSet[str], *, by: Actor
) -> None:
    """Write ``answers``, given at ``element``, into ``contract``; clear the columns of the questions ``emptied``.

    Raises ``InvalidAnswers`` that names the field (see :mod:`handlers.columns`).
    """
    rest: dict[str, Any] = {}
    for name, value in {**dict.fromkeys(emptied), **answers}.items():
        if name in COLUMNS:
            setattr(contract, name, _read(name, COLUMNS[name], value))
        elif name in answers:
            rest[name] = value
    if (rest or element in contract.facts) and element not in REPEATED and not element.startswith(OWN_RECORD):
        contract.facts = {**contract.facts, element: {**rest, "by": by.user_id}}


def _read(name: str, read: Read, value: Any) -> Any:
    try:
        return read(value)
    except (TypeError, ValueError):
        raise InvalidAnswers({name: [f"{value!r} does not fit the contract's field {name}"]}) from None


def fact(contract: Contract, element: str, name: str, default: Any = None) -> Any:
    """Return what was answered at ``element`` in the field ``name``, if it has no column of its own."""
    return contract.facts.get(element, {}).get(name, default)
