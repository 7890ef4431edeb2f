"""Running a case: one act in, one :class:`Step` out. Nothing of SpiffWorkflow leaves through this door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.clock import Clock
from engine.errors import CaseStuck, MessageNotExpected, ProcessNotFound, WorkItemAlreadyDone
from engine.interpreter import expressions, lean_state, pruning
from engine.interpreter.activities import HandlerTask
from engine.interpreter.cases import Case
from engine.interpreter.events import DUE, CaseMessage
from engine.interpreter.facts import facts_of
from engine.interpreter.programs import Program, Services
from engine.interpreter.release import SCHEMA
from engine.interpreter.step import OpenTask, Step


def begin(
    program: Program,
    process_id: str,
    data: Mapping[str, Any],
    services: Services,
    clock: Clock,
    start_message: str | None = None,
) -> Step:
    """Start a case of ``process_id`` with the scalars of ``data`` and run it until it waits or is over.

    With ``start_message`` it starts at the message start event of that name instead of the plain start event.
    Raises ``ProcessNotFound``; ``MessageNotExpected`` when the process has no such start event; what a handler raises.
    """
    program.process(process_id)
    start_event = program.start_event(process_id, start_message)
    if start_event is None:
        if start_message is None:
            raise ProcessNotFound(process_id=process_id, reason="it starts by message only")
        raise MessageNotExpected(process_id=process_id, message=start_message)

    def first(case: Case) -> None:
        case.record.note(program.element(process_id, process_id), "started")
        case.task_tree.data.update(expressions.scalars(data))

    with _only_our_errors(process_id):
        case = Case(program, process_id, services, clock, start_event=start_event)
        return Run(case)._act(first)


def resume(program: Program, state: bytes, services: Services, clock: Clock) -> Run:
    """Take up a case from the ``state`` of its last step; raises ``StateUnreadable``."""
    return Run(lean_state.load(program, state, services, clock))


class Run:
    """A case that was taken up: good for any number of questions and for one act."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._open = case.open_tasks()

    @property
    def data(self) -> dict[str, Any]:
        """The flat process data as of now, running sub-processes included."""
        return _data(self._case)

    def open_tasks(self) -> list[OpenTask]:
        """Return the human tasks that wait."""
        return [_open_task(self._case, task) for task in self._open.values()]

    def waiting_messages(self) -> list[str]:
        """Return the names of the messages that the case waits for, each once."""
        return sorted({message.name for message in self._messages()})

    def wanted_messages(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the messages that the case waits for, and what each must say to be meant for who waits."""
        found: list[tuple[str, dict[str, Any]]] = []
        for task in self._case.event_manager.tasks.values():
            for message in _messages_of(task.task_spec.event_definition):
                wanted = (message.name, {name: task.data.get(name) for name in message.match})
                if wanted not in found:
                    found.append(wanted)
        return sorted(found, key=lambda each: (each[0], repr(each[1])))

    def _messages(self) -> Iterator[CaseMessage]:
        for task in self._case.event_manager.tasks.values():
            yield from _messages_of(task.task_spec.event_definition)

    def awaits(self, message: str, data: Mapping[str, Any]) -> bool:
        """Return whether anything in the case would catch this message with this content."""
        event = BpmnEvent(CaseMessage(message), payload=expressions.scalars(data))
        return any(task.task_spec.catches(task, event) for task in self._case.event_manager.tasks.values())

    def complete(self, guid: UUID, answers: Mapping[str, Any]) -> Step:
        """Complete the human task ``guid``; only the scalars among ``answers`` become process data.

        What its form asked and nobody answered is empty then, whatever was said before.

        Raises ``WorkItemAlreadyDone`` when it is not open; what a handler behind it raises.
        """
        task = self._open.get(guid)
        if task is None:
            raise WorkItemAlreadyDone(guid=str(guid))

        def answer(case: Case) -> None:
            task.data.update(_answered(case, task, answers))
            task.run()
            case.ran(task)

        return self._act(answer, guid)

    def deliver(self, message: str, data: Mapping[str, Any]) -> Step:
        """Deliver a message to everything in the case that waits for it and that it means.

        Raises ``MessageNotExpected`` when there is no such thing.
        """
        if not self.awaits(message, data):
            raise MessageNotExpected(message=message)
        event = BpmnEvent(CaseMessage(message), payload=expressions.scalars(data))

        def receive(case: Case) -> None:
            case.event_manager.catch(event, internal=False)

        return self._act(receive)

    def refresh(self) -> Step:
        """Let the timers that are due fire; a step that changed nothing is harmless."""
        return self._act(lambda case: case.refresh_timers())

    def finish_service(self, guid: UUID, result: Mapping[str, Any] | None) -> Step:
        """Finish an external service task; the scalars of ``result`` become process data.

        Raises ``WorkItemAlreadyDone`` when it no longer waits.
        """
        task = self._job(guid)

        def finish(case: Case) -> None:
            task.data.update(expressions.scalars(result))
            task.complete()
            case.ran(task)

        return self._act(finish, guid)

    def fail_service(self, guid: UUID, code: str) -> Step:
        """Let an external service task end with the BPMN error ``code``.

        Raises ``ErrorNotCaught`` when the diagram has no boundary event for it, ``WorkItemAlreadyDone`` when the task
        no longer waits.
        """
        task = self._job(guid)

        def fail(_: Case) -> None:
            task.task_spec.fail(task, code)

        return self._act(fail, guid)

    def _job(self, guid: UUID) -> Task:
        task = self._case.resting().get(guid)
        if task is None or not isinstance(task.task_spec, HandlerTask):
            raise WorkItemAlreadyDone(guid=str(guid))
        return task

    def cancel(self) -> Step:
        """Cancel the whole case."""

        def end(case: Case) -> None:
            known = facts_of(case)
            case.cancel()
            case.data.update(known)

        return self._act(end, cancelled=True)

    def _act(self, act: Callable[[Case], object], done: UUID | None = None, *, cancelled: bool = False) -> Step:
        case = self._case
        before, open_before = case.resting(), self._open
        with _only_our_errors(case.spec.name):
            act(case)
            case.advance()
        after = case.resting()
        case.record.settle(before, after)
        if case.completed:
            process = case.program.element(case.spec.name, case.spec.name)
            case.record.note(process, "cancelled" if cancelled else "ended")
        pruning.prune(case)
        self._open = case.open_tasks()
        return Step(
            state=lean_state.dump(case),
            known=lambda: _data(case),
            opened=[_open_task(case, task) for guid, task in self._open.items() if guid not in open_before],
            closed=[guid for guid in open_before if guid not in self._open and guid != done],
            requested=[each for each in case.record.requested if each.guid in after],
            withdrawn=[
                guid
                for guid, task in before.items()
                if isinstance(task.task_spec, HandlerTask) and guid not in after and guid != done
            ],
            thrown=case.record.thrown,
            passed=case.record.passed,
            ended=case.completed,
            next_due_at=_next_due(case),
        )


@contextmanager
def _only_our_errors(process_id: str) -> Iterator[None]:
    try:
        yield
    except SpiffWorkflowException as error:
        spec = getattr(error, "task_spec", None)
        element = getattr(spec, "bpmn_id", None) or getattr(spec, "name", process_id)
        raise CaseStuck(element=element, reason=str(error)) from error


def _open_task(case: Case, task: Task) -> OpenTask:
    return OpenTask(task.id, case.element_of(task), dict(task.data))


def _answered(case: Case, task: Task, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``answers`` write into the data of ``task``."""
    element = case.element_of(task)
    questions = case.program.questions(element.process_id, element.properties.get(SCHEMA, ""))
    return expressions.scalars(answers) if questions is None else questions.facts(answers, task.data)


def _data(case: Case) -> dict[str, Any]:
    return dict(case.data) if case.completed else facts_of(case)


def _next_due(case: Case) -> datetime | None:
    due = [
        datetime.fromisoformat(task.internal_data[DUE])
        for task in case.event_manager.tasks.values()
        if task._state == TaskState.WAITING and DUE in task.internal_data
    ]
    return None if case.completed else min(due, default=None)


def _messages_of(definition: Any) -> Iterator[CaseMessage]:
    """Yield the messages among what an event waits for."""
    several = definition.event_definitions if isinstance(definition, MultipleEventDefinition) else [definition]
    yield from (each for each in several if isinstance(each, CaseMessage))
