"""Chaining the rows of a history: each carries the hash of the row before, so that an edited row is found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

GENESIS = b""
"""What stands before the first row."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a history is whole; if not, the first row that was changed, added or is missing."""

    rows: int
    broken_at: int | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was tampered with."""
        return self.broken_at is None


def link(head: bytes, columns: Sequence[Any], detail: Mapping[str, Any] | None) -> bytes:
    """Return the hash of a row that follows one with the hash ``head``: over its columns and its JSON document."""
    return hashlib.sha256(head + orjson.dumps([*columns, _plain(detail)], option=orjson.OPT_SORT_KEYS)).digest()


def digest(document: Mapping[str, Any]) -> str:
    """Return the hash of a JSON document, the same however a database gives it back."""
    return hashlib.sha256(orjson.dumps(_plain(document), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> Any:
    """Numbers become text: PostgreSQL's JSONB gives ``1e2`` back as ``100``, and has no ``-0.0``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict | Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return {"number": str(int(value)) if value == int(value) else repr(value)}
