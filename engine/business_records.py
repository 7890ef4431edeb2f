"""Business objects (leads, opportunities, …) as the engine sees them: something a diagram feeds and gives a status.

The property ``record`` on a diagram's process names the kind; ``handlers.<domain>`` registers a keeper for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
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
        self,
        session: Session,
        record_id: int,
        element: str,
        answers: Mapping[str, Any],
        emptied: AbstractSet[str],
        *,
        by: Actor,
        now: datetime,
    ) -> str | None:
        """Take over what was answered at ``element``, and the names that its form ``emptied``: asked, nothing said.

        Returns a new label for the case, or ``None`` to keep it.
        """
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


class Taker(Protocol):
    """Takes in what a message says about a record (its id) when no case waits for the message."""

    def __call__(
        self, session: Session, record_id: int, name: str, data: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> bool:
        """Return whether the record has it now; raise what is wrong with the message, if the domain knows."""
        ...


_takers: dict[str, Taker] = {}


def register_taker(kind: str, taker: Taker) -> None:
    """Let ``taker`` take in messages about a record of ``kind`` that no case waits for, or say why they are wrong."""
    _takers[kind] = taker


def take_in(
    kind: str, session: Session, record_id: int, name: str, data: Mapping[str, Any], *, by: Actor, now: datetime
) -> bool:
    """Return whether the domain of ``kind`` took in a message that no case waits for.

    A milestone is reported before the contract is handed over: the record keeps the report until the case asks for it.
    Otherwise the message is going to be refused: raises what the domain says against it, if it knows.
    """
    taker = _takers.get(kind)
    return taker is not None and taker(session, record_id, name, data, by=by, now=now)


_teams: dict[str, tuple[type[Any], Mapping[str, str]]] = {}


def register_team(kind: str, record: type[Any], columns: Mapping[str, str]) -> None:
    """Say in which columns of ``record`` the people stand who answer for it, by their roles in the case's team."""
    _teams[kind] = (record, columns)


def member_changed(kind: str, session: Session, record_id: int, role: str, user_id: int) -> None:
    """Let the record follow when somebody else stands in ``role`` of its case; other roles are the case's own."""
    record, columns = _teams.get(kind, (None, {}))
    found = session.get(record, record_id, with_for_update=True) if record is not None and role in columns else None
    if found is not None:
        setattr(found, columns[role], user_id)
        session.flush()


Kin = Callable[[Session, int], Iterable[tuple[str, int]]]
_kin: dict[str, Kin] = {}


def register_kin(kind: str, kin: Kin) -> None:
    """Say which other records (kind and id) belong to the same deal as a record of ``kind``."""
    _kin[kind] = kin


def deal_of(kind: str, session: Session, record_id: int) -> list[tuple[str, int]]:
    """Return the records that belong to the same deal, the one asked about first."""
    return [(kind, record_id), *(_kin[kind](session, record_id) if kind in _kin else ())]
