"""Which finished instances of a join still count for a round that runs."""

from __future__ import annotations

from collections.abc import Iterator

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Rounds:
    """The joins of one scope at one moment."""

    def __init__(self, workflow: BpmnBaseWorkflow) -> None:
        self._tasks = workflow.tasks
        self._live: dict[TaskSpec, list[Task]] = {}
        for task in self._tasks.values():
            if task.has_state(_LIVE) and isinstance(task.task_spec, UnstructuredJoin):
                self._live.setdefault(task.task_spec, []).append(task)

    def line(self, task: Task) -> Iterator[Task]:
        """Yield the ancestors of ``task``, the nearest first."""
        above = self._tasks.get(task._parent)
        while above is not None:
            yield above
            above = self._tasks.get(above._parent)

    def is_open(self, done: Task) -> bool:
        """Return whether this finished join instance is still counted by a running round of the same join.

        Yes if a live instance exists that does not descend from it, with no completed instance of that join between
        it and the fork that both share.
        """
        others = self._live.get(done.task_spec)
        if not others:
            return False
        above = {each.id for each in self.line(done)}
        return any(other is not done and self._shares_round(other, done, above) for other in others)

    def _shares_round(self, other: Task, done: Task, above: set[object]) -> bool:
        for each in self.line(other):
            if each is done:
                return False
            if each.id in above:
                return True
            if each.task_spec is done.task_spec and each.state == TaskState.COMPLETED:
                return False
        return False
