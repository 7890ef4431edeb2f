"""Where the time comes from: an argument, never a global, so that tests and scenarios can turn it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock was last set to."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by ``by``."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Set the clock to ``at`` (aware)."""
        self._at = at.astimezone(UTC)
