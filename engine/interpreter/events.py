"""What events mean here: timers on our clock, messages that leave the case, errors that climb out of their scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.interpreter import expressions
from engine.interpreter.grammar import refusal
from engine.interpreter.iso_time import parse_cycle, parse_duration, parse_moment

DUE = "event_value"
"""Where a waiting timer keeps its due moment (ISO, UTC)."""
BEATS = "beats"
"""Where a cycle keeps how many beats follow (``None``: for ever)."""
PAYLOAD = "payload"


class DrawnTimer(TimerEventDefinition):
    """A timer of the diagram: a date, a duration, or a cycle of which every instance is one beat."""

    def __init__(self, name: str, kind: str, expression: str) -> None:
        super().__init__(name, expression)
        self.kind = kind

    def _evaluated(self, task: Task) -> str:
        case = task.workflow.top_workflow
        found = expressions.value(self.expression, task.data, case.scope)
        if not isinstance(found, str):
            raise refusal(self.expression, f"a time expected, not {found!r}", f"应为时间，而不是 {found!r}")
        return found

    def _set(self, task: Task) -> str:
        case, text = task.workflow.top_workflow, self._evaluated(task)
        now, zone = case.clock.now(), case.scope.zone
        try:
            if self.kind == "date":
                due = parse_moment(text, zone)
            elif self.kind == "duration":
                due = parse_duration(text).after(now)
            else:
                cycle = parse_cycle(text, zone)
                due = cycle.first or cycle.every.after(now)
                task.internal_data[BEATS] = None if cycle.times is None else cycle.times - 1
        except (ValueError, OverflowError) as error:
            raise refusal(self.expression, str(error), f"无法识别的时间：{text}") from error
        moment = due.isoformat()
        task.internal_data[DUE] = moment
        return moment

    def has_fired(self, my_task: Task) -> bool:
        """Return whether the timer is due, setting it first if this is the first look."""
        due = my_task.internal_data.get(DUE) or self._set(my_task)
        if datetime.fromisoformat(due) <= my_task.workflow.top_workflow.clock.now():
            my_task.internal_data["event_fired"] = True
        return bool(my_task.internal_data.get("event_fired", False))

    def again(self, fired: Task) -> dict[str, Any] | None:
        """Return the internal data of the next beat after ``fired``, or ``None`` when there is none.

        Beats that were missed altogether (the product was down) are skipped: one beat stands for them.
        """
        left = fired.internal_data.get(BEATS, 0) if self.kind == "cycle" else 0
        if left == 0:
            return None
        every = parse_cycle(self._evaluated(fired)).every
        now, due = fired.workflow.top_workflow.clock.now(), datetime.fromisoformat(fired.internal_data[DUE])
        due = every.after(due)
        while due <= now and left != 0:
            due, left = every.after(due), None if left is None else left - 1
        return None if left == 0 else {DUE: due.isoformat(), BEATS: None if left is None else left - 1}


class CaseMessage(MessageEventDefinition):
    """A message from or to outside the case; its scalars become process data where it is caught.

    Of several events that wait for it, only those catch it whose process data has under each name in ``match`` what
    the message says there: of five milestones the one that was delivered.
    """

    def __init__(self, name: str, payload: str | None = None, match: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.payload = payload
        self.match = match

    def catches(self, my_task: Task, event: BpmnEvent) -> bool:
        """Return whether ``event`` is this message, meant for ``my_task``."""
        if self != event.event_definition:
            return False
        said, known = event.payload or {}, my_task.data
        return all(name in said and said[name] == known.get(name) for name in self.match)

    def throw(self, my_task: Task) -> None:
        """Leave the message for the engine to deliver; without a payload expression it carries all process data."""
        case = my_task.workflow.top_workflow
        given = my_task.data if self.payload is None else expressions.evaluate(self.payload, my_task.data, case.scope)
        if not isinstance(given, dict):
            raise refusal(self.payload or "", "the payload must be {name: value, …}", "消息内容必须是 {名称: 值, …}")
        case.record.threw(self.name, expressions.scalars(given))

    def catch(self, my_task: Task, event: BpmnEvent | None = None) -> None:
        """Keep what the message brought until the event runs."""
        my_task.internal_data[PAYLOAD] = dict(event.payload or {}) if event is not None else {}
        my_task.internal_data["event_fired"] = True

    def update_task_data(self, my_task: Task) -> None:
        """Take over what the message brought."""
        my_task.data.update(my_task.internal_data.pop(PAYLOAD, {}))

    def again(self, fired: Task) -> dict[str, Any] | None:
        """Listen for a further message."""
        return {}


class CaseSignal(SignalEventDefinition):
    """A signal within the case; it carries nothing."""

    def throw(self, my_task: Task) -> None:
        """Wake everything in the case that waits for the signal."""
        my_task.workflow.top_workflow.catch(BpmnEvent(self))

    def catch(self, my_task: Task, event: BpmnEvent | None = None) -> None:
        """Note that it came."""
        my_task.internal_data["event_fired"] = True

    def update_task_data(self, my_task: Task) -> None:
        """Nothing comes with a signal."""

    def again(self, fired: Task) -> dict[str, Any] | None:
        """Listen for a further signal."""
        return {}


class _Climbing:
    """An event that looks for its boundary event from the inside out, taking the data of its scope along."""

    code: str | None

    def throw(self, my_task: Task) -> None:
        """Throw it out of the scope in which the throwing event lies."""
        case = my_task.workflow.top_workflow
        owner = None if my_task.workflow is case else case.get_task_from_id(my_task.workflow.parent_task_id)
        raise_event(owner, cast("CaseError | CaseEscalation", self), my_task.data)

    def catch(self, my_task: Task, event: BpmnEvent | None = None) -> None:
        """Keep the data of the scope until the event runs."""
        my_task.internal_data[PAYLOAD] = dict(event.payload or {}) if event is not None else {}
        my_task.internal_data["event_fired"] = True

    def update_task_data(self, my_task: Task) -> None:
        """Take over the data of the scope."""
        my_task.data.update(my_task.internal_data.pop(PAYLOAD, {}))

    def again(self, fired: Task) -> dict[str, Any] | None:
        """Listen for a further escalation; an error always interrupts."""
        return {}


class CaseError(_Climbing, ErrorEventDefinition):
    """A BPMN error, matched by its code; a boundary event without a code catches any."""


class CaseEscalation(_Climbing, EscalationEventDefinition):
    """A BPMN escalation, matched by its code; nobody need catch it."""


def _boundary_events(activity: Task) -> list[Task]:
    host, parent = activity, activity.parent
    if isinstance(parent.task_spec, LoopTask) and parent.task_spec.task_spec == host.task_spec.name:
        host, parent = parent, parent.parent
    if not isinstance(parent.task_spec, BoundaryEventSplit):
        return []
    return [
        child
        for child in parent.children
        if isinstance(child.task_spec, BoundaryEvent) and child.state == TaskState.WAITING
    ]


def _forget_item(activity: Task, data: dict[str, Any]) -> None:
    """Leave an instance's own item inside its repetition."""
    repetition = activity.parent.task_spec
    item = getattr(repetition, "input_item", None)
    if item is not None and repetition.task_spec == activity.task_spec.name:
        data.pop(item.bpmn_id, None)


def raise_event(activity: Task | None, definition: CaseError | CaseEscalation, data: dict[str, Any]) -> bool:
    """Let the nearest boundary event catch ``definition``: on ``activity``, else on what it lies in, and so on.

    Returns whether one caught it.
    """
    data = dict(data)
    while activity is not None:
        _forget_item(activity, data)
        for wanted in (definition.code, None):
            for event in _boundary_events(activity):
                caught = event.task_spec.event_definition
                if isinstance(caught, type(definition)) and caught.code == wanted:
                    event.task_spec.catch(event, BpmnEvent(definition, payload=data))
                    event.task_spec._update(event)
                    return True
        workflow = activity.workflow
        case = workflow.top_workflow
        activity = None if workflow is case else case.get_task_from_id(workflow.parent_task_id)
    return False
