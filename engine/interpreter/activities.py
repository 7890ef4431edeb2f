"""The elements of a diagram that do something of ours: service tasks, decisions, repetitions, boundary events."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.spiff.specs.defaults import (
    CallActivity,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    SubWorkflowTask,
    TransactionSubprocess,
)
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import ErrorNotCaught
from engine.interpreter import expressions
from engine.interpreter.events import CaseError, raise_event
from engine.interpreter.facts import changes, facts_of
from engine.interpreter.sound_gateways import SoundEndJoin
from engine.service_tasks import BusinessError


class CaseSpec(BpmnProcessSpec):
    """The specification of one scope (a process or an embedded sub-process) with our end join."""

    def __init__(self, name: str, description: str | None = None, filename: str | None = None) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.bpmn_start_events: list[Any] = []
        self.start = BpmnStartTask(self, "Start")
        self.end = SoundEndJoin(self, f"{name}.EndJoin")
        self.end.connect(SimpleBpmnTask(self, "End"))
        self.svg = None
        self.description = description
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}


class HandlerTask(SpiffBpmnTask):
    """A service task: its handler is called while stepping, or asked for as a job."""

    def __init__(self, wf_spec: Any, name: str, handler: str, parameters: dict[str, str], **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.handler = handler
        self.parameters = parameters

    def _run_hook(self, my_task: Task) -> bool | None:
        case = my_task.workflow.top_workflow
        given = {name: expressions.evaluate(text, my_task.data, case.scope) for name, text in self.parameters.items()}
        if case.program.is_external(self.handler):
            case.record.request(my_task, self.handler, given)
            return None
        try:
            result = case.services(case.element_of(my_task), self.handler, given)
        except BusinessError as error:
            self.fail(my_task, error.code, error)
            return None
        my_task.data.update(expressions.scalars(result))
        return True

    def fail(self, my_task: Task, code: str, cause: BusinessError | None = None) -> None:
        """Raise the BPMN error ``code`` at this task; raises ``ErrorNotCaught``."""
        if not raise_event(my_task, CaseError(code, code), my_task.data):
            raise ErrorNotCaught(element=self.bpmn_id, code=code) from cause
        my_task.workflow.top_workflow.record.failed(my_task, code)


class DecisionTask(SpiffBpmnTask):
    """A business rule task: asks a decision table of the release over the process data."""

    def __init__(self, wf_spec: Any, name: str, decision_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision_id = decision_id

    def _run_hook(self, my_task: Task) -> bool:
        case = my_task.workflow.top_workflow
        my_task.data.update(case.program.decisions[self.decision_id].decide(my_task.data, case.scope))
        return True


class SoundBoundaryEvent(BoundaryEvent):
    """A boundary event; a non-interrupting one listens again after it fired, as long as its activity runs."""

    def catch(self, my_task: Task, event: BpmnEvent) -> None:
        """Catch ``event``; an interrupting event goes before everything else that could run."""
        super().catch(my_task, event)
        if self.cancel_activity:
            my_task.workflow.top_workflow.interrupts.append(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        done: bool = super()._run_hook(my_task)
        if self.cancel_activity:
            self._keep_inner_facts(my_task)
        for child in my_task.children:
            if child.has_state(TaskState.PREDICTED_MASK):
                child._set_state(TaskState.FUTURE)
                child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return done

    def _host_of(self, my_task: Task) -> Task | None:
        return next((each for each in my_task.parent.children if not isinstance(each.task_spec, BoundaryEvent)), None)

    def _keep_inner_facts(self, my_task: Task) -> None:
        """Keep what was answered inside the activity before it was interrupted."""
        host = self._host_of(my_task)
        inner = None if host is None else my_task.workflow.top_workflow.subprocesses.get(host.id)
        if host is not None and inner is not None and not isinstance(self.event_definition, CaseError):
            known = {**changes(host.data, facts_of(inner)), **changes(host.data, my_task.data)}
            my_task.data.update(known)

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        if self.cancel_activity:
            return
        host = self._host_of(my_task)
        following = self.event_definition.again(my_task)
        if following is None or host is None or host.has_state(TaskState.FINISHED_MASK):
            return
        listener = my_task.parent._add_child(self, TaskState.WAITING)
        listener.triggered = True
        listener.internal_data.update(following)
        listener._sync_children(self.outputs, TaskState.MAYBE)
        self._update(listener)


class _Inner:
    """What runs inside an activity cannot revive it after it was cancelled."""

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Task) -> None:
        if not my_task.has_state(TaskState.FINISHED_MASK):
            super()._on_subworkflow_completed(subworkflow, my_task)  # type: ignore[misc]


class EmbeddedProcess(_Inner, SubWorkflowTask):
    """A sub-process drawn inside its process."""


class EmbeddedTransaction(_Inner, TransactionSubprocess):
    """A transaction."""


class CalledProcess(_Inner, CallActivity):
    """A call of another process of the release."""


class _Repetition:
    """Multi-instance: what an instance changed reaches the task behind; its input item does not."""

    input_item: Any

    def merge_child(self, workflow: Any, child: Task) -> None:
        """Take over what ``child`` changed since the repetition began."""
        my_task = child.parent
        everything = child.data
        changed = changes(my_task.parent.data, everything)
        if self.input_item is not None:
            changed.pop(self.input_item.bpmn_id, None)
        child.data = changed
        try:
            super().merge_child(workflow, child)  # type: ignore[misc]
        finally:
            child.data = everything


class SoundParallelRepetition(_Repetition, ParallelMultiInstanceTask):
    """All instances at once."""


class SoundSequentialRepetition(_Repetition, SequentialMultiInstanceTask):
    """One instance after another."""
