"""A job queue that only remembers: tests look at it, or run what it holds themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session


@dataclass(slots=True)
class Enqueued:
    """One piece of work as it was asked for."""

    kind: str
    instance_id: int | None
    element: str | None
    delay: timedelta | None
    ids: dict[str, Any] = field(default_factory=dict)


class RecordingQueue:
    """Stands where ``engine.jobs`` stands."""

    def __init__(self) -> None:
        self.work: list[Enqueued] = []

    def enqueue(
        self,
        session: Session,
        kind: str,
        *,
        instance_id: int | None = None,
        element: str | None = None,
        delay: timedelta | None = None,
        **ids: Any,
    ) -> int:
        """Remember the work; return its number, counted from 1."""
        self.work.append(Enqueued(kind, instance_id, element, delay, ids))
        return len(self.work)

    def of(self, kind: str) -> list[Enqueued]:
        """Return what was asked for of one kind."""
        return [each for each in self.work if each.kind == kind]
