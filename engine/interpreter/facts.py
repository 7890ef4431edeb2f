"""Flat process data where tokens meet: who changed what since they parted.

Stock SpiffWorkflow merges whole dictionaries, so that a branch that never touched a name puts its old value back. Here
only what a branch changed since the fork counts; if two branches changed one name, the later one wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``after`` has that ``before`` has not, or has differently (``1`` and ``True`` are different)."""
    missing = object()
    changed = {}
    for name, value in after.items():
        old = before.get(name, missing)
        if old is not value and (type(old) is not type(value) or old != value):
            changed[name] = value
    return changed


def copied(value: Any) -> Any:
    """Return ``value``, lists copied, so that two tasks never share one."""
    return list(value) if isinstance(value, list) else value


def fork_of(tasks: Iterable[Task]) -> Task:
    """Return the nearest common ancestor of ``tasks``, which must belong to one workflow."""
    first, *others = tasks
    line = [first]
    while (parent := line[-1].parent) is not None:
        line.append(parent)
    place = {task.id: at for at, task in enumerate(line)}
    highest = 1 if len(line) > 1 else 0
    for other in others:
        at: Task = other
        while at.id not in place:
            at = at.parent
        highest = max(highest, place[at.id])
    return line[highest]


def merged(arrivals: list[Task]) -> dict[str, Any]:
    """Return the data after the finished branches behind ``arrivals`` (instances of one join) came together."""
    fork = fork_of(arrivals)
    data = dict(fork.data)
    for arrival in sorted(arrivals, key=lambda task: task.last_state_change):
        if arrival is not fork:
            data.update(changes(fork.data, arrival.parent.data))
    return {name: copied(value) for name, value in data.items()}


def facts_of(workflow: BpmnBaseWorkflow) -> dict[str, Any]:
    """Return the present data of a running scope: its first data, then every change of its tasks in order of time."""
    data = dict(workflow.task_tree.data)
    done = []
    for task in workflow.tasks.values():
        parent = task.parent
        if parent is not None and task.has_state(TaskState.COMPLETED | TaskState.STARTED | TaskState.READY):
            changed = changes(parent.data, task.data)
            inner = workflow.top_workflow.subprocesses.get(task.id)
            if inner is not None and not inner.completed:
                changed.update(changes(task.data, facts_of(inner)))
            if changed:
                done.append((task.last_state_change, changed))
    for _, changed in sorted(done, key=lambda each: each[0]):
        data.update(changed)
    return data
