"""What happened in one step, noted while it happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.interpreter.step import Element, MessageThrown, Passed, ServiceRequest

if TYPE_CHECKING:
    from engine.interpreter.cases import Case

_SPLIT = ".BoundaryEventSplit"
ACTIVITIES = frozenset(
    [
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "transaction",
        "callActivity",
        "intermediateCatchEvent",
        "eventBasedGateway",
    ]
)
"""Kinds that are reported ``entered`` and later ``completed``; every other kind reports its completion only."""


def is_open(task: Task) -> bool:
    """Return whether ``task`` is a human task that waits."""
    return task._state == TaskState.READY and bool(task.task_spec.manual)


def is_waiting(task: Task) -> bool:
    """Return whether a token rests at ``task``: a human task, a caught event, a job, a running sub-process."""
    spec = task.task_spec
    if task._state == TaskState.READY:
        return bool(spec.manual)
    if task._state == TaskState.WAITING:
        return isinstance(spec, CatchingEvent) and not isinstance(spec, BoundaryEvent)
    return task._state == TaskState.STARTED and not isinstance(spec, LoopTask)


class Record:
    """Notes elements entered and left, messages thrown and jobs asked for, in the order in which it happens."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.passed: list[Passed] = []
        self.thrown: list[MessageThrown] = []
        self.requested: list[ServiceRequest] = []
        self._entered: set[UUID] = set()
        self._left: set[UUID] = set()

    def note(self, element: Element, event: str, flows: tuple[str, ...] = (), **detail: Any) -> None:
        """Add one line."""
        self.passed.append(Passed(element, event, flows, detail or None))

    def enter(self, task: Task) -> None:
        """Note that ``task`` was reached."""
        if task.id not in self._entered:
            self._entered.add(task.id)
            self.note(self._case.element_of(task), "entered")

    def about_to_run(self, task: Task) -> None:
        """Note that an activity that did not wait is reached, just before it runs."""
        spec = task.task_spec
        if spec.bpmn_id is None or isinstance(spec, LoopTask | CatchingEvent | SubWorkflowTask):
            return
        if self._case.element_of(task).kind in ACTIVITIES:
            self.enter(task)

    def leave(self, task: Task) -> None:
        """Note that ``task`` ran, unless it became a job instead of being complete."""
        spec = task.task_spec
        if spec.bpmn_id is None or task._state != TaskState.COMPLETED:
            return
        self._left.add(task.id)
        event = "fired" if isinstance(spec, BoundaryEvent) else "completed"
        detail: dict[str, Any] = {}
        if isinstance(spec, LoopTask):
            detail["repetitions"] = len(task.internal_data.get("merged", ()))
        elif task.triggered and "BoundaryEvent" not in type(spec).__name__:
            detail["repetition"] = True
        self.note(self._case.element_of(task), event, self._flows(task), **detail)

    def _flows(self, task: Task) -> tuple[str, ...]:
        scope, source = task.workflow.spec.name, task.task_spec.bpmn_id
        flows = []
        for child in task.children:
            spec = child.task_spec
            target = spec.bpmn_id or spec.name.removesuffix(_SPLIT)
            flow = self._case.program.flow_id(scope, source, target)
            if flow is not None and not child.triggered:
                flows.append(flow)
        return tuple(flows)

    def request(self, task: Task, handler: str, parameters: Mapping[str, Any]) -> None:
        """Note that an external handler is wanted."""
        self.requested.append(ServiceRequest(task.id, self._case.element_of(task), handler, parameters))

    def failed(self, task: Task, code: str) -> None:
        """Note that a handler ended with a BPMN error."""
        self._left.add(task.id)
        self.note(self._case.element_of(task), "failed", code=code)

    def threw(self, name: str, data: Mapping[str, Any]) -> None:
        """Note that a message left the case."""
        self.thrown.append(MessageThrown(name, data))

    def settle(self, before: Mapping[UUID, Task], after: Mapping[UUID, Task]) -> None:
        """Note what now waits, and what waited and was taken away."""
        for guid, task in before.items():
            if guid not in after and guid not in self._left:
                self.note(self._case.element_of(task), "cancelled")
        for guid, task in after.items():
            if guid not in before:
                self.enter(task)
