"""Slows down guessing from one address, across all accounts.

An account locks itself in the database (``handlers.organisation.operations.authenticate``). This one stops a machine
that tries one password on many accounts; it counts in this process, so several processes allow a little more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

FAILURES = 20
WINDOW = timedelta(minutes=10)
ADDRESSES = 10_000


class Throttle:
    """Counts the failures of every address within the last ten minutes."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def is_shut(self, address: str, now: datetime) -> bool:
        """Return whether ``address`` must wait."""
        with self._lock:
            return len(self._recent(address, now)) >= FAILURES

    def failed(self, address: str, now: datetime) -> None:
        """Count one failure of ``address``."""
        with self._lock:
            self._recent(address, now).append(now)
            self._failures.move_to_end(address)
            while len(self._failures) > ADDRESSES:
                self._failures.popitem(last=False)

    def _recent(self, address: str, now: datetime) -> deque[datetime]:
        found = self._failures.setdefault(address, deque(maxlen=FAILURES))
        while found and found[0] <= now - WINDOW:
            found.popleft()
        return found
