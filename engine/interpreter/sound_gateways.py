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


class _Line:
    """A task and its ancestors, with the way that leads from each down to the task."""

    def __init__(self, task: Task) -> None:
        tasks = task.workflow.tasks
        self.mine = task
        self.below: dict[Any, Task | None] = {task.id: None}
        while task._parent is not None:
            self.below[task._parent] = task
            task = tasks[task._parent]

    def meets(self, other: Task) -> tuple[Task, Task]:
        """Return where the line of ``other`` meets this one, and the task just below on the line of ``other``."""
        tasks, below = self.mine.workflow.tasks, other
        while other.id not in self.below:
            below, other = other, tasks[other._parent]
        return other, below

    def is_apart(self, shared: Task, below: Task) -> bool:
        """Return whether two firings of one boundary event lie between: each is a round of its own.

        Two children of one task are otherwise never of one specification: no two flows connect the same elements.
        """
        mine = self.below[shared.id]
        return mine is not None and below is not mine and below.task_spec is mine.task_spec


def _in_round_of(line: _Line, other: Task) -> bool:
    """Return whether ``other`` waits at the same join for the same round as the task of ``line``."""
    mine, tasks = line.mine, line.mine.workflow.tasks
    join = mine.task_spec
    shared, below = line.meets(other)
    if shared is mine or shared is other or line.is_apart(shared, below):
        return False
    for start in (other, mine):
        above = tasks[start._parent]
        while above is not shared:
            if above.task_spec is join and above.state == TaskState.COMPLETED:
                return False
            above = tasks[above._parent]
    return True


def arrivals(mine: Task) -> list[Task]:
    """Return the instances of the join of ``mine`` that hold a token for the same round, ``mine`` among them."""
    tasks, line = mine.workflow.tasks, _Line(mine)
    return [
        other
        for other in tasks.values()
        if other.task_spec is mine.task_spec
        and other._parent is not None
        and tasks[other._parent].state == TaskState.COMPLETED
        and other.state != TaskState.COMPLETED
        and (other is mine or _in_round_of(line, other))
    ]


def _all_tokens(mine: Task) -> list[Task]:
    """Return all instances of an end join that hold a token."""
    tasks = mine.workflow.tasks
    return [
        each
        for each in tasks.values()
        if each.task_spec is mine.task_spec and tasks[each._parent].state == TaskState.COMPLETED
    ]


def _sources(found: Iterable[Task]) -> set[str]:
    return {task.parent.task_spec.name for task in found}


class _Join(UnstructuredJoin):
    """Waits per round, and merges what the branches changed; see :mod:`engine.interpreter.facts`."""

    def _update_hook(self, my_task: Task) -> bool:
        fires: bool = self._check_threshold_unstructured(my_task)
        for other in arrivals(my_task):
            if other is not my_task and other.state == TaskState.WAITING:
                other.cancel()  # only the latest instance of a round goes on
        if fires:
            my_task._inherit_data()
        else:
            my_task._set_state(TaskState.WAITING)
        return fires

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


class SoundInclusiveGateway(_Join, InclusiveGateway):
    """An inclusive gateway that waits while a token may still reach a flow that has none."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        if len(self.inputs) <= 1:
            return True
        got = _sources(arrivals(my_task))
        empty = {spec.name for spec in self.inputs} - got
        if not empty:
            return True
        may_fill = _leading_to(self, empty) - _leading_to(self, got)
        line = _Line(my_task)
        return not any(
            self._may_arrive(task, my_task, empty, may_fill) and not line.is_apart(*line.meets(task))
            for task in my_task.workflow.tasks.values()
        )

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
        my_task.data = merged(_all_tokens(my_task))
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
