"""Authority is granted in writing and for a time; customers have a credit file and a map of who decides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import transaction
from engine.directory import Actor
from engine.errors import InvalidInput
from handlers.authority import operations, queries
from handlers.authority.operations import Limits
from handlers.customer import operations as customers
from handlers.customer import queries as customer_queries
from handlers.deciding.records import GateDecision
from handlers.lead.records import Lead
from handlers.opportunity import operations as opportunities
from tests.company import acting, found

LIMITS = Limits(500_000_000, 15, 8, 60)
TODAY = date(2026, 11, 23)
TABLES = (GateDecision, Lead)
"""Imported for their tables, to which grants refer."""


def test_the_most_particular_grant_in_force_holds(factory: sessionmaker[Session], clock: FixedClock) -> None:
    with transaction(factory) as session:
        company = found(session, clock.now())
        by, me, unit = acting(company.dong), company.an_rui.id, company.steel.id
        deal = opportunities.register(
            session,
            {"customer": "申江精密", "name": "产线排程"},
            unit_id=unit,
            by=acting(company.an_rui),
            now=clock.now(),
        )

        def held(on: date = TODAY, user_id: int | None = me, opportunity_id: int | None = None) -> int | None:
            grant = queries.in_force(session, unit_id=unit, user_id=user_id, opportunity_id=opportunity_id, on=on)
            return grant.id if grant else None

        def give(to: dict[str, int], start: date = TODAY, end: date | None = None) -> int:
            made = operations.grant(
                session, LIMITS, level="region", valid_from=start, valid_to=end, by=by, now=clock.now(), **to
            )
            return made.id

        assert held() is None
        region = give({"unit_id": company.east.id})
        assert held() == region
        give({"unit_id": company.west.id})
        assert held() == region, "a unit beside ours counts for nothing"
        office = give({"unit_id": company.shanghai.id}, end=TODAY + timedelta(days=10))
        assert held() == office
        assert held(TODAY + timedelta(days=11)) == region
        assert held(TODAY - timedelta(days=1)) is None
        person = give({"user_id": me})
        assert (held(), held(user_id=None), held(user_id=company.eve.id)) == (person, office, office)
        extension = give({"unit_id": company.east.id, "opportunity_id": deal.id})
        assert held(opportunity_id=deal.id) == extension
        assert held() == person
        assert [each.id for each in queries.grants(session, on=TODAY)] != []
        operations.end(
            session, session.get_one(queries.Authority, extension), on=TODAY - timedelta(days=1), by=by, now=clock.now()
        )
        assert held(opportunity_id=deal.id) == person


def test_a_grant_goes_to_a_unit_or_to_a_person_and_within_sense(
    factory: sessionmaker[Session], clock: FixedClock
) -> None:  # fmt: skip
    with transaction(factory) as session:
        company = found(session, clock.now())
        one = {"unit_id": company.east.id}
        for wrong in (
            {}, {**one, "user_id": company.eve.id}, {**one, "level": "galaxy"}, {**one, "valid_to": date(2020, 1, 1)},
            {**one, "limits": Limits(-1, 0, 0, 0)}, {**one, "limits": Limits(1, 0, 0, 0, "any")},
        ):  # fmt: skip
            given = {"level": "rep", "valid_from": TODAY, "by": acting(company.dong), "now": clock.now(), **wrong}
            with pytest.raises(InvalidInput):
                operations.grant(session, given.pop("limits", LIMITS), **given)  # type: ignore[arg-type]


def test_the_newest_credit_file_counts_and_the_older_ones_stay(
    factory: sessionmaker[Session], clock: FixedClock
) -> None:  # fmt: skip
    by = Actor(user_id=None)
    with transaction(factory) as session:
        customer = customers.ensure(session, "申江精密", now=clock.now())
        assert customer_queries.credit(session, customer.id) is None
        for rating, on in (("B", TODAY), ("A", TODAY - timedelta(days=400)), ("C", TODAY)):
            customers.assess_credit(
                session, customer.id, rating=rating, credit_limit=1, exposure=0, overdue_amount=0,
                overdue_history=None, source=None, on=on, by=by, now=clock.now(),
            )  # fmt: skip
        assert [each.rating for each in customer_queries.credit_history(session, customer.id)] == ["C", "B", "A"]
        assert getattr(customer_queries.credit(session, customer.id), "rating", None) == "C"
        with pytest.raises(InvalidInput):
            customers.assess_credit(
                session, customer.id, rating="E", credit_limit=1, exposure=0, overdue_amount=0,
                overdue_history=None, source=None, on=TODAY, by=by, now=clock.now(),
            )  # fmt: skip


def test_what_is_learnt_of_a_decision_maker_adds_to_what_was_known(
    factory: sessionmaker[Session], clock: FixedClock
) -> None:  # fmt: skip
    by = Actor(user_id=None)
    with transaction(factory) as session:
        customer = customers.ensure(session, "申江精密", now=clock.now())

        def learn(*rows: dict[str, object]) -> None:
            customers.map_decision_makers(session, customer.id, rows, on=TODAY, by=by, now=clock.now())

        learn({"name": "韩总", "post": "总经理", "part": "economic", "attitude": 0}, {"name": " "})
        learn({"name": "韩总", "attitude": 2}, {"name": "魏工", "post": "设备部长", "part": "technical"})
        people = {each.name: each for each in customer_queries.decision_makers(session, customer.id)}
        assert set(people) == {"韩总", "魏工"}
        boss = people["韩总"]
        assert (boss.post, boss.part, boss.attitude, boss.met_on) == ("总经理", "economic", 2, TODAY)
        for wrong in ({"name": "x", "part": "king"}, {"name": "x", "attitude": 3}):
            with pytest.raises(InvalidInput):
                learn(wrong)
        assert session.scalar(sa.select(sa.func.count()).select_from(customer_queries.CustomerKdm)) == 2
