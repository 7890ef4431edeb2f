"""What a document says, as data without a language: every text in both, amounts in fen, dates as dates.

A document is built from a record (:mod:`handlers.documents.sources`), shown as a page or as PDF
(``webui/documents``), and kept with its case as it was (:mod:`handlers.documents.operations`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.text import Text


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(_Said):
    """An amount in fen."""

    fen: int


class Day(_Said):
    """A day of the calendar."""

    day: date


class Moment(_Said):
    """A point in time."""

    at: datetime


class Several(_Said):
    """Values that stand side by side."""

    values: tuple[Value, ...]


Value = str | Text | Money | Day | Moment | Several
"""One value: ``str`` is what somebody typed, or a number; it is the same in every language."""

Several.model_rebuild()

NOTHING = ""


class Fact(_Said):
    """A label with its value."""

    label: Text
    value: Value


class Facts(_Said):
    """Facts below each other."""

    part: Literal["facts"] = "facts"
    title: Text | None = None
    rows: tuple[Fact, ...]


class Prose(_Said):
    """Running text; line breaks are kept."""

    part: Literal["prose"] = "prose"
    title: Text | None = None
    text: Value


class Table(_Said):
    """Rows below headings; ``under`` what stands before it, it has a smaller title."""

    part: Literal["table"] = "table"
    title: Text | None = None
    under: bool = False
    columns: tuple[Text, ...]
    rows: tuple[tuple[Value, ...], ...]


class Cell(_Said):
    """One cell of the nine-cell board: its key (``R1`` … ``C3``) and what was found out there."""

    key: str
    lines: tuple[Value, ...] = ()


class NineCells(_Said):
    """The guidance path of one decision-maker: R, I, C by open question, control question, confirmation."""

    part: Literal["nine"] = "nine"
    title: Text | None = None
    cells: tuple[Cell, ...]


class Axis(_Said):
    """One direction of a radar with its value, 0 to ``Radar.most``; ``None`` where nothing was said."""

    label: Text
    value: float | None


class Radar(_Said):
    """A few scores as a picture."""

    part: Literal["radar"] = "radar"
    title: Text | None = None
    axes: tuple[Axis, ...]
    most: int = 5


class Signature(_Said):
    """A line to sign on: whose it is, who decided or confirmed there and when, as far as that is known."""

    role: Text
    name: Value = NOTHING
    at: Moment | Day | None = None


class Signatures(_Said):
    """Lines to sign on."""

    part: Literal["signatures"] = "signatures"
    title: Text | None = None
    lines: tuple[Signature, ...]


Part = Annotated[Facts | Prose | Table | NineCells | Radar | Signatures, Field(discriminator="part")]


class Document(_Said):
    """One document: its kind, what it is about, and its parts from top to bottom."""

    kind: str
    title: Text
    number: str
    subject: str
    parts: tuple[Part, ...]

    def content(self) -> dict[str, object]:
        """Return the document as plain JSON."""
        return self.model_dump(mode="json")

    @classmethod
    def read(cls, content: object) -> Document:
        """Return the document that :meth:`content` made."""
        return cls.model_validate(content)


def fingerprint(content: object) -> str:
    """Return the SHA-256 of a document's content, however a database orders its keys."""
    exact = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(exact.encode()).hexdigest()
