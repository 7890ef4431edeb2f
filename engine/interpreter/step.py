"""What one run of the interpreter tells the engine: everything that must be stored, and nothing of SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a diagram as the engine needs it.

    ``properties`` are the ``spiffworkflow:property`` entries; ``lane`` is the innermost lane's id in the diagram's
    words (the lane's ``name`` in lower snake case is the role key: a lane property ``role`` wins).
    """

    id: str
    kind: str
    process_id: str
    name: str
    label_zh: str
    lane: str | None
    role: str | None
    properties: Mapping[str, str]
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A human task that waits: ``guid`` is stable for its whole life."""

    guid: UUID
    element: Element
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """An external service task that waits for its job."""

    guid: UUID
    element: Element
    handler: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageThrown:
    """A message that the diagram threw."""

    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passed:
    """An element that was entered or left; ``flows`` are the ids of the sequence flows then taken.

    ``event`` is one of ``started``, ``entered``, ``completed``, ``fired``, ``cancelled``, ``failed``, ``ended``.
    """

    element: Element
    event: str
    flows: tuple[str, ...] = ()
    detail: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Step:
    """The outcome of one act on a case, after all automatic steps that followed it.

    ``state`` is the lean, pruned blob; ``opened`` and ``closed`` the difference in open
    human tasks (``closed`` holds those taken away by an event, not the one that was completed); ``ended`` whether the
    case is over; ``next_due_at`` the earliest waiting timer (UTC).
    """

    state: bytes
    known: Callable[[], dict[str, Any]]
    opened: list[OpenTask] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)
    requested: list[ServiceRequest] = field(default_factory=list)
    withdrawn: list[UUID] = field(default_factory=list)
    thrown: list[MessageThrown] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    ended: bool = False
    next_due_at: datetime | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The flat process data, found when somebody asks: nobody does while a case just goes on."""
        return self.known()
