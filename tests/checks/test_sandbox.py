"""Trying diagrams: to the end with made-up answers, forward and back, always alike, and never with a trace."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import handlers
from engine.releases.operations import read_folder
from engine.sandbox import Opened, Sandbox, open_files
from engine.sandbox.made_up import answers_for
from engine.service_tasks import catalogue
from tests.unit import interpreter_drawing as draw
from tests.unit.interpreter_drawing import end, error, event, flow, flows, node, service, start, timer, user
from webui.cli.try_ import command

PROCESSES = Path(__file__).parents[2] / "processes"
FILES = read_folder(PROCESSES)
SCHEMAS = {path: json.loads(content) for path, content in FILES.items() if path.endswith(".schema.json")}


def tried(file: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(command, [str(file), "--json", *more])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout)


@pytest.fixture(scope="module")
def shipped() -> Opened:
    handlers.load()
    return open_files(FILES, catalogue())


def test_every_shipped_process_runs_to_its_end(shipped: Opened) -> None:
    assert shipped.program is not None
    unfinished = {}
    for process_id in shipped.program.process_ids:
        sandbox = Sandbox(shipped.program, process_id, shipped.catalogue)
        if sandbox.finish().how != "completed" or not sandbox.ran():
            unfinished[process_id] = sandbox.now.reason
    assert unfinished == {}


@pytest.mark.parametrize("form", SCHEMAS)
def test_made_up_answers_fit_every_shipped_form(form: str) -> None:
    schema = SCHEMAS[form]
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for turn in range(4):
        assert [each.message for each in validator.iter_errors(answers_for(schema, {}, "2026-01-05", turn))] == []


def test_the_same_trial_comes_out_the_same_and_its_data_decides_the_way(shipped: Opened) -> None:
    assert shipped.program is not None

    def ran(**data: Any) -> list[str]:
        sandbox = Sandbox(shipped.program, "lead_verify", shipped.catalogue, data)  # type: ignore[arg-type]
        sandbox.finish()
        return sandbox.ran()

    assert ran() == ran()
    assert "verify_lead" in ran(screening="keep")
    assert "merge_lead" in ran(screening="duplicate")
    assert ran(screening="keep", verdict="invalid")[-1] == "invalid"


def test_a_trial_goes_forward_and_back_as_often_as_one_likes(shipped: Opened) -> None:
    assert shipped.program is not None
    sandbox = Sandbox(shipped.program, "lead_verify", shipped.catalogue, {"screening": "keep"})
    assert sandbox.now.open == ("screen_lead",)
    kept = sandbox.step()
    assert (kept.element, kept.open) == ("screen_lead", ("verify_lead",))
    assert sandbox.back().open == ("screen_lead",)
    assert sandbox.back().open == ("screen_lead",)
    refused = sandbox.step({"screening": "not_a_lead", "screening_reason": "a private wish"}, element="screen_lead")
    assert refused.how == "completed"
    assert sandbox.step() == refused
    assert sandbox.back().how == "waiting"
    assert sandbox.step() == kept


def files(*parts: str) -> dict[str, bytes]:
    return {"p.bpmn": draw.document(*parts), "forms/f.schema.json": draw.FORM}


def trial(*parts: str, **data: Any) -> Sandbox:
    opened = open_files(files(*parts), draw.CATALOGUE)
    assert opened.program is not None, opened.findings
    sandbox = Sandbox(opened.program, "P", opened.catalogue, data)
    sandbox.finish(40)
    return sandbox


def test_time_and_messages_pass_by_themselves() -> None:
    message = node("intermediateCatchEvent", "m", event("message", "m_go"))
    later = node("intermediateCatchEvent", "t", timer("Duration", "P400D"))
    sandbox = trial(draw.message("go"), draw.process(start() + message + later + end() + flows("S m t E")))
    assert (sandbox.now.how, sandbox.ran()) == ("completed", ["S", "m", "t", "E"])
    assert [each.kind for each in sandbox.acts] == ["start", "message", "timer"]


def test_a_message_that_is_meant_for_one_of_several_says_so() -> None:
    script = node("scriptTask", "x", "<bpmn:script>number = 7</bpmn:script>")
    meant = '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="match" value="number"/>'
    meant += "</spiffworkflow:properties></bpmn:extensionElements>"
    message = node("intermediateCatchEvent", "m", meant + event("message", "m_go"))
    sandbox = trial(draw.message("go"), draw.process(start() + script + message + end() + flows("S x m E")))
    assert (sandbox.now.how, sandbox.acts[-1].answers) == ("completed", {"number": 7})


def test_what_only_a_caller_knows_is_made_up_and_a_name_of_nobody_is_not() -> None:
    call = node("callActivity", "call", calledElement="Q")
    reads = node("scriptTask", "x", "<bpmn:script>y = 1 + brought</bpmn:script>")
    caller = draw.process(start() + call + end() + flows("S call E"))
    inner = draw.process(start("QS") + reads + end("QE") + flows("QS x QE"), "Q")
    opened = open_files(files(caller, inner), draw.CATALOGUE)
    assert opened.program is not None
    called = Sandbox(opened.program, "Q", opened.catalogue)
    assert (called.finish().how, called.ran()) == ("completed", ["QS", "x", "QE"])
    assert "brought" in Sandbox(opened.program, "P", opened.catalogue).finish().reason


def test_jobs_of_other_systems_are_made_up() -> None:
    sandbox = trial(draw.process(start() + service("send", "mail", who="'x'") + end() + flows("S send E")))
    assert (sandbox.now.how, sandbox.ran()) == ("completed", ["S", "send", "E"])


def test_a_circle_without_end_is_broken_off() -> None:
    again = node("exclusiveGateway", "g", default="g-a") + flow("g", "E", "over == 1") + flow("g", "a")
    sandbox = trial(draw.process(start() + user("a") + user("b") + again + end() + flows("S a b g")))
    assert sandbox.now.how == "broken off"
    body = start() + user("a") + user("b") + end() + flows("S a b a")
    never_left = trial(draw.process(body)).now
    assert (never_left.how, "nothing is ever decided" in never_left.reason) == ("failed", True)


def test_what_fails_says_why() -> None:
    body = start() + node("scriptTask", "x", "<bpmn:script>y = 1 + nothing</bpmn:script>") + end() + flows("S x E")
    failed = trial(draw.process(body)).now
    assert failed.how == "failed"
    assert "nothing" in failed.reason
    split = node("exclusiveGateway", "g") + end("E2") + flow("g", "E", "way == 1") + flow("g", "E2", "way == 2")
    assert trial(draw.process(start() + end() + split + flows("S g"))).now.how == "failed"


def test_what_lacks_only_a_company_around_it_can_be_tried() -> None:
    unknown = service("do", "of.another.company", what="1") + '<bpmn:serviceTask id="plain"/>'
    ask = '<bpmn:userTask id="ask" name="Ask"/>'
    sandbox = trial(draw.process(start() + unknown + ask + end() + flows("S do plain ask E"), role=""))
    assert (sandbox.now.how, sandbox.ran()) == ("completed", ["S", "do", "plain", "ask", "E"])


def test_errors_of_called_processes_are_played_too() -> None:
    call = node("callActivity", "call", calledElement="Q")
    caught = draw.boundary("no", "call", event("error", "e_refused"))
    caller = draw.process(start() + call + caught + end() + end("E2") + flows("S call E", "no E2"))
    inner = draw.process(start("QS") + end("QE", event("error", "e_refused")) + flows("QS QE"), "Q")
    assert trial(error("refused"), caller, inner).ran()[-1] == "E2"


@pytest.mark.parametrize(
    "content", [b"", b"<a/>", b"\xff\xfe", b"<a>" * 3000, b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>']
)
def test_what_is_no_diagram_is_refused_without_a_trace(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.bpmn").write_bytes(content)
    code, told = tried(tmp_path / "odd.bpmn")
    assert (code, told["ended"], told["ran"]) == (1, "refused", [])
    assert told["findings"]


def test_the_command_takes_a_strange_file_and_data(tmp_path: Path) -> None:
    gateway = node("exclusiveGateway", "g", default="g-E2") + flow("g", "E", "amount > 100") + flow("g", "E2")
    (tmp_path / "mine.bpmn").write_bytes(
        draw.document(draw.process(start() + gateway + end() + end("E2") + flows("S g"), "mine"))
    )
    code, told = tried(tmp_path / "mine.bpmn", "--data", '{"amount": 200}')
    assert (code, told["ended"], told["ran"]) == (0, "completed", ["S", "g", "E"])
    assert tried(tmp_path / "mine.bpmn", "--data", '{"amount": 5}')[1]["ran"] == ["S", "g", "E2"]
    wrong = CliRunner().invoke(command, [str(tmp_path / "mine.bpmn"), "--data", "[1]"])
    assert wrong.exit_code == 2


SKETCH = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="sketch">
  <bpmn:process id="Process_1" isExecutable="false">
    <bpmn:startEvent id="StartEvent_1" />
    <bpmn:sequenceFlow id="Flow_1" sourceRef="StartEvent_1" targetRef="Activity_1" />
    <bpmn:task id="Activity_1" name="Read the offer" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_1" targetRef="Gateway_1" />
    <bpmn:exclusiveGateway id="Gateway_1" default="Flow_4" />
    <bpmn:sequenceFlow id="Flow_3" sourceRef="Gateway_1" targetRef="Activity_2">
      <bpmn:conditionExpression>amount &gt; 100</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_4" sourceRef="Gateway_1" targetRef="Event_1" />
    <bpmn:userTask id="Activity_2" />
    <bpmn:sequenceFlow id="Flow_5" sourceRef="Activity_2" targetRef="Event_1" />
    <bpmn:endEvent id="Event_1" />
  </bpmn:process>
</bpmn:definitions>"""


def test_a_sketch_of_another_editor_runs_by_its_conditions(tmp_path: Path) -> None:
    (tmp_path / "sketch.bpmn").write_bytes(SKETCH)
    code, told = tried(tmp_path / "sketch.bpmn", "--data", '{"amount": 200}')
    assert (code, told["ended"]) == (0, "completed")
    assert told["ran"] == ["StartEvent_1", "Activity_1", "Gateway_1", "Activity_2", "Event_1"]
    (tmp_path / "sketch.bpmn").write_bytes(SKETCH.replace(b'isExecutable="false"', b""))
    code, told = tried(tmp_path / "sketch.bpmn", "--data", '{"amount": 5}')
    assert told["ran"] == ["StartEvent_1", "Activity_1", "Gateway_1", "Event_1"]
    assert {"element-unsupported", "task-form"} <= {each["rule"] for each in told["findings"]}


SKETCHED_START = '<bpmn:startEvent id="S"/><bpmn:sequenceFlow id="begins" sourceRef="S" targetRef="read"/>'
LINES = (
    '<bpmn:task id="read"/><bpmn:task id="ask"/><bpmn:task id="answer"/><bpmn:subProcess id="look"><bpmn:task id="in"/>'
    '</bpmn:subProcess><bpmn:sequenceFlow id="one" sourceRef="read" targetRef="ask"/>'
    '<bpmn:sequenceFlow id="two" sourceRef="read" targetRef="look"/>'
)


@pytest.mark.parametrize(
    ("drawn", "begun"), [(LINES, {"read", "answer"}), (LINES + SKETCHED_START, {"read"})], ids=["no start", "a start"]
)
def test_where_no_start_and_no_end_is_drawn_a_trial_takes_them_as_meant(
    tmp_path: Path, drawn: str, begun: set[str]
) -> None:
    sketch = re.sub(rb"<bpmn:startEvent.*<bpmn:endEvent.*?>", drawn.encode(), SKETCH, flags=re.DOTALL)
    (tmp_path / "lines.bpmn").write_bytes(sketch.replace(b'isExecutable="false"', b""))
    code, told = tried(tmp_path / "lines.bpmn")
    assert (code, told["ended"]) == (0, "completed")
    assert sorted(set(told["ran"]) - {"S"}) == sorted(begun | {"ask", "look", "in"})
    assert {"end-event", "no-way-out", "two-ways-out"} <= {each["rule"] for each in told["findings"]}


def test_a_sketch_that_cannot_be_tried_says_where_it_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "sketch.bpmn").write_bytes(SKETCH.replace(b'targetRef="Gateway_1"', b'targetRef="nowhere"'))
    _, told = tried(tmp_path / "sketch.bpmn")
    assert told["ended"] == "refused"
    assert ("Flow_2", "flow-dangling") in {(each["element"], each["rule"]) for each in told["findings"]}
