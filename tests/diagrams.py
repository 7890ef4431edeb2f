"""Small diagrams for tests, written as BPMN the way the designer writes it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

PLAIN = "plain"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
    id="definitions" targetNamespace="http://example.com/ltc">
"""


def _properties(given: Mapping[str, str]) -> str:
    if not given:
        return ""
    entries = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)} />" for name, value in given.items()
    )
    return f"<spiffworkflow:properties>{entries}</spiffworkflow:properties>"


class Diagram:
    """One process, built element by element; ``xml()`` gives its file."""

    def __init__(self, process_id: str, **properties: str) -> None:
        self.process_id = process_id
        self._properties = {"label.zh_CN": f"流程 {process_id}", "start": "everyone", **properties}
        self._nodes: list[str] = []
        self._ids: list[str] = []
        self._flows: list[tuple[str, str, str]] = []
        self._lanes: dict[str, list[str]] = {}
        self._messages: dict[str, str] = {}
        self._plain = False

    def _add(
        self,
        kind: str,
        element_id: str,
        *,
        role: str = "system",
        attributes: str = "",
        extension: str = "",
        body: str = "",
        **properties: str,
    ) -> Diagram:
        labelled = {"label.zh_CN": f"步骤 {element_id}", **properties}
        self._nodes.append(
            f"<bpmn:{kind} id={quoteattr(element_id)} name={quoteattr(element_id.replace('_', ' ').capitalize())}"
            f"{attributes}><bpmn:extensionElements>{extension}{_properties(labelled)}</bpmn:extensionElements>"
            f"{{flows:{element_id}}}{body}</bpmn:{kind}>"
        )
        self._ids.append(element_id)
        self._lanes.setdefault(role, []).append(element_id)
        return self

    def start(self, element_id: str = "begin", message: str | None = None) -> Diagram:
        return self._add("startEvent", element_id, body=self._event(message))

    def end(self, element_id: str = "done", **properties: str) -> Diagram:
        return self._add("endEvent", element_id, **properties)

    def terminate(self, element_id: str) -> Diagram:
        return self._add("endEvent", element_id, body="<bpmn:terminateEventDefinition />")

    def task(self, element_id: str, role: str, *, form: str | None = None, **properties: str) -> Diagram:
        self._plain = self._plain or form is None
        properties |= {
            "formJsonSchemaFilename": f"{form or PLAIN}.schema.json",
            "formUiSchemaFilename": f"{form or PLAIN}.ui.json",
        }
        return self._add("userTask", element_id, role=role, **properties)

    def service(self, element_id: str, handler: str, parameters: Mapping[str, str], **properties: str) -> Diagram:
        given = "".join(
            f'<spiffworkflow:parameter id={quoteattr(name)} type="any" value={quoteattr(value)} />'
            for name, value in parameters.items()
        )
        operator = (
            f"<spiffworkflow:serviceTaskOperator id={quoteattr(handler)}>"
            f"<spiffworkflow:parameters>{given}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        )
        return self._add("serviceTask", element_id, extension=operator, **properties)

    def call(self, element_id: str, process_id: str) -> Diagram:
        return self._add("callActivity", element_id, attributes=f" calledElement={quoteattr(process_id)}")

    def gateway(self, element_id: str, kind: str = "parallel", default: str | None = None) -> Diagram:
        attributes = f" default={quoteattr(default)}" if default else ""
        return self._add(f"{kind}Gateway", element_id, attributes=attributes)

    def catch(self, element_id: str, message: str) -> Diagram:
        return self._add("intermediateCatchEvent", element_id, body=self._event(message))

    def throw(self, element_id: str, message: str) -> Diagram:
        return self._add("intermediateThrowEvent", element_id, body=self._event(message))

    def boundary_timer(
        self, element_id: str, on: str, duration: str, *, role: str = "system", interrupting: bool = True
    ) -> Diagram:
        definition = (
            '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">'
            f"{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"
        )
        attributes = f' attachedToRef="{on}" cancelActivity="{str(interrupting).lower()}"'
        return self._add("boundaryEvent", element_id, role=role, attributes=attributes, body=definition)

    def boundary_error(self, element_id: str, on: str, code: str) -> Diagram:
        self._messages[f"error:{code}"] = f'<bpmn:error id="error_{code}" name="{code}" errorCode="{code}" />'
        definition = f'<bpmn:errorEventDefinition errorRef="error_{code}" />'
        return self._add("boundaryEvent", element_id, attributes=f' attachedToRef="{on}"', body=definition)

    def _event(self, message: str | None) -> str:
        if message is None:
            return ""
        reference = "message_" + message.replace(".", "_")
        self._messages[message] = f'<bpmn:message id="{reference}" name={quoteattr(message)} />'
        return f'<bpmn:messageEventDefinition messageRef="{reference}" />'

    def flow(self, source: str, target: str, condition: str = "") -> Diagram:
        self._flows.append((source, target, condition))
        return self

    def line(self, *elements: str) -> Diagram:
        for source, target in itertools.pairwise(elements):
            self.flow(source, target)
        return self

    def xml(self) -> bytes:
        names = {index: f"{source}_to_{target}" for index, (source, target, _) in enumerate(self._flows)}
        nodes = []
        for element_id, node in zip(self._ids, self._nodes, strict=True):
            ends = [
                f"<bpmn:incoming>{names[index]}</bpmn:incoming>"
                for index, (_, target, _) in enumerate(self._flows)
                if target == element_id
            ]
            ends += [
                f"<bpmn:outgoing>{names[index]}</bpmn:outgoing>"
                for index, (source, _, _) in enumerate(self._flows)
                if source == element_id
            ]
            nodes.append(node.replace(f"{{flows:{element_id}}}", "".join(ends)))
        flows = []
        for index, (source, target, condition) in enumerate(self._flows):
            inner = (
                f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
                "</bpmn:conditionExpression>"
                if condition
                else ""
            )
            name = f" name={quoteattr(condition)}" if condition else ""
            label = f"<bpmn:extensionElements>{_properties({'label.zh_CN': condition})}</bpmn:extensionElements>"
            flows.append(
                f'<bpmn:sequenceFlow id="{names[index]}" sourceRef="{source}" targetRef="{target}"{name}>'
                f"{label if condition else ''}{inner}</bpmn:sequenceFlow>"
            )
        lanes = "".join(
            f'<bpmn:lane id="lane_{role}" name={quoteattr(role.replace("_", " "))}><bpmn:extensionElements>'
            f"{_properties({'role': role, 'label.zh_CN': f'泳道 {role}'})}</bpmn:extensionElements>"
            + "".join(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>" for element in elements)
            + "</bpmn:lane>"
            for role, elements in self._lanes.items()
        )
        process = (
            f"<bpmn:process id={quoteattr(self.process_id)} name={quoteattr(self.process_id.capitalize())}"
            f' isExecutable="true"><bpmn:extensionElements>{_properties(self._properties)}</bpmn:extensionElements>'
            f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>{"".join(nodes)}{"".join(flows)}</bpmn:process>'
        )
        collaboration = (
            f'<bpmn:collaboration id="collaboration"><bpmn:participant id="pool" '
            f"name={quoteattr(self.process_id.capitalize())} processRef={quoteattr(self.process_id)} />"
            "</bpmn:collaboration>"
        )
        return (HEAD + "".join(self._messages.values()) + collaboration + process + "</bpmn:definitions>").encode()

    def file(self) -> dict[str, bytes]:
        """The diagram as entries of a release; tasks without a form of their own share one that takes any answer."""
        plain = form(PLAIN, {"additionalProperties": True}) if self._plain else {}
        return {f"{self.process_id}.bpmn": self.xml(), **plain}


def form(name: str, schema: Mapping[str, Any], ui: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    """The two files of a form as entries of a release; unknown fields are refused, as everywhere."""
    full = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        **schema,
    }
    return {
        f"forms/{name}.schema.json": json.dumps(full, ensure_ascii=False).encode(),
        f"forms/{name}.ui.json": json.dumps(ui or {}).encode(),
    }


def chain(length: int, role: str = "ar") -> dict[str, bytes]:
    """A process ``chain`` of ``length`` human tasks one after the other, ``step_1`` …"""
    diagram = Diagram("chain").start().end()
    steps = [f"step_{number}" for number in range(1, length + 1)]
    for step in steps:
        diagram.task(step, role)
    return diagram.line("begin", *steps, "done").file()


def fan(width: int, role: str = "ar") -> dict[str, bytes]:
    """A process ``fan``: ``width`` human tasks at once, ``branch_1`` …, then ``together``."""
    diagram = Diagram("fan").start().end().gateway("fork").gateway("join").task("together", role)
    diagram.line("begin", "fork").line("join", "together", "done")
    for number in range(1, width + 1):
        diagram.task(f"branch_{number}", role).line("fork", f"branch_{number}", "join")
    return diagram.file()
