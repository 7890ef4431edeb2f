"""What a form asks and is left empty empties the record's column, in every domain: it is as if nobody had said it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from engine.directory import SYSTEM
from handlers import columns
from handlers.columns import Read
from handlers.contract import answers as contracts
from handlers.contract.records import Contract
from handlers.lead import answers as leads
from handlers.lead.records import Lead
from handlers.opportunity import answers as opportunities
from handlers.opportunity.records import Opportunity

SAID: Mapping[Read, Any] = {
    columns.text: "said", columns.name: "said", columns.whole: 7, columns.count: 7, columns.yes: True,
    columns.known: False, columns.day: "2026-11-30", columns.codes: ["software"],
}  # fmt: skip


def take_over(record: Any, element: str, answers: Mapping[str, Any], emptied: set[str]) -> None:
    if isinstance(record, Contract):
        contracts.take_over(record, element, answers, emptied, by=SYSTEM)
    elif isinstance(record, Lead):
        leads.take_over(record, element, answers, emptied)
    else:
        opportunities.take_over(record, element, answers, emptied)


LEAD = {**dict.fromkeys(leads.COLUMNS), "customer": "customer_name", "duplicate_of": "duplicate_of_id"}
OPPORTUNITY = {**dict.fromkeys(opportunities.COLUMNS.keys() - {"customer_name"}), "customer": "customer_name"}


@pytest.mark.parametrize(
    ("made", "domain", "asked"),
    [
        (lambda: Lead(facts={}, nurturing_step=0), leads, LEAD),
        (lambda: Opportunity(facts={}, number="OP-1"), opportunities, OPPORTUNITY),
        (lambda: Contract(facts={}), contracts, dict.fromkeys(contracts.COLUMNS)),
    ],
)
def test_what_was_emptied_is_as_if_nobody_had_said_it_and_all_else_stays(
    made: Callable[[], Any], domain: ModuleType, asked: Mapping[str, str | None]
) -> None:
    column_of = {name: column or name for name, column in asked.items()}
    answers = {
        name: SAID[domain.COLUMNS.get(name, columns.name if name == "customer" else columns.whole)] for name in asked
    }
    record = made()
    take_over(record, "ask", {**answers, "more": "a fact"}, set())
    before = {column: getattr(record, column) for column in column_of.values()}
    assert None not in before.values()

    dice = random.Random(2026)
    emptied = {name for name in sorted(answers) if dice.random() < 0.5}
    kept = answers.keys() - emptied
    take_over(record, "ask", {name: answers[name] for name in kept}, {*emptied, "more"})
    assert {column_of[name]: getattr(record, column_of[name]) for name in kept} == {
        column_of[name]: before[column_of[name]] for name in kept
    }
    take_over(record, "ask", {}, {*answers, "more"})
    assert record.facts in ({"ask": {}}, {"ask": {"by": None}})
    for column in column_of.values():
        value, may_be_null = getattr(record, column), sa.inspect(type(record)).columns[column].nullable
        assert value is None if may_be_null else value in ("", False, 0, []), column
