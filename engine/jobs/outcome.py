"""What came of calling a handler, written down between the two steps of a job."""

from __future__ import annotations

import traceback
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST_TEXT, LONGEST_TRACE = 2_000, 20_000


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as it is kept: class, text and trace."""

    error_class: str
    text: str
    trace: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """Return ``error`` for keeping; what is too long loses its middle."""
        trace = "".join(traceback.format_exception(error))
        return cls(type(error).__name__, _shortened(str(error), LONGEST_TEXT), _shortened(trace, LONGEST_TRACE))


def _shortened(text: str, longest: int) -> str:
    clean = text.replace("\x00", "")  # PostgreSQL keeps no NUL in a text
    half = longest // 2
    return clean if len(clean) <= longest else f"{clean[:half]}\n…\n{clean[-half:]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of the first step: a result, a BPMN error ``error_code``, or a failure; or nothing to do (``stale``).

    ``changes``, ``notices`` and ``messages`` are what the handler asked for through its context.
    """

    stale: bool = False
    result: dict[str, Any] | None = None
    error_code: str | None = None
    failure: Failure | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Outcome:
        """Return what ``to_json`` wrote, also when an earlier release wrote it with fewer fields."""
        failure = stored.get("failure")
        known = {name: stored[name] for name in cls.__slots__ if name in stored}
        return cls(**{**known, "failure": Failure(**failure) if failure else None})
