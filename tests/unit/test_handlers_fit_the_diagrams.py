"""Names that handlers, decision tables and diagrams share: a rename in one place must not go unnoticed in another."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

import handlers
from engine.interpreter import Program, compile_release
from engine.interpreter.step import Element
from engine.service_tasks import catalogue
from handlers.known import known
from handlers.lead.answers import STEP_OF
from handlers.lead.notices import NOTICES
from handlers.opportunity.answers import GUIDANCE_PATH, WALKED
from handlers.opportunity.documents import ANSWERED_IN
from handlers.opportunity.operations import CARRIED
from handlers.organisation.roles import CASE_ROLES, ROLES

PROCESSES = Path(__file__).parents[2] / "processes"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


@pytest.fixture(scope="module")
def program() -> Program:
    handlers.load()
    files = {str(path.relative_to(PROCESSES)): path.read_bytes() for path in PROCESSES.rglob("*") if path.is_file()}
    return compile_release(files, catalogue())


def elements(program: Program) -> Iterator[Element]:
    for process_id in program.process_ids:
        yield from program.elements_of(process_id)


def test_the_steps_that_handlers_know_by_name_are_drawn(program: Program) -> None:
    drawn = {each.id for each in elements(program)}
    assert set(STEP_OF) | set(CARRIED) | {"verify_lead", "accept_lead", "fill_in_lead"} <= drawn


def test_every_status_in_the_diagrams_is_one_the_record_can_have(program: Program) -> None:
    possible = known().statuses
    named: dict[str, set[str]] = {}
    for process_id in program.process_ids:
        kind = program.process(process_id).properties.get("record", "")
        statuses = {each.properties.get("status") for each in program.elements_of(process_id)} - {None}
        named.setdefault(kind, set()).update(statuses)
    assert {"SUBMITTED", "VALID", "NURTURING", "CONVERTED", "CLOSED"} <= named["lead"]
    assert {"VERIFYING", "ATI_PENDING", "SUSPENDED", "PREBID", "CLOSING", "WON", "LOST", "ABANDONED"} <= named[
        "opportunity"
    ]
    assert not {kind: left for kind, each in named.items() if (left := each - possible.get(kind, set()))}


def test_what_stands_for_a_document_of_an_opportunity_is_asked_there(program: Program) -> None:
    asked = {each.id: each.properties.get("formJsonSchemaFilename", "") for each in elements(program)}
    walked = {GUIDANCE_PATH: ("kdms",)}
    for key, places in ANSWERED_IN.items():
        for element, field in places:
            if element in walked:
                assert field in walked[element]
                continue
            assert asked.get(element), (key, element)
            schema = program.form(asked[element])
            assert field is None or field in schema["properties"], (key, field)
    for element in WALKED & asked.keys():
        assert {"kdm_name", "kdm_role", "cells", "agrees"} <= program.form(asked[element])["properties"].keys()


def test_every_lane_is_of_a_role_the_organisation_can_name(program: Program) -> None:
    roles = {each.role for each in elements(program) if each.kind in {"userTask", "manualTask"}}
    assert "lead_manager" in roles
    assert roles <= ROLES.keys() | CASE_ROLES.keys()


def test_every_announcement_has_a_sentence() -> None:
    events = set()
    for path in PROCESSES.glob("*.bpmn"):
        for operator in etree.parse(path).iter(f"{SPIFF}serviceTaskOperator"):
            if operator.get("id") == "lead.announce":
                events |= {ast.literal_eval(each.get("value", "")) for each in operator.iter(f"{SPIFF}parameter")}
    assert {"verified", "invalid", "merged", "accepted"} <= events
    assert {f"lead.{event}" for event in events} <= NOTICES.keys()


def test_time_limits_are_asked_by_a_kind_the_table_knows_and_with_level_and_maturity(program: Program) -> None:
    kinds = re.compile(r'"([a-z_]+)"')
    in_table = {
        kind for rule in program.decisions["sla"].rules if not rule.tests[0].negated
        for kind in kinds.findall(rule.tests[0].text)
    }  # fmt: skip
    asked = [each.properties["due"] for each in elements(program) if "sla" in each.properties.get("due", "")]
    assert asked
    for expression in asked:
        call = ast.parse(expression, mode="eval").body
        assert isinstance(call, ast.Call), expression
        given = {each.arg: ast.unparse(each.value) for each in call.keywords}
        assert given["kind"].strip("'") in in_table, expression
        assert given.get("level") in {"org_level", "body", "atc_body", "atx_body", "change_body", "clearing_body"}, (
            expression
        )
        assert given.get("maturity") == "maturity", expression
