"""One rule, two samples: `ltc check` finds in the bad one just what the rule is about, and in the good one nothing."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.checks.rules import RULES, layout_missing
from engine.findings import ERROR, WARNING
from webui.cli.check import command

SAMPLES = Path(__file__).parent / "samples"
PLACES: dict[str, tuple[str, str | None]] = {
    "boundary-host": ("lead_triage.bpmn", "late"),
    "boundary-kind": ("lead_triage.bpmn", "refused"),
    "called-circle": ("lead_triage.bpmn", "lead_triage"),
    "called-missing": ("lead_triage.bpmn", "visit"),
    "called-start": ("lead_triage.bpmn", "visit"),
    "cancel-end": ("lead_triage.bpmn", "dropped"),
    "compensation": ("lead_triage.bpmn", "look"),
    "data-association": ("lead_triage.bpmn", "look"),
    "data-type": ("lead_triage.bpmn", "yes"),
    "data-unknown": ("lead_triage.bpmn", "resolve"),
    "data-unset": ("lead_triage.bpmn", "yes"),
    "data-value": ("lead_triage.bpmn", "yes"),
    "decide-call": ("lead_triage.bpmn", "grade_it"),
    "decision-cell": ("decisions/lead_grade.dmn", "lead_grade"),
    "decision-hit-policy": ("decisions/lead_grade.dmn", "lead_grade"),
    "decision-input": ("decisions/lead_grade.dmn", "lead_grade"),
    "decision-missing": ("lead_triage.bpmn", "grade_it"),
    "decision-output": ("decisions/lead_grade.dmn", "lead_grade"),
    "decision-rows": ("decisions/lead_grade.dmn", "lead_grade"),
    "decision-table": ("decisions/lead_grade.dmn", "lead_grade"),
    "decision-twice": ("decisions/lead_grade_copy.dmn", "lead_grade"),
    "element-unsupported": ("lead_triage.bpmn", "look"),
    "end-event": ("lead_triage.bpmn", "lead_triage"),
    "error-not-caught": ("lead_visit.bpmn", "no_visit"),
    "event-definition": ("lead_triage.bpmn", "answer"),
    "event-gateway": ("lead_triage.bpmn", "first"),
    "event-gateway-timers": ("lead_triage.bpmn", "first"),
    "event-reference": ("lead_triage.bpmn", "answer"),
    "event-sub-process": ("lead_triage.bpmn", "visit"),
    "event-unsupported": ("lead_triage.bpmn", "answer"),
    "event-variable": ("lead_triage.bpmn", "answer"),
    "expression": ("lead_triage.bpmn", "yes"),
    "flow-condition": ("lead_triage.bpmn", "look_to_genuine"),
    "flow-dangling": ("lead_triage.bpmn", "maybe"),
    "flow-direction": ("lead_triage.bpmn", "kept_to_dropped"),
    "flow-twice": ("lead_triage.bpmn", "large"),
    "form-field": ("forms/triage.ui.json", "remarks"),
    "form-hidden": ("forms/triage.schema.json", "verdict"),
    "form-json": ("forms/triage.schema.json", None),
    "form-missing": ("lead_triage.bpmn", "look"),
    "form-reference": ("forms/triage.schema.json", None),
    "form-schema": ("forms/triage.schema.json", None),
    "gateway-condition": ("lead_triage.bpmn", "yes"),
    "gateway-default": ("lead_triage.bpmn", "genuine"),
    "gateway-never": ("lead_triage.bpmn", "sure"),
    "gateway-stuck": ("lead_triage.bpmn", "genuine"),
    "handler-result": ("lead_triage.bpmn", "check"),
    "handler-unknown": ("lead_triage.bpmn", "check"),
    "hidden-script": ("lead_triage.bpmn", "look"),
    "id-missing": ("lead_triage.bpmn", None),
    "id-reserved": ("lead_triage.bpmn", "End"),
    "id-twice": ("lead_triage.bpmn", "dropped"),
    "label-missing": ("lead_triage.bpmn", "look"),
    "layout-missing": ("lead_triage.bpmn", "look"),
    "layout-outside": ("lead_triage.bpmn", "look"),
    "layout-overlap": ("lead_triage.bpmn", "dropped"),
    "message-start": ("lead_visit.bpmn", "visit_begun"),
    "no-way-out": ("lead_triage.bpmn", "ask"),
    "not-reached": ("lead_triage.bpmn", "ask"),
    "parameter-missing": ("lead_triage.bpmn", "check"),
    "parameter-unknown": ("lead_triage.bpmn", "check"),
    "parameter-value": ("lead_triage.bpmn", "check"),
    "process-size": ("lead_triage.bpmn", "lead_triage"),
    "repeat-condition": ("lead_triage.bpmn", "ask"),
    "repeat-host": ("lead_triage.bpmn", "note"),
    "repeat-how-often": ("lead_triage.bpmn", "ask"),
    "repeat-item": ("lead_triage.bpmn", "ask"),
    "repeat-output": ("lead_triage.bpmn", "ask"),
    "role-not-held": ("lead_triage.bpmn", "look"),
    "role-unknown": ("lead_triage.bpmn", "look"),
    "signal-not-sent": ("lead_triage.bpmn", "stopped"),
    "sound-deadlock": ("lead_triage.bpmn", "joined"),
    "sound-endless": ("lead_triage.bpmn", "ask"),
    "sound-growth": ("lead_triage.bpmn", "note"),
    "sound-never": ("lead_triage.bpmn", "refused"),
    "sound-twice": ("lead_triage.bpmn", "joined"),
    "sound-undecided": ("lead_triage.bpmn", "lead_triage"),
    "start-event": ("lead_triage.bpmn", "walked_in"),
    "status-unknown": ("lead_triage.bpmn", "kept"),
    "story-unreadable": ("scenarios/kept.yaml", None),
    "table-gap": ("decisions/lead_grade.dmn", "lead_grade"),
    "table-overlap": ("decisions/lead_grade.dmn", "row_2"),
    "table-undecided": ("decisions/lead_grade.dmn", "lead_grade"),
    "table-unreachable": ("decisions/lead_grade.dmn", "row_2"),
    "task-form": ("lead_triage.bpmn", "look"),
    "task-role": ("lead_triage.bpmn", "look"),
    "timer": ("lead_triage.bpmn", "late"),
    "timer-cycle": ("lead_triage.bpmn", "late"),
    "two-ways-out": ("lead_triage.bpmn", "look"),
    "unreadable": ("lead_triage.bpmn", None),
    "xml-doctype": ("lead_triage.bpmn", None),
    "xml-root": ("lead_triage.bpmn", None),
    "xml-size": ("lead_triage.bpmn", None),
    "xml-syntax": ("lead_triage.bpmn", None),
}
"""Where the bad sample of each rule is wrong: the file and the element."""
OF_THE_COMPANY = "role-not-held"
"""Who holds which role stands in no file of a folder: the command is given the people of a company besides."""
OF_OURSELVES = "not-judged"
"""A check that fails is our own fault: there is no file for it."""
SOMEBODY = [
    {"username": "anrui", "active": True, "roles": ["ar@SOUTH"]},
    {"username": "gone", "active": False, "roles": ["negotiator@SOUTH"]},
]


def told(*folders: Path, language: str = "en", company: Path | None = None) -> tuple[int, list[dict[str, Any]]]:
    people = [] if company is None else ["--company", str(company)]
    done = CliRunner().invoke(command, [*map(str, folders), "--json", "--language", language, *people])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout)


def of_the_command() -> list[str]:
    return [rule for rule in PLACES if rule != OF_THE_COMPANY]


def test_every_rule_has_its_samples_and_every_sample_its_rule() -> None:
    assert PLACES.keys() == RULES.keys() - {OF_OURSELVES}
    assert {path.name for path in SAMPLES.iterdir()} == PLACES.keys()
    for rule in PLACES:
        assert [path.name for path in sorted((SAMPLES / rule).iterdir())] == ["bad", "good"], rule


def test_a_bad_sample_is_told_once_by_its_rule_at_the_element() -> None:
    _, found = told(*(SAMPLES / rule / "bad" for rule in of_the_command()))
    seen: dict[str, list[tuple[str, str, str | None]]] = {rule: [] for rule in of_the_command()}
    for each in found:
        rule, kind, *place = Path(each["file"]).relative_to(SAMPLES).parts
        assert kind == "bad"
        seen[rule].append((each["rule"], "/".join(place), each["element"]))
    assert seen == {rule: [(rule, *PLACES[rule])] for rule in of_the_command()}
    assert {each["rule"]: each["severity"] for each in found} == {rule: RULES[rule].severity for rule in seen}
    assert all(each["message"] and each["cure"] for each in found)


def test_a_good_sample_is_left_alone() -> None:
    assert told(*(SAMPLES / rule / "good" for rule in of_the_command())) == (0, [])


@pytest.mark.parametrize("rule", ["timer", "label-missing"])
def test_the_exit_code_says_whether_publishing_would_be_refused(rule: str) -> None:
    code, _ = told(SAMPLES / rule / "bad")
    assert code == (1 if RULES[rule].severity == ERROR else 0)


@pytest.mark.parametrize(("language", "name"), [("en", "Nobody looked in time"), ("zh_CN", "逾期未处理")])
def test_the_element_is_called_as_its_reader_calls_it(language: str, name: str) -> None:
    _, [found] = told(SAMPLES / "timer" / "bad", language=language)
    assert found["name"] == name


def test_a_role_that_nobody_holds_is_told_where_the_people_of_the_company_are_given(tmp_path: Path) -> None:
    company = tmp_path / "people.json"
    company.write_text(json.dumps(SOMEBODY), encoding="utf-8")
    code, [found] = told(SAMPLES / OF_THE_COMPANY / "bad", company=company)
    assert (code, found["rule"], found["severity"]) == (0, OF_THE_COMPANY, WARNING)
    assert (Path(found["file"]).name, found["element"]) == PLACES[OF_THE_COMPANY]
    assert told(SAMPLES / OF_THE_COMPANY / "good", company=company) == (0, [])
    assert told(SAMPLES / OF_THE_COMPANY / "bad") == (0, []), "of whom nothing is known nothing is said"
    company.write_text('{"ar": true}', encoding="utf-8")
    refused = CliRunner().invoke(command, [str(SAMPLES / "timer"), "--company", str(company)])
    assert (refused.exit_code, "ltc user list --json" in refused.output) == (2, True)


def test_a_check_that_fails_is_a_finding_of_its_own(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(subject: object) -> None:
        raise ZeroDivisionError(f"at a loss before {type(subject).__name__}")

    monkeypatch.setattr(layout_missing, "find", fail)
    with caplog.at_level(logging.CRITICAL, "engine.checks.checking"):
        code, [found] = told(SAMPLES / "timer" / "good")
    assert (code, found["rule"], found["severity"]) == (1, OF_OURSELVES, ERROR)
    assert "layout-missing" in found["message"]
