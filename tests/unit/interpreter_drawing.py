"""Drawing odd diagrams for the interpreter's tests: plain XML, element by element, nothing checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from engine.clock import FixedClock
from engine.errors import ReleaseRefused
from engine.findings import Finding
from engine.interpreter import Program, Run, Step, compile_release, resume
from engine.interpreter.step import Element
from engine.service_tasks import BusinessError, Context, ServiceTask
from engine.text import Text

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="t">'
)
FORM = json.dumps({"type": "object", "properties": {}}).encode()
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def properties(**given: str) -> str:
    inside = "".join(f'<spiffworkflow:property name="{name}" value="{value}"/>' for name, value in given.items())
    return f"<bpmn:extensionElements><spiffworkflow:properties>{inside}</spiffworkflow:properties></bpmn:extensionElements>"


def user(element: str, inside: str = "", **more: str) -> str:
    given = {"formJsonSchemaFilename": "f.schema.json", **more}
    return f'<bpmn:userTask id="{element}" name="{element}">{properties(**given)}{inside}</bpmn:userTask>'


def script(element: str, text: str) -> str:
    return f'<bpmn:scriptTask id="{element}"><bpmn:script>{text}</bpmn:script></bpmn:scriptTask>'


def service(element: str, handler: str, inside: str = "", **parameters: str) -> str:
    given = "".join(f'<spiffworkflow:parameter id="{k}" type="any" value="{v}"/>' for k, v in parameters.items())
    return (
        f'<bpmn:serviceTask id="{element}"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="{handler}">'
        f"<spiffworkflow:parameters>{given}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        f"</bpmn:extensionElements>{inside}</bpmn:serviceTask>"
    )


def flow(source: str, target: str, condition: str | None = None) -> str:
    inside = "" if condition is None else f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
    return f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def flows(*ways: str) -> str:
    """``a b c`` draws a → b → c."""
    return "".join(flow(a, b) for way in ways for a, b in zip(way.split(), way.split()[1:], strict=False))


def node(kind: str, element: str, inside: str = "", **attributes: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{kind} id="{element}"{given}>{inside}</bpmn:{kind}>'


def start(element: str = "S") -> str:
    return node("startEvent", element)


def end(element: str = "E", inside: str = "") -> str:
    return node("endEvent", element, inside)


def boundary(element: str, on: str, definition: str, *, interrupting: bool = True) -> str:
    return node("boundaryEvent", element, definition, attachedToRef=on, cancelActivity=str(interrupting).lower())


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:time{kind}>{text}</bpmn:time{kind}></bpmn:timerEventDefinition>"


def event(kind: str, reference: str = "", inside: str = "") -> str:
    given = f' {kind}Ref="{reference}"' if reference else ""
    return f"<bpmn:{kind}EventDefinition{given}>{inside}</bpmn:{kind}EventDefinition>"


def message(name: str) -> str:
    return f'<bpmn:message id="m_{name}" name="{name}"/>'


def error(code: str) -> str:
    return f'<bpmn:error id="e_{code}" name="{code}" errorCode="{code}"/>'


def process(body: str, process_id: str = "P", *, role: str = "ar", **given: str) -> str:
    """A process whose nodes all lie in one lane (sub-processes inherit it)."""
    import re

    ids = re.findall(r'<bpmn:\w+(?:Task|Event|Gateway|rocess|Activity|transaction) id="([^"]+)"', body)
    references = "".join(f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each in ids)
    lanes = f'<bpmn:laneSet id="{process_id}_ls"><bpmn:lane id="{process_id}_l" name="L">{properties(role=role)}{references}</bpmn:lane></bpmn:laneSet>'
    return f'<bpmn:process id="{process_id}" name="{process_id}">{properties(**given)}{lanes}{body}</bpmn:process>'


def document(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()


class Greeting(BaseModel):
    who: str
    times: int = 1


class Empty(BaseModel):
    pass


def _unused(ctx: Context, given: Any) -> None:
    raise AssertionError("tests call handlers through `services`")


CATALOGUE = {
    "hello": ServiceTask("hello", Text("Hello", "你好"), Text("", ""), True, Greeting, None, _unused),
    "check": ServiceTask("check", Text("Check", "检查"), Text("", ""), True, Empty, None, _unused),
    "mail": ServiceTask("mail", Text("Mail", "邮件"), Text("", ""), False, Greeting, None, _unused),
}


def release(*parts: str, files: Mapping[str, bytes] | None = None) -> Program:
    """Compile one BPMN file of ``parts`` and a form."""
    return compile_release({"p.bpmn": document(*parts), "forms/f.schema.json": FORM, **(files or {})}, CATALOGUE)


def refused(*parts: str, files: Mapping[str, bytes] | None = None) -> list[Finding]:
    """Return the findings for which ``parts`` are refused."""
    try:
        release(*parts, files=files)
    except ReleaseRefused as error:
        return error.findings
    raise AssertionError("it was released")


class Handlers:
    """Transactional handlers that answer as told, and remember what they were asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def __call__(self, element: Element, handler: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        self.asked.append((element.id, handler, dict(parameters)))
        answer = self.answers.get(handler)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Played:
    """A case played by element names; it is stored and taken up again at every act."""

    def __init__(self, program: Program, first: Step, services: Any, clock: FixedClock) -> None:
        self.program, self.step, self.services, self.clock = program, first, services, clock
        self.fired: list[str] = []
        self.seen: list[tuple[str, str]] = []
        self.flows: set[str] = set()
        self._note()

    def _note(self) -> None:
        for each in self.step.passed:
            self.seen.append((each.event, each.element.id))
            self.flows |= set(each.flows)

    @property
    def run(self) -> Run:
        return resume(self.program, self.step.state, self.services, self.clock)

    def open(self) -> list[str]:
        return sorted(each.element.id for each in self.run.open_tasks())

    def act(self, step: Step) -> Step:
        self.step = step
        self._note()
        return step

    def complete(self, element: str, at: int = 0, **answers: Any) -> Step:
        run = self.run
        found = [each for each in run.open_tasks() if each.element.id == element]
        return self.act(run.complete(found[at].guid, answers))

    def deliver(self, name: str, **data: Any) -> Step:
        return self.act(self.run.deliver(name, data))

    def refresh(self) -> Step:
        return self.act(self.run.refresh())


def play(
    program: Program, process_id: str = "P", services: Any = None, clock: FixedClock | None = None, **data: Any
) -> Played:
    from engine.interpreter import begin

    clock = clock or FixedClock(MONDAY)
    services = services or Handlers()
    return Played(program, begin(program, process_id, data, services, clock), services, clock)


__all__ = ["BusinessError"]
