"""Flat process data where tokens meet: who changed what since they parted.

Stock SpiffWorkflow merges whole dictionaries, so that a branch that never touched a name puts its old value back. Here
only what a branch changed since the fork counts; if two branches changed one name, the later one wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.interpreter.rounds import Rounds


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


def _is_tip(task: Task, rounds: Rounds) -> bool:
    """Return whether a token rests at ``task``, or waits there for others of its round."""
    spec = task.task_spec
    if task._state in (TaskState.READY, TaskState.STARTED):
        return True
    if task._state == TaskState.WAITING:
        return not isinstance(spec, BoundaryEvent | BoundaryEventJoin)
    return task._state == TaskState.CANCELLED and isinstance(spec, UnstructuredJoin) and rounds.is_open(task)


def tips_of(workflow: BpmnBaseWorkflow, rounds: Rounds) -> list[Task]:
    """Return the tasks of one scope at which a token rests or waits for others."""
    return [task for task in workflow.tasks.values() if _is_tip(task, rounds)]


def _facts_at(tip: Task) -> tuple[float, dict[str, Any]]:
    """Return when a token moved last, and its data, that of a sub-process inside included."""
    if isinstance(tip.task_spec, UnstructuredJoin) and tip._state != TaskState.READY:
        return tip.last_state_change, tip.parent.data
    inner = tip.workflow.top_workflow.subprocesses.get(tip.id)
    if inner is None or inner.completed:
        moved, known = tip.last_state_change, tip.data
    else:
        moved, inside = _facts(inner)
        moved, known = max(moved, tip.last_state_change), {**tip.data, **inside}
    item = None if tip.parent is None else getattr(tip.parent.task_spec, "input_item", None)
    if item is not None and item.bpmn_id in known:
        known = {name: value for name, value in known.items() if name != item.bpmn_id}  # no fact of the case
    return moved, known


def _facts(workflow: BpmnBaseWorkflow) -> tuple[float, dict[str, Any]]:
    """Return when a scope moved last, and its data as if all tokens came together now, each after the last."""
    tips = tips_of(workflow, Rounds(workflow))
    if not tips:
        last = workflow.last_task or workflow.task_tree
        return last.last_state_change, last.data
    if len(tips) == 1:
        return _facts_at(tips[0])
    fork = fork_of(tips)
    data, moved = dict(fork.data), 0.0
    for moved, known in sorted(map(_facts_at, tips), key=lambda each: each[0]):  # noqa: B007 - the last one is wanted
        data.update(changes(fork.data, known))
    return moved, data


def facts_of(workflow: BpmnBaseWorkflow) -> dict[str, Any]:
    """Return the present data of a running scope, as if all its tokens came together now."""
    return dict(_facts(workflow)[1])
