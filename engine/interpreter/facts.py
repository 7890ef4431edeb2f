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


def _facts_at(tip: Task) -> tuple[float, dict[str, Any]]:
    """Return when a token moved last, and its data, that of a sub-process inside included."""
    if isinstance(tip.task_spec, UnstructuredJoin) and tip._state != TaskState.READY:
        return tip.last_state_change, tip.parent.data
    inner = tip.workflow.top_workflow.subprocesses.get(tip.id)
    if inner is None or inner.completed:
        return tip.last_state_change, tip.data
    moved, known = _facts(inner)
    return max(moved, tip.last_state_change), {**tip.data, **known}


def _facts(workflow: BpmnBaseWorkflow) -> tuple[float, dict[str, Any]]:
    rounds = Rounds(workflow)
    tips = {task.id: task for task in workflow.tasks.values() if _is_tip(task, rounds)}
    if not tips:
        last = workflow.last_task or workflow.task_tree
        return last.last_state_change, last.data
    leading: dict[Any, set[Any]] = {}
    for task in tips.values():
        below = task
        for above in rounds.line(task):
            known = leading.setdefault(above.id, set())
            if below.id in known:
                break
            known.add(below.id)
            below = above
    return _together(workflow.task_tree, tips, leading)


def _together(task: Task, tips: dict[Any, Task], leading: dict[Any, set[Any]]) -> tuple[float, dict[str, Any]]:
    """Return the facts as if the tokens below ``task`` came together now, in the order in which they moved last."""
    below = leading.get(task.id, set())
    while len(below) == 1 and task.id not in tips:
        task = task.workflow.tasks[next(iter(below))]
        below = leading.get(task.id, set())
    moved, known = _facts_at(task) if task.id in tips else (0.0, task.data)
    known = dict(known)
    parts = [_together(task.workflow.tasks[each], tips, leading) for each in below]
    item = getattr(task.task_spec, "input_item", None)
    for when, part in sorted(parts, key=lambda each: each[0]):
        changed = changes(task.data, part)
        if item is not None:
            changed.pop(item.bpmn_id, None)  # an instance's own item is no fact of the case
        known.update(changed)
        moved = max(moved, when)
    return moved, known


def facts_of(workflow: BpmnBaseWorkflow) -> dict[str, Any]:
    """Return the present data of a running scope, as if all its tokens came together now."""
    return dict(_facts(workflow)[1])
