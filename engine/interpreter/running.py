"""Running a case: one act in, one :class:`Step` out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.clock import Clock
from engine.interpreter.programs import Program, Services
from engine.interpreter.step import OpenTask, Step


def begin(
    program: Program,
    process_id: str,
    data: Mapping[str, Any],
    services: Services,
    clock: Clock,
    start_message: str | None = None,
) -> Step:
    """Start a case of ``process_id`` with ``data`` and run it until it waits.

    With ``start_message`` it starts at the message start event of that name instead of the plain start event.
    """
    raise NotImplementedError


def resume(program: Program, state: bytes, services: Services, clock: Clock) -> Run:
    """Take up a case from the ``state`` of its last step."""
    raise NotImplementedError


class Run:
    """A case that was taken up."""

    @property
    def data(self) -> dict[str, Any]:
        """The flat process data."""
        raise NotImplementedError

    def open_tasks(self) -> list[OpenTask]:
        """Return the human tasks that wait."""
        raise NotImplementedError

    def waiting_messages(self) -> list[str]:
        """Return the names of the messages that the case waits for."""
        raise NotImplementedError

    def complete(self, guid: UUID, answers: Mapping[str, Any]) -> Step:
        """Complete the human task ``guid``; only the scalars among ``answers`` become process data."""
        raise NotImplementedError

    def deliver(self, message: str, data: Mapping[str, Any]) -> Step:
        """Deliver a message."""
        raise NotImplementedError

    def refresh(self) -> Step:
        """Let the timers that are due fire."""
        raise NotImplementedError

    def finish_service(self, guid: UUID, result: Mapping[str, Any] | None) -> Step:
        """Finish an external service task with its result."""
        raise NotImplementedError

    def fail_service(self, guid: UUID, code: str) -> Step:
        """Let an external service task end with the BPMN error ``code``."""
        raise NotImplementedError

    def cancel(self) -> Step:
        """Cancel the whole case."""
        raise NotImplementedError
