"""What no database can hold is refused at the door, before it fails halfway through a step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import InvalidAnswers

LARGEST_INTEGER = 2**63 - 1
"""What fits into a ``BIGINT`` on both databases."""

DEEPEST = 20

SCALARS = (str, int, float, type(None))
"""Most values, and known at once; asking whether something is a ``Mapping`` takes ten times as long."""

Path = tuple[str, ...]


def check_storable(answers: Mapping[str, Any]) -> None:
    """Refuse what one of the databases cannot hold: NUL, half characters, NaN, huge numbers, bottomless nesting.

    Raises ``InvalidAnswers`` with ``text``, ``number``, ``depth`` or ``type`` by field path.
    """
    errors: dict[str, list[str]] = {}
    for path, code in _unstorable(dict(answers), ()):
        errors.setdefault(".".join(path), []).append(code)
    if errors:
        raise InvalidAnswers(errors)


def _unstorable(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if len(path) > DEEPEST:
        yield path[:DEEPEST], "depth"
    elif not isinstance(value, SCALARS) and isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str) and _is_text(key):
                yield from _unstorable(inner, (*path, key))
            else:
                yield path, "text"
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, (*path, str(index)))
    else:
        code = _wrong_scalar(value)
        if code:
            yield path, code


def _wrong_scalar(value: Any) -> str | None:
    if isinstance(value, str):
        return None if _is_text(value) else "text"
    if isinstance(value, float):
        return None if math.isfinite(value) else "number"
    if isinstance(value, int):
        return None if abs(value) <= LARGEST_INTEGER else "number"
    return None if value is None else "type"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value
