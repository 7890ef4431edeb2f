"""The state of a case as bytes: its tasks and nothing of the diagram, which comes from the release.

The format is ours and carries its version. A task's data is stored as the difference to its parent's, so parents come
before children, and siblings keep their order.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.clock import Clock
from engine.errors import StateUnreadable
from engine.interpreter.cases import Case, InnerScope
from engine.interpreter.facts import changes, inherited
from engine.interpreter.programs import Program, Services

FORMAT = 1
_NOT_STORED = "seen_events"


def _task_row(task: Task, parent: Task | None, parent_place: int | None) -> list[Any]:
    gone = parent is not None and not parent.data.keys() <= task.data.keys()
    missing = [name for name in parent.data if name not in task.data] if parent is not None and gone else []
    return [
        task.id.hex,
        parent_place,
        task.task_spec.name,
        task._state,
        task.last_state_change,
        task.triggered,
        {name: value for name, value in task.internal_data.items() if name != _NOT_STORED},
        task.data if parent is None else changes(parent.data, task.data),
        missing,
    ]


def _is_undecided(task: Task) -> bool:
    """Return whether ``task`` is a gateway that has not chosen yet: what may lie behind it is foreseen when it has."""
    return not task._state & TaskState.FINISHED_MASK and isinstance(task.task_spec, ExclusiveChoice | MultiChoice)


def _scope_dump(workflow: Any) -> dict[str, Any]:
    rows: list[list[Any]] = []
    last = None
    todo: list[tuple[Task, Task | None, int | None]] = [(workflow.task_tree, None, None)]
    for place, (task, parent, parent_place) in enumerate(todo):
        if task is workflow.last_task:
            last = place
        rows.append(_task_row(task, parent, parent_place))
        if not _is_undecided(task):
            todo.extend((child, task, place) for child in task.children)
    return {
        "scope": workflow.spec.name,
        "completed": workflow.completed,
        "last": last,
        "data": workflow.data,
        "tasks": rows,
    }


def dump(case: Case) -> bytes:
    """Return the state of ``case``, which should have been pruned."""
    scopes = [_scope_dump(case)]
    for owner, inner in case.subprocesses.items():
        scopes.append({"owner": owner.hex, **_scope_dump(inner)})
    return orjson.dumps({"format": FORMAT, "scopes": scopes})


def _fill(case: Case, workflow: Any, stored: dict[str, Any]) -> None:
    specs = workflow.spec.task_specs
    made: list[Task] = []
    for guid, parent_place, name, state, changed_at, triggered, internal, data, missing in stored["tasks"]:
        spec = specs.get(name)
        if spec is None:
            raise StateUnreadable(scope=stored["scope"], element=name)
        task = Task(workflow, spec, state=state, id=UUID(int=int(guid, 16)))
        if parent_place is None:
            task.data = data
        else:
            parent = made[parent_place]
            task._parent = parent.id
            parent._children.append(task.id)
            task.data = inherited(parent.data, missing) | data
        task.last_state_change = changed_at
        task.triggered = triggered
        task.internal_data = internal
        if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
            case.event_manager.add_task(task)
        made.append(task)
    workflow.task_tree = made[0]
    workflow.last_task = None if stored["last"] is None else made[stored["last"]]
    workflow.completed = stored["completed"]
    workflow.data = stored["data"]


def load(program: Program, state: bytes, services: Services, clock: Clock) -> Case:
    """Return the case that was dumped as ``state``; raises ``StateUnreadable``."""
    try:
        stored = orjson.loads(state)
        found = stored["format"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise StateUnreadable(reason="it is not a state of ours") from error
    if found != FORMAT:
        raise StateUnreadable(format=found, understood=FORMAT)
    top, *inner_scopes = stored["scopes"]
    if top["scope"] not in program.processes:
        raise StateUnreadable(process=top["scope"])
    case = Case(program, top["scope"], services, clock, deserializing=True)
    _fill(case, case, top)
    for each in inner_scopes:
        owner = case.get_task_from_id(UUID(each["owner"]))
        inner = InnerScope(program.specs[each["scope"]], owner.id, case, deserializing=True)
        _fill(case, inner, each)
        case.subprocesses[owner.id] = inner
        inner.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
    return case
