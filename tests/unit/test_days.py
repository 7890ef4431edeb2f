"""Days told of what has happened do not lie ahead, deadlines not behind, whichever form of whichever domain asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.errors import InvalidAnswers, RuleRefused
from engine.forms import every_field
from handlers import days

FORMS = Path(__file__).parents[2] / "processes" / "forms"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
TODAY = date(2026, 11, 27)


def asked(schema: Mapping[str, Any], table: str = "") -> Iterator[str]:
    for name, field in every_field(schema).items():
        if field.get("format") == "date":
            yield f"{table}{name}"
        if "items" in field:
            yield from asked(field["items"], f"{name}.")


def answers(name: str, day: date) -> dict[str, Any]:
    table, _, column = name.rpartition(".")
    return {table: [{column: day.isoformat()}]} if table else {name: day.isoformat()}


def test_every_guarded_day_is_one_that_some_form_asks_for() -> None:
    known = {name for path in FORMS.glob("*.schema.json") for name in asked(json.loads(path.read_text("utf-8")))}
    assert not days.HAPPENED & days.AHEAD
    assert known >= days.HAPPENED | days.AHEAD


@pytest.mark.parametrize("name", sorted(days.HAPPENED | days.AHEAD))
def test_a_day_that_cannot_be_is_refused_at_its_question_with_reason_and_cure(name: str) -> None:
    session, wrong = Session(), timedelta(days=1 if name in days.HAPPENED else -1)
    for day in (TODAY, TODAY - wrong):
        days.check(session, answers(name, day), now=NOW)
    with pytest.raises(RuleRefused) as refused:
        days.check(session, answers(name, TODAY + wrong), now=NOW)
    assert refused.value.field == name.split(".", maxsplit=1)[0]
    assert (TODAY + wrong).isoformat() in refused.value.reason.zh
    assert refused.value.cure.en
    assert refused.value.cure.zh


def test_what_is_no_day_names_its_question_and_an_empty_answer_is_none() -> None:
    days.check(Session(), {"told_on": "", "met_on": None, "cells": [{"cell": "R1"}, "R2"]}, now=NOW)
    with pytest.raises(InvalidAnswers) as refused:
        days.check(Session(), {"told_on": "soon"}, now=NOW)
    assert list(refused.value.errors) == ["told_on"]
