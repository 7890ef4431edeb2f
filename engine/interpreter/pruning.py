"""Forgetting finished history, so that a state stays small whatever a case went through.

The rules and the proof by 7,666 random diagrams are in the design notes (SpiffWorkflow §5). Never touched: tasks in
ERROR, the root, the last task, a completed scope.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.interpreter.facts import changes, tips_of, together
from engine.interpreter.rounds import Rounds

GONE = TaskState.COMPLETED | TaskState.CANCELLED
_END_TOKENS = 4
"""Dead tokens kept apart at the end join before the oldest are folded into one."""


class _Scope:
    """Prunes the task tree of one process or sub-process."""

    def __init__(self, workflow: BpmnBaseWorkflow) -> None:
        self.workflow = workflow
        self.tasks: dict[Any, Task] = workflow.tasks
        self.rounds = Rounds(workflow)

    def split_open(self, split: Task) -> bool:
        """Return whether the activity, one of its boundary events, or a boundary join under them is unfinished."""
        for child in split.children:
            if not child.has_state(TaskState.FINISHED_MASK):
                return True
            for grandchild in child.children:
                if isinstance(grandchild.task_spec, BoundaryEventJoin) and not grandchild.has_state(
                    TaskState.FINISHED_MASK
                ):
                    return True
        return False

    def fixed(self, task: Task) -> bool:
        """Return whether ``task``, or its place under its parent, is still read by something that runs."""
        parent = self.tasks[task._parent]
        if not parent.has_state(GONE):
            return True
        spec = task.task_spec
        if isinstance(parent.task_spec, BoundaryEventSplit) and self.split_open(parent):
            return True
        if isinstance(spec, BoundaryEventSplit) and self.split_open(task):
            return True
        if isinstance(spec, BoundaryEventJoin):
            split = next((each for each in self.rounds.line(task) if each.task_spec.name == spec.split_task), None)
            if split is not None and self.split_open(split):
                return True
        return isinstance(spec, UnstructuredJoin) and self.rounds.is_open(task)

    def drop(self, task: Task) -> Task:
        parent = self.tasks[task._parent]
        parent._children.remove(task.id)
        del self.tasks[task.id]
        return parent

    def drop_leaf(self, task: Task) -> None:
        """Drop a dead leaf and whatever becomes a dead leaf by it."""
        while (
            task._parent is not None
            and task.has_state(GONE)
            and not task._children
            and task is not self.workflow.last_task
            and not self.fixed(task)
        ):
            task = self.drop(task)

    def drop_dead_branches(self) -> None:
        for task in list(self.tasks.values()):
            if task.id in self.tasks and not task._children:
                self.drop_leaf(task)

    def drop_spent_listeners(self) -> None:
        """Drop firings of a boundary event that listens again, once nothing of what they started is left."""
        for task in list(self.tasks.values()):
            if (
                task.id in self.tasks
                and isinstance(task.task_spec, BoundaryEvent)
                and task.state == TaskState.COMPLETED
                and not task.task_spec.cancel_activity
                and task is not self.workflow.last_task
                and all(isinstance(child.task_spec, BoundaryEventJoin) for child in task.children)
                and self._listens_again(task)
            ):
                for child in task.children:
                    self.drop(child)
                self.drop(task)

    def _fired_again(self, fired: Task) -> bool:
        return sum(each.task_spec is fired.task_spec for each in fired.parent.children) > 1

    def _listens_again(self, fired: Task) -> bool:
        return any(
            each.task_spec is fired.task_spec and each.state == TaskState.WAITING for each in fired.parent.children
        )

    def fold_end_tokens(self) -> None:
        """Fold the oldest dead tokens at the end join into the next, as far as nobody else knows better."""
        ends = [
            task
            for task in self.tasks.values()
            if isinstance(task.task_spec, _EndJoin) and task.state == TaskState.CANCELLED and not task._children
        ]
        if len(ends) <= _END_TOKENS:
            return
        ends.sort(key=lambda task: task.parent.last_state_change)
        for old in ends[:-_END_TOKENS]:
            fork = next((each for each in self.rounds.line(old) if self._forks(each)), None)
            new = next((each for each in ends if each is not old and self._may_take(each, old, fork)), None)
            if fork is None or new is None:
                continue
            others = [each for each in tips_of(self.workflow, self.rounds) if each is not old]
            told = changes(fork.data, old.parent.data)
            settled = changes(fork.data, together([each for each in others if self._is_below(each, fork)])[1])
            new.parent.data.update({name: value for name, value in told.items() if name not in settled})
            self.drop_leaf(self.drop(old))

    def _may_take(self, new: Task, old: Task, fork: Task | None) -> bool:
        """Return whether a dead token is of the same fork as an older one, and its parent is its own."""
        return (
            fork is not None
            and new.id in self.tasks
            and new.parent.last_state_change >= old.parent.last_state_change
            and len(new.parent._children) == len(old.parent._children) == 1
            and self._is_below(new, fork)
        )

    def _forks(self, task: Task) -> bool:
        """Return whether several ways lead on from ``task``; the join behind an activity with events is no way."""
        return sum(not isinstance(each.task_spec, BoundaryEventJoin) for each in task.children) > 1

    def _is_below(self, task: Task, fork: Task) -> bool:
        return any(each is fork for each in self.rounds.line(task))

    def splice(self) -> None:
        """Take finished tasks with one finished child out of the line; parents come before children."""
        for task in list(self.tasks.values()):
            if task._parent is None or task.state != TaskState.COMPLETED or len(task._children) != 1:
                continue
            child = self.tasks[task._children[0]]
            is_join = isinstance(child.task_spec, UnstructuredJoin)
            if child.state != TaskState.COMPLETED and (child.state != TaskState.CANCELLED or is_join):
                continue
            if task is self.workflow.last_task or isinstance(child.task_spec, BoundaryEventJoin):
                continue
            if (is_join and self.rounds.is_open(child)) or self.fixed(task):
                continue
            if isinstance(task.task_spec, BoundaryEvent) and self._fired_again(task):
                continue  # it tells its round from the others, see sound_gateways
            parent = self.tasks[task._parent]
            parent._children[parent._children.index(task.id)] = child.id
            child._parent = parent.id
            del self.tasks[task.id]


def prune_scope(workflow: BpmnBaseWorkflow) -> None:
    """Prune one scope in the middle of a run."""
    scope = _Scope(workflow)
    scope.drop_dead_branches()
    scope.drop_spent_listeners()
    scope.fold_end_tokens()
    scope.splice()


def _drop_finished_scopes(case: Any) -> None:
    owners = dict(case.tasks)
    for inner in case.subprocesses.values():
        owners.update(inner.tasks)
    again = True
    while again:
        again = False
        for owner_id in list(case.subprocesses):
            owner = owners.get(owner_id)
            if owner is None or owner.has_state(GONE):
                for task in case.subprocesses.pop(owner_id).tasks.values():
                    owners.pop(task.id, None)
                    case.event_manager.remove_task(task)
                again = True


def prune(case: Any) -> None:
    """Prune a whole case that waits; of a completed case only the scopes inside are dropped."""
    if case.completed:
        case.subprocesses.clear()
        return
    _drop_finished_scopes(case)
    for workflow in [case, *case.subprocesses.values()]:
        if not workflow.completed:
            prune_scope(workflow)
