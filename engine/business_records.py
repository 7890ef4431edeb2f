"""Business objects (leads, opportunities, …) as the engine sees them: something a diagram feeds and gives a status.

The property ``record`` on a diagram's process names the kind; ``handlers.<domain>`` registers a keeper for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.directory import Actor


class RecordKeeper(Protocol):
    """Keeps one kind of record."""

    kind: str

    def open(
        self, session: Session, answers: Mapping[str, Any], *, unit_id: int | None, by: Actor, now: datetime
    ) -> tuple[int, str]:
        """Create the record of a new case from the first answers; return its id and the label of the case."""
        ...

    def absorb(
        self, session: Session, record_id: int, element: str, answers: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> str | None:
        """Take over what was answered at ``element``; return a new label for the case, or ``None`` to keep it."""
        ...

    def set_status(self, session: Session, record_id: int, status: str, *, by: Actor, now: datetime) -> None:
        """Give the record the status that the diagram names at the element just reached."""
        ...


_keepers: dict[str, RecordKeeper] = {}


def register_keeper(keeper: RecordKeeper) -> None:
    """Make ``keeper`` answer for its kind of record."""
    _keepers[keeper.kind] = keeper


def keeper_of(kind: str) -> RecordKeeper | None:
    """Return the keeper of ``kind``, or ``None`` when nobody keeps such records."""
    return _keepers.get(kind)


def kinds() -> tuple[str, ...]:
    """Return the kinds of records that somebody keeps."""
    return tuple(_keepers)


Objection = Callable[[Session, int, str, Mapping[str, Any]], None]
"""Raises what is wrong with a message (its name and content) about a record (its id), if the domain knows."""

_objections: dict[str, Objection] = {}


def register_objection(kind: str, objection: Objection) -> None:
    """Let ``objection`` say why a message about a record of ``kind`` is not expected: a payment without an invoice."""
    _objections[kind] = objection


def object_to(kind: str, session: Session, record_id: int, name: str, data: Mapping[str, Any]) -> None:
    """Raise what the domain of ``kind`` says against a message that no case waits for; nothing when it knows nothing.

    Asked only when the message is going to be refused anyway: the domain makes a sentence of it.
    """
    objection = _objections.get(kind)
    if objection is not None:
        objection(session, record_id, name, data)
