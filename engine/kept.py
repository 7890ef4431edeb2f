"""What was worked out once and holds as long as what it was worked out from is the same: by content, and bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """Keeps results by their kind and by a key that says exactly what they depend on.

    ``most`` says how many of a kind are kept; of those, the ones not asked for longest go first.
    """

    def __init__(self, most: Mapping[str, int]) -> None:
        self._most = most
        self._found: dict[str, OrderedDict[Hashable, Any]] = {kind: OrderedDict() for kind in most}
        self._lock = threading.Lock()

    def get(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept of ``kind`` for ``key``, or ``make`` it; two at once may both make the same."""
        held = self._found[kind]
        with self._lock:
            if key in held:
                held.move_to_end(key)
                found: T = held[key]
                return found
        made = make()
        with self._lock:
            held[key] = made
            while len(held) > self._most[kind]:
                held.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            for held in self._found.values():
                held.clear()

    def counted(self) -> dict[str, int]:
        """Return how many results of each kind are kept."""
        return {kind: len(held) for kind, held in self._found.items()}


def for_checks() -> Kept:
    """Return an empty store of the size that a few drafts of one release need."""
    return Kept(
        {
            "file": 480,
            "alone": 800,
            "unread": 200,
            "form": 1_600,
            "written": 300,
            "asked": 120,
            "heard": 600,
            "passage": 1_000,
            "explored": 150,
            "table": 60,
        }
    )
