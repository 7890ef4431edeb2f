"""One running case as SpiffWorkflow sees it, with our clock, our expressions and our record of what happens."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator, TaskState

from engine.clock import Clock
from engine.errors import CaseStuck
from engine.interpreter import expressions, pruning
from engine.interpreter.programs import Program, Services
from engine.interpreter.record import Record, is_open, is_waiting
from engine.interpreter.step import Element

MAX_AUTOMATIC_STEPS = 20_000
PRUNE_EVERY = 50

for _name in ("spiff", "spiff.task", "spiff.workflow"):
    # below WARNING SpiffWorkflow walks the whole tree for every line it would log
    logging.getLogger(_name).setLevel(logging.WARNING)


def _lift_depth() -> None:
    """Lift the limit of 1,000 tasks in depth, at which a tree silently stalls."""
    for iterator in (TaskIterator, BpmnTaskIterator):
        defaults = list(iterator.__init__.__defaults__)
        defaults[1] = 10**9
        iterator.__init__.__defaults__ = tuple(defaults)


_lift_depth()


def _set_state(task: Task, value: int) -> None:
    if value != task._state:
        task._state, task.last_state_change = value, time.time()


Task._set_state = _set_state  # SpiffWorkflow's composes a line for the log each time, also when nobody logs


def _is_due_interrupt(task: Task) -> bool:
    spec = task.task_spec
    return task._state == TaskState.READY and isinstance(spec, BoundaryEvent) and bool(spec.cancel_activity)


def _is_automatic(task: Task) -> bool:
    return task._state == TaskState.READY and not task.task_spec.manual


class CaseExpressions(PythonScriptEngine):
    """Our expression language in the place of Python's ``eval`` and ``exec``; errors come through unwrapped."""

    def __init__(self, scope: expressions.Scope) -> None:
        self.scope = scope
        self.environment = None

    def evaluate(self, task: Task, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """Evaluate ``expression`` over the data of ``task``; raises ``ExpressionError``."""
        return expressions.evaluate(expression, task.data, self.scope)

    def execute(self, task: Task, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run the lines of a script task over the data of ``task``; raises ``ExpressionError``."""
        expressions.execute(script, task.data, self.scope)
        return True

    def call_service(self, task: Task, **kwargs: Any) -> str:
        """Service tasks of ours never come here."""
        raise CaseStuck(element=task.task_spec.name, reason="a service task without a handler")


class _Scope(BpmnBaseWorkflow):
    """One scope of a case: the process itself, or a sub-process or called process inside."""

    def update_waiting_tasks(self) -> None:
        """Look after what waits, asked after each task; mostly nothing does, and the tree need not be walked."""
        if any(task._state == TaskState.WAITING for task in self.tasks.values()):
            super().update_waiting_tasks()


class InnerScope(_Scope, BpmnSubWorkflow):
    """The scope of a sub-process or of a called process."""


class Case(_Scope, BpmnWorkflow):
    """A case of one program; made new for a start, or filled by :mod:`engine.interpreter.lean_state`."""

    def __init__(
        self,
        program: Program,
        process_id: str,
        services: Services,
        clock: Clock,
        *,
        start_event: str | None = None,
        deserializing: bool = False,
    ) -> None:
        self.program = program
        self.services = services
        self.clock = clock
        self.scope = program.scope(clock)
        self.record = Record(self)
        self.interrupts: list[Task] = []
        self._steps = 0
        super().__init__(
            program.specs[process_id],
            program.specs,
            script_engine=CaseExpressions(self.scope),
            deserializing=deserializing,
        )
        self.task_removed_event.connect(self._task_gone)
        if not deserializing:
            self._keep_start(self, start_event or program.start_event(process_id, None))

    def _task_gone(self, workflow: Any, task: Task) -> None:
        """Take the sub-process and the registration of a task that SpiffWorkflow drops from the tree."""
        self.event_manager.remove_task(task)
        inner = self.subprocesses.pop(task.id, None)
        if inner is not None:
            inner.completed = True
            for each in list(inner.tasks.values()):
                self._task_gone(inner, each)

    def _keep_start(self, workflow: Any, start_event: str | None) -> None:
        """Of several start events only one begins this scope."""
        for child in workflow.task_tree.children:
            if child.task_spec.bpmn_id != start_event:
                workflow._remove_task(child.id)

    def create_subprocess(self, my_task: Task, spec_name: str) -> InnerScope:
        """Open the scope of a sub-process or of a called process."""
        inner = InnerScope(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = inner
        self._keep_start(inner, self.program.start_event(spec_name, None))
        if "[child]" not in my_task.task_spec.name:
            self.record.enter(my_task)
        return inner

    def element_of(self, task: Task) -> Element:
        """Return the element of the diagram that ``task`` is an instance of."""
        return self.program.element_in(task.workflow.spec.name, task.task_spec.bpmn_id)

    def all_tasks(self) -> list[Task]:
        """Return the tasks of all scopes that still run."""
        tasks = list(self.tasks.values())
        for inner in self.subprocesses.values():
            if not inner.completed:
                tasks += inner.tasks.values()
        return tasks

    def resting(self) -> dict[UUID, Task]:
        """Return the tasks at which a token rests, by id."""
        return {} if self.completed else {task.id: task for task in self.all_tasks() if is_waiting(task)}

    def open_tasks(self) -> dict[UUID, Task]:
        """Return the human tasks that wait, by id."""
        return {} if self.completed else {task.id: task for task in self.all_tasks() if is_open(task)}

    def ran(self, task: Task) -> None:
        """Note that ``task`` ran, forget what is no longer needed, and interrupt what it interrupts."""
        self._steps += 1
        if self._steps > MAX_AUTOMATIC_STEPS:
            raise CaseStuck(element=task.task_spec.name, reason="the diagram runs in circles without waiting")
        self.record.leave(task)
        workflow, parent = task.workflow, task.parent
        if not workflow.completed and (
            self._steps % PRUNE_EVERY == 0
            or isinstance(task.task_spec, UnstructuredJoin)
            or (parent is not None and isinstance(parent.task_spec, UnstructuredJoin))
        ):
            pruning.prune_scope(workflow)
        self._interrupt()

    def _interrupt(self) -> None:
        """Run the interrupting events that were just caught, the outermost first, before anything else goes on."""
        caught, self.interrupts = self.interrupts, []
        for task in sorted(caught, key=lambda each: each.workflow.depth):
            if task._state == TaskState.READY and task.id in task.workflow.tasks and not task.workflow.completed:
                task.run()
                self.ran(task)

    def _run_ready(self) -> bool:
        """Run what is ready and automatic, inner scopes first; return whether anything ran."""
        ran = False
        inner = [each for each in self.subprocesses.values() if not each.completed]
        for scope in [*sorted(inner, key=lambda each: each.depth, reverse=True), self]:
            for task in [each for each in scope.tasks.values() if _is_automatic(each)]:
                # what ran before may have cancelled it
                if _is_automatic(task) and task.id in scope.tasks and not scope.completed:
                    self.record.about_to_run(task)
                    task.run()
                    self.ran(task)
                    ran = True
            if scope is not self and self.subprocesses.get(scope.parent_task_id) is scope:
                owner = self.get_task_from_id(scope.parent_task_id)
                if not owner.has_state(TaskState.FINISHED_MASK):
                    owner.task_spec._update(owner)
        return ran

    def advance(self) -> None:
        """Run everything automatic until the case waits or is over, timers that are already due included."""
        going = True
        while going and not self.completed:
            self.interrupts.extend(each for each in self.all_tasks() if _is_due_interrupt(each))
            self._interrupt()
            going = self._run_ready()
            if not going:
                self.refresh_timers()
                going = any(_is_automatic(each) for each in self.all_tasks())
        self.bpmn_events.clear()
