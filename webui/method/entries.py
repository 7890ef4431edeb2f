"""The entries of the method page, read from ``method.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from engine.text import Text

METHOD = Path(__file__).with_name("method.yaml")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to know; ``ids`` are the lines of the checklist that it puts before a reader."""

    ids: tuple[str, ...]
    title: Text
    text: Text

    @property
    def anchor(self) -> str:
        """Where on the page it stands."""
        return self.ids[0].lower()


@dataclass(frozen=True, slots=True)
class Chapter:
    """Entries about one part of the method."""

    title: Text
    entries: tuple[Entry, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return the method page from top to bottom."""
    return tuple(
        Chapter(
            Text(**chapter["title"]),
            tuple(
                Entry(tuple(each["ids"]), Text(**each["title"]), Text(**each["text"])) for each in chapter["entries"]
            ),
        )
        for chapter in yaml.safe_load(METHOD.read_text("utf-8"))
    )
