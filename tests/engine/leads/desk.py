"""A desk that does with leads what the engine does, and the answers of a complete lead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

import handlers
from engine.business_records import keeper_of
from engine.clock import FixedClock
from engine.database import reading, transaction
from engine.directory import SYSTEM, Actor
from engine.instances.services import call
from engine.service_tasks import Context
from handlers.lead import queries
from handlers.lead.records import Lead
from tests.company import Company, acting

handlers.load()

WAN = 1_000_000
FORM = Path(__file__).parents[3] / "processes" / "forms" / "lead_submit.schema.json"


def answers(company: Company, **changes: Any) -> dict[str, Any]:
    """A complete lead as its submitter fills it in."""
    return {
        "title": "Stock planning for the new plant",
        "customer": "华东精密制造有限公司",
        "industry": "manufacturing",
        "unit_id": company.steel.id,
        "channel": "customer_visit",
        "problem": "They stop the line twice a week because parts are missing",
        "product_areas": ["software"],
        "expected_amount": 120 * WAN,
        "expected_decision_on": "2027-03-01",
        "maturity": "warm",
        **changes,
    }


@dataclass(slots=True)
class Desk:
    """Does with leads what the engine does: opens, feeds and numbers them, calls automatic steps."""

    factory: sessionmaker[Session]
    clock: FixedClock
    company: Company

    def by(self, user: Any, *groups: str) -> Actor:
        return acting(user, *groups)

    def open(self, *, by: Actor | None = None, status: str = "SUBMITTED", **changes: Any) -> int:
        keeper = keeper_of("lead")
        assert keeper is not None
        who = by or self.by(self.company.eve)
        given = answers(self.company, **changes)
        with transaction(self.factory) as session:
            lead_id, _ = keeper.open(session, given, unit_id=None, by=who, now=self.clock.now())
            keeper.absorb(session, lead_id, "fill_in_lead", given, set(), by=who, now=self.clock.now())
            keeper.set_status(session, lead_id, status, by=who, now=self.clock.now())
        return lead_id

    def answer(self, lead_id: int, element: str, *, by: Actor | None = None, **given: Any) -> str | None:
        keeper = keeper_of("lead")
        assert keeper is not None
        with transaction(self.factory) as session:
            who = by or self.by(self.company.lin)
            return keeper.absorb(session, lead_id, element, given, set(), by=who, now=self.clock.now())

    def status(self, lead_id: int, status: str) -> None:
        keeper = keeper_of("lead")
        assert keeper is not None
        with transaction(self.factory) as session:
            keeper.set_status(session, lead_id, status, by=SYSTEM, now=self.clock.now())

    def run(
        self, lead_id: int | None, handler: str, *, team: dict[str, int] | None = None, **given: Any
    ) -> tuple[dict[str, Any], Context]:
        with transaction(self.factory) as session:
            context = Context(
                session=session, now=self.clock.now(), by=SYSTEM, instance_id=1, element="step", idempotency_key="k",
                data={}, record_type="lead", record_id=lead_id, team=dict(team or {}),
            )  # fmt: skip
            result = call(handler, context, given)
        return result or {}, context

    def lead(self, lead_id: int) -> Lead:
        with reading(self.factory) as session:
            return queries.get(session, lead_id)

    def nurtured(self) -> int:
        """A lead that Su Ran answers for, with An Rui."""
        lead_id = self.open()
        self.answer(
            lead_id, "distribute_lead", owner_id=self.company.su_ran.id, co_owner_id=self.company.an_rui.id
        )  # fmt: skip
        self.run(lead_id, "lead.assign")
        self.status(lead_id, "NURTURING")
        return lead_id
