"""Contracts as the engine sees them: opened by a signature, fed and given a status by the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.business_records import register_keeper, register_kin, register_team
from engine.directory import Actor
from handlers.contract import operations, queries
from handlers.contract.records import Contract
from handlers.contract.signed import read
from handlers.documents import operations as documents
from handlers.opportunity import keeper as opportunities

KIND = "contract"

HANDED = frozenset({"HANDED_OVER", "HANDOVER_REJECTED"})
"""When a contract gets such a status, the receiver has decided about the hand-over."""


class ContractKeeper:
    """Keeps contracts."""

    kind = KIND

    def open(
        self, session: Session, answers: Mapping[str, Any], *, unit_id: int | None, by: Actor, now: datetime
    ) -> tuple[int, str]:
        """Register the contract that the message ``contract.signed`` tells of; return its id and the case's label."""
        given = read({"unit_id": unit_id, **answers} if unit_id is not None else answers)
        contract = operations.register_contract(session, given, by=by, now=now)
        return contract.id, contract.label

    def absorb(
        self,
        session: Session,
        record_id: int,
        element: str,
        answers: Mapping[str, Any],
        emptied: AbstractSet[str],
        *,
        by: Actor,
        now: datetime,
    ) -> str | None:
        """Take over what was answered at ``element``; the case keeps its label."""
        operations.absorb(session, queries.get(session, record_id), element, answers, emptied, by=by, now=now)
        return None

    def set_status(self, session: Session, record_id: int, status: str, *, by: Actor, now: datetime) -> None:
        """Give the contract the status that the diagram names; raises ``UnknownStatus``."""
        contract = queries.get(session, record_id)
        before = contract.status
        operations.set_status(session, contract, status, now=now)
        if status in HANDED and status != before:
            documents.keep(session, KIND, record_id, "handover", by=by, now=now)


register_keeper(ContractKeeper())
register_team(KIND, Contract, {role: f"{role}_id" for role in ("ar", "sr", "fr", "pd", "contract_mgr", "delivery_pm")})


def _won_with(session: Session, contract_id: int) -> list[tuple[str, int]]:
    opportunity_id = queries.get(session, contract_id).opportunity_id
    return [] if opportunity_id is None else [(opportunities.KIND, opportunity_id)]


def _signed_for(session: Session, opportunity_id: int) -> list[tuple[str, int]]:
    contract = queries.of_opportunity(session, opportunity_id)
    return [] if contract is None else [(KIND, contract.id)]


register_kin(KIND, _won_with)
register_kin(opportunities.KIND, _signed_for)
