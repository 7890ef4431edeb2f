"""The case that a change, a dispute or a risk has beside that of its contract, and what its steps need to know."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel

from engine.service_tasks import Context
from handlers.contract import deviations
from handlers.contract.case import level_of, team_of
from handlers.contract.records import Contract
from handlers.labels import label


class OfContract(BaseModel):
    """What a case needs to know of the contract."""

    number: Annotated[str, label("Contract number", "合同编号")]
    contract_amount: Annotated[int, label("Amount (fen)", "合同金额（分）")]
    body: Annotated[str, label("Body that signed", "签约决策层级")]
    org_level: Annotated[str, label("Level of the unit", "组织层级")]
    deviations_told: Annotated[str | None, label("Deviations it was signed with", "签约时的偏离")]


def facts_of(ctx: Context, contract: Contract) -> dict[str, Any]:
    """Return the fields of :class:`OfContract`."""
    return {
        "number": contract.number,
        "contract_amount": contract.amount,
        "body": contract.body,
        "org_level": level_of(ctx, contract),
        "deviations_told": deviations.told(deviations.of_contract(contract)),
    }


def take_case(ctx: Context, contract: Contract, key: str) -> None:
    """Make the case one about ``contract``: its business key, unit, label and team."""
    ctx.business_key, ctx.unit_id = f"{contract.number}/{key}", contract.unit_id
    ctx.label = f"{key} · {contract.label}"
    ctx.team.update(team_of(contract))


def named_person(ctx: Context, contract: Contract, field: str) -> int | None:
    """Return who the message names under ``field``, else who sent it, else the contract manager or the AR."""
    named = ctx.data.get(field)
    known = named if isinstance(named, int) and not isinstance(named, bool) else ctx.by.user_id
    return known if known is not None else contract.contract_mgr_id or contract.ar_id
