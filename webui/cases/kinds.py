"""The kinds of records that cases are about: their page, their words, and who may see one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.text import Text
from handlers.contract import queries as contracts
from handlers.contract.statuses import STATUSES as CONTRACT_STATUSES
from handlers.lead import queries as leads
from handlers.lead.statuses import STATUSES as LEAD_STATUSES
from handlers.opportunity import queries as opportunities
from handlers.opportunity.statuses import STATUSES as OPPORTUNITY_STATUSES
from webui.layout import has_page


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    ``visible`` raises ``NotFound`` for a record that the person may not see; ``labels`` tells number and name of many.
    """

    name: Text
    icon: str
    page: str
    argument: str
    statuses: Mapping[str, Text]
    visible: Callable[[Session, int, Actor], object]
    labels: Callable[[Session, Collection[int]], Mapping[int, str]]

    def address(self, record_id: int) -> str:
        """Return where the page of a record is; empty in an installation without it."""
        where: dict[str, Any] = {self.argument: record_id}
        return url_for(self.page, **where) if has_page(self.page) else ""


def _leads(session: Session, ids: Collection[int]) -> dict[int, str]:
    return {each.id: f"{each.number or ''} {each.label}".strip() for each in leads.with_ids(session, ids)}


def _opportunities(session: Session, ids: Collection[int]) -> dict[int, str]:
    return {each.id: f"{each.number} {each.label}" for each in opportunities.with_ids(session, ids)}


def _contracts(session: Session, ids: Collection[int]) -> dict[int, str]:
    return {each.id: f"{each.number} {each.label}" for each in contracts.with_ids(session, ids)}


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "lead": Kind(
            Text("The lead", "查看线索"), "lead", "leads.show", "lead_id", LEAD_STATUSES, leads.visible, _leads
        ),
        "opportunity": Kind(
            Text("The opportunity", "查看商机"), "board", "opportunities.show", "opportunity_id",
            OPPORTUNITY_STATUSES, opportunities.visible, _opportunities,
        ),
        "contract": Kind(
            Text("The contract", "查看合同"), "contract", "contracts.show", "contract_id", CONTRACT_STATUSES,
            contracts.visible, _contracts,
        ),
    }
)  # fmt: skip


def kind_of(record_type: str | None) -> Kind | None:
    """Return the kind of record by its name, ``None`` for records without a page."""
    return KINDS.get(record_type or "")
