"""From the XML of a diagram to SpiffWorkflow's specifications, with our own elements in the place of stock ones."""

from __future__ import annotations

from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import (
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.parser.event_parsers import (
    SpiffBoundaryEventParser,
    SpiffEndEventParser,
    SpiffIntermediateCatchEventParser,
    SpiffIntermediateThrowEventParser,
    SpiffReceiveTaskParser,
    SpiffSendTaskParser,
    SpiffStartEventParser,
)
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import (
    BusinessRuleTaskParser,
    CallActivityParser,
    ScriptTaskParser,
    SpiffTaskParser,
    SubWorkflowParser,
    UserTaskParser,
)
from SpiffWorkflow.spiff.specs.defaults import (
    ManualTask,
    ReceiveTask,
    ScriptTask,
    SendTask,
    UserTask,
)

from engine.interpreter.activities import (
    CalledProcess,
    CaseSpec,
    DecisionTask,
    EmbeddedProcess,
    EmbeddedTransaction,
    HandlerTask,
    SoundBoundaryEvent,
    SoundParallelRepetition,
    SoundSequentialRepetition,
)
from engine.interpreter.events import CaseError, CaseEscalation, CaseMessage, CaseSignal, DrawnTimer
from engine.interpreter.sound_gateways import (
    SoundEventGateway,
    SoundExclusiveGateway,
    SoundInclusiveGateway,
    SoundParallelGateway,
)
from engine.interpreter.xml import spiff, text_of

_TIMERS = (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle"))


class _Ours:
    """What all element parsers share: our repetitions and our event definitions."""

    PARALLEL_MI_CLASS = SoundParallelRepetition
    SEQUENTIAL_MI_CLASS = SoundSequentialRepetition
    node: Any

    def _declared(self, kind: str, reference: str | None) -> Any:
        root = self.node.getroottree().getroot()
        return next((each for each in root.findall(full_tag(kind)) if each.get("id") == reference), None)

    def parse_message_event(self, message_event: Any) -> CaseMessage:
        name = self._declared("message", message_event.get("messageRef")).get("name")
        payload = message_event.find(f".//{spiff('messagePayload')}")
        return CaseMessage(name, None if payload is None else text_of(payload), self._match())

    def _match(self) -> tuple[str, ...]:
        path = f"{full_tag('extensionElements')}/{spiff('properties')}/{spiff('property')}[@name='match']"
        found = self.node.find(path)
        return () if found is None else tuple((found.get("value") or "").split())

    def parse_signal_event(self, signal_event: Any) -> CaseSignal:
        return CaseSignal(self._declared("signal", signal_event.get("signalRef")).get("name"))

    def parse_error_event(self, error_event: Any) -> CaseError:
        declared = self._declared("error", error_event.get("errorRef"))
        code = None if declared is None else declared.get("errorCode")
        return CaseError(code or "any", code)

    def parse_escalation_event(self, escalation_event: Any) -> CaseEscalation:
        declared = self._declared("escalation", escalation_event.get("escalationRef"))
        code = None if declared is None else declared.get("escalationCode")
        return CaseEscalation(code or "any", code)

    def parse_timer_event(self, event: Any) -> DrawnTimer:
        for tag, kind in _TIMERS:
            found = event.find(full_tag(tag))
            if found is not None:
                return DrawnTimer(self.node.get("id"), kind, text_of(found))
        raise ValueError("a timer without a time")


def _ours(parser: type) -> type:
    return type(f"Our{parser.__name__}", (_Ours, parser), {})


class _StartParser(_Ours, SpiffStartEventParser):
    """Start events never wait: whoever starts the case says at which one (the message has already come)."""

    def create_task(self) -> Any:
        task = self._create_task(NoneEventDefinition(description="Default"))
        self.spec.start.connect(task)
        return task


class _HandlerParser(_Ours, SpiffTaskParser):
    """Service tasks."""

    def create_task(self) -> Any:
        operator = self.node.find(f".//{spiff('serviceTaskOperator')}")
        given = [] if operator is None else operator.iter(spiff("parameter"))  # none: only the sandbox lets that pass
        parameters = {each.get("id"): each.get("value") or "" for each in given}
        handler = "" if operator is None else operator.get("id") or ""
        return HandlerTask(self.spec, self.bpmn_id, handler, parameters, **self.bpmn_attributes)


class _DecisionParser(_Ours, BusinessRuleTaskParser):
    """Business rule tasks; our decision tables do not go through SpiffWorkflow."""

    def create_task(self) -> Any:
        decision_id = (self.get_decision_ref(self.node) or "").strip()
        return DecisionTask(self.spec, self.bpmn_id, decision_id, **self.bpmn_attributes)


class _ProcessParser(SpiffProcessParser):
    def create_spec(self) -> CaseSpec:
        return CaseSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)

    def add_tasks(self) -> None:
        for node in self.xpath("./bpmn:startEvent"):
            self.parse_node(node)


class CaseParser(SpiffBpmnParser):
    """Reads the diagrams of one release."""

    PROCESS_PARSER_CLASS = _ProcessParser
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, tuple[type, type]]] = {
        full_tag("userTask"): (_ours(UserTaskParser), UserTask),
        full_tag("manualTask"): (_ours(SpiffTaskParser), ManualTask),
        full_tag("scriptTask"): (_ours(ScriptTaskParser), ScriptTask),
        full_tag("serviceTask"): (_HandlerParser, HandlerTask),
        full_tag("businessRuleTask"): (_DecisionParser, DecisionTask),
        full_tag("sendTask"): (_ours(SpiffSendTaskParser), SendTask),
        full_tag("receiveTask"): (_ours(SpiffReceiveTaskParser), ReceiveTask),
        full_tag("subProcess"): (_ours(SubWorkflowParser), EmbeddedProcess),
        full_tag("transaction"): (_ours(SubWorkflowParser), EmbeddedTransaction),
        full_tag("callActivity"): (_ours(CallActivityParser), CalledProcess),
        full_tag("startEvent"): (_StartParser, StartEvent),
        full_tag("endEvent"): (_ours(SpiffEndEventParser), EndEvent),
        full_tag("boundaryEvent"): (_ours(SpiffBoundaryEventParser), SoundBoundaryEvent),
        full_tag("intermediateCatchEvent"): (_ours(SpiffIntermediateCatchEventParser), IntermediateCatchEvent),
        full_tag("intermediateThrowEvent"): (_ours(SpiffIntermediateThrowEventParser), IntermediateThrowEvent),
        full_tag("parallelGateway"): (_ours(GatewayParser), SoundParallelGateway),
        full_tag("inclusiveGateway"): (_ours(ConditionalGatewayParser), SoundInclusiveGateway),
        full_tag("exclusiveGateway"): (_ours(ConditionalGatewayParser), SoundExclusiveGateway),
        full_tag("eventBasedGateway"): (_ours(EventBasedGatewayParser), SoundEventGateway),
    }

    def _add_diagram_indexes(self, bpmn: Any) -> None:
        """Neither lanes nor positions matter here: flows keep the order of the file, not of their height."""
        key = self._document_key(bpmn)
        self.document_lanes[key] = {}
        self.document_positions[key] = {}


def parse_specs(roots: dict[str, etree._Element], process_ids: list[str]) -> dict[str, Any]:
    """Return the specification of every scope by its id. Whatever the parser raises comes through."""
    parser = CaseParser()
    for file, root in roots.items():
        parser.add_bpmn_xml(root, file)
    specs: dict[str, Any] = {}
    for process_id in process_ids:
        specs[process_id] = parser.get_spec(process_id)
        specs.update(parser.get_subprocess_specs(process_id))
    for spec in specs.values():
        _wire(spec)
    return specs


def must_parse(file: str, root: etree._Element, scope_ids: list[str]) -> None:
    """Parse one file by itself; whatever the parser raises comes through. What it calls need not be there."""
    parser = CaseParser()
    parser.add_bpmn_xml(root, file)
    for each in scope_ids:
        parser.get_spec(each)


def _wire(spec: Any) -> None:
    """Connect the instances of a repetition to it now; stock does so when the first instance is made."""
    for task_spec in list(spec.task_specs.values()):
        if isinstance(task_spec, LoopTask):
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(task_spec.merge_child):
                child.completed_event.connect(task_spec.merge_child)


__all__ = ["CaseParser", "must_parse", "parse_specs"]
