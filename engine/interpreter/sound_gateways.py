"""Joins that count their tokens rightly, also in loops; stock ones fire early (design notes, SpiffWorkflow §5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import CaseStuck
from engine.interpreter.facts import merged


def _line_of(task: Task) -> dict[Any, Task]:
    """Return ``task`` and its ancestors by id."""
    tasks = task.workflow.tasks
    line = {task.id: task}
    while task._parent is not None:
        task = tasks[task._parent]
        line[task.id] = task
    return line


def _in_round_of(mine: Task, line: dict[Any, Task], other: Task) -> bool:
    """Return whether ``other`` waits at the same join for the same round as ``mine``, whose line is ``line``."""
    join, tasks = mine.task_spec, mine.workflow.tasks
    shared = other
    while shared.id not in line:
        if shared is not other and shared.task_spec is join and shared.state == TaskState.COMPLETED:
            return False
        shared = tasks[shared._parent]
    if shared is mine or shared is other:
        return False
    above = tasks.get(mine._parent)
    while above is not None and above is not shared:
        if above.task_spec is join and above.state == TaskState.COMPLETED:
            return False
        above = tasks.get(above._parent)
    return True


def arrivals(mine: Task) -> list[Task]:
    """Return the instances of the join of ``mine`` that hold a token for the same round, ``mine`` among them."""
    tasks, line = mine.workflow.tasks, _line_of(mine)
    return [
        other
        for other in tasks.values()
        if other.task_spec is mine.task_spec
        and other._parent is not None
        and tasks[other._parent].state == TaskState.COMPLETED
        and other.state != TaskState.COMPLETED
        and (other is mine or _in_round_of(mine, line, other))
    ]


def _sources(found: Iterable[Task]) -> set[str]:
    return {task.parent.task_spec.name for task in found}


class _Join(UnstructuredJoin):
    """Merges what the branches changed; see :mod:`engine.interpreter.facts`."""

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data = merged(arrivals(my_task))
        return True


class SoundParallelGateway(_Join, ParallelGateway):
    """A parallel gateway that waits for a token of its own round on every incoming flow."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        return len(self.inputs) <= 1 or {spec.name for spec in self.inputs} <= _sources(arrivals(my_task))


def _leading_to(join: TaskSpec, inputs: set[str]) -> set[str]:
    """Return the names of all specs from which one of ``inputs`` is reached without passing ``join``."""
    specs = join._wf_spec.task_specs
    seen: set[str] = set()
    todo = list(inputs)
    while todo:
        name = todo.pop()
        if name not in seen and name != join.name:
            seen.add(name)
            todo.extend(spec.name for spec in specs[name].inputs)
    return seen


class SoundInclusiveGateway(InclusiveGateway):
    """An inclusive gateway that waits while a token may still reach a flow that has none."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        if len(self.inputs) <= 1:
            return True
        got = _sources(arrivals(my_task))
        empty = {spec.name for spec in self.inputs} - got
        if not empty:
            return True
        may_fill = _leading_to(self, empty) - _leading_to(self, got)
        return not any(self._may_arrive(task, my_task, empty, may_fill) for task in my_task.workflow.tasks.values())

    def _may_arrive(self, task: Task, mine: Task, empty: set[str], may_fill: set[str]) -> bool:
        if task.state == TaskState.FUTURE:
            # its parent was completed in this very pass and its children were not updated yet: the token is here
            parent = task.parent
            if task is mine or parent is None or parent.state != TaskState.COMPLETED:
                return False
            return parent.task_spec.name in empty if task.task_spec is self else task.task_spec.name in may_fill
        if not task.has_state(TaskState.READY | TaskState.WAITING | TaskState.STARTED):
            return False
        if task.task_spec is self or task.task_spec.name not in may_fill:
            return False
        if isinstance(task.task_spec, BoundaryEvent) and task.state == TaskState.WAITING:
            return False  # an event that merely listens is no token of its own
        return not task.triggered  # an instance of a multi-instance: its parent is the token

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data = merged(arrivals(my_task))
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise CaseStuck(element=self.name, reason="no condition holds and there is no default flow")
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class SoundEndJoin(_EndJoin):
    """The invisible join behind all end events of a scope."""

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data = merged(arrivals(my_task))
        my_task.workflow.data.update(my_task.data)
        return True


class SoundExclusiveGateway(ExclusiveGateway):
    """An exclusive gateway that says so when no condition holds."""

    def _run_hook(self, my_task: Task) -> bool:
        chosen = self.default_task_spec
        for condition, target in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                chosen = target
                break
        if chosen is None:
            raise CaseStuck(element=self.name, reason="no condition holds and there is no default flow")
        my_task._sync_children([self._wf_spec.get_task_spec_from_name(chosen)], TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class SoundEventGateway(EventBasedGateway):
    """An event-based gateway where the first event alone decides."""

    def _run_hook(self, my_task: Task) -> bool:
        my_task.internal_data["seen_events"] = my_task.internal_data.get("seen_events", [])[:1]
        done: bool = super()._run_hook(my_task)
        my_task.internal_data.pop("seen_events")
        return done
