"""Flat process data where tokens meet: who changed what since they parted.

Stock SpiffWorkflow merges whole dictionaries, so that a branch that never touched a name puts its old value back. Here
only what a branch changed since the fork counts; if two branches changed one name, the later one wins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    missing, known = object(), before.get
    return {
        name: value
        for name, value in after.items()
        if (old := known(name, missing)) is not value and (type(old) is not type(value) or old != value)
    }


def copied(value: Any) -> Any:
    """Return ``value``, lists copied, so that two tasks never share one."""
    return list(value) if isinstance(value, list) else value


def inherited(data: Mapping[str, Any], without: Collection[str]) -> dict[str, Any]:
    """Return a copy of ``data`` for a task below, lists copied, without some of its names."""
    if len(without) == len(data):  # a task that is only foreseen has no data yet
        return {}
    own = dict(data)
    for name in without:
        own.pop(name, None)
    for name, value in own.items():
        if type(value) is list:
            own[name] = list(value)
    return own


def _leading(tips: dict[Any, Task]) -> tuple[Task, dict[Any, list[Task]]]:
    """Return the root, and for each task above ``tips`` those of its children that lead to one."""
    leading: dict[Any, list[Task]] = {}
    root = next(iter(tips.values()))
    for task in tips.values():
        below = task
        while (above := below.parent) is not None:
            known = leading.setdefault(above.id, [])
            if below in known:
                break
            known.append(below)
            below = above
        else:
            root = below
    return root, leading


def _known_below(task: Task, tips: dict[Any, Task], leading: dict[Any, list[Task]]) -> tuple[float, dict[str, Any]]:
    """Return when a token below ``task`` moved last, and the data as if they all came together now."""
    below = leading.get(task.id, [])
    while len(below) == 1 and task.id not in tips:
        task = below[0]
        below = leading.get(task.id, [])
    if not below:
        return _known_at(task)
    if task.id in tips:  # a repetition with running instances, which began from the data before it
        (when, known), before = _known_at(task), task.parent.data
    else:
        (when, known), before = (0.0, dict(task.data)), task.data
    parts = [_known_below(each, tips, leading) for each in below]
    for part_moved, part in sorted(parts, key=lambda each: each[0]):
        known.update(changes(before, part))
        when = max(when, part_moved)
    return when, known


def together(tips: list[Task]) -> tuple[float, dict[str, Any]]:
    """Return when one of ``tips`` moved last, and their data together.

    Fork by fork only what a branch changed since the fork counts; of two branches the one that moved last wins. A
    value that was set back to what it was at the fork is no change.
    """
    by_id = {task.id: task for task in tips}
    root, leading = _leading(by_id)
    return _known_below(root, by_id, leading)


def merged(arrivals: list[Task]) -> dict[str, Any]:
    """Return the data behind a join at which ``arrivals`` (instances of that join) came together."""
    return {name: copied(value) for name, value in together(arrivals)[1].items()}


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


def _known_at(tip: Task) -> tuple[float, dict[str, Any]]:
    """Return when a token moved last, and its data, that of a sub-process inside included."""
    if isinstance(tip.task_spec, UnstructuredJoin):
        return tip.parent.last_state_change, dict(tip.parent.data)
    inner = tip.workflow.top_workflow.subprocesses.get(tip.id)
    moved, known = tip.last_state_change, dict(tip.data)
    if inner is not None and not inner.completed:
        inner_moved, inside = _facts(inner)
        moved = max(moved, inner_moved)
        known.update(inside)
    item = None if tip.parent is None else getattr(tip.parent.task_spec, "input_item", None)
    if item is not None:
        known.pop(item.bpmn_id, None)  # an instance's own item is no fact of the case
    return moved, known


def _facts(workflow: BpmnBaseWorkflow) -> tuple[float, dict[str, Any]]:
    tips = tips_of(workflow, Rounds(workflow))
    if tips:
        return together(tips)
    last = workflow.last_task or workflow.task_tree
    return last.last_state_change, last.data


def facts_of(workflow: BpmnBaseWorkflow) -> dict[str, Any]:
    """Return the present data of a running scope, as if all its tokens came together now."""
    return dict(_facts(workflow)[1])
