"""Which documents there are: each by its kind, with what it is made of and when it is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from engine.text import Text
from handlers.deciding.records import GATES as DECIDED
from handlers.documents.model import Part
from handlers.documents.sources import Sources

Builder = Callable[[Sources], Sequence[Part]]

GATES: Mapping[str, Text] = MappingProxyType(
    {
        "verdict": Text("Verification of the lead", "线索验证"),
        "handling": Text("Handling of the lead", "线索处理决策"),
        **DECIDED,
        "handover": Text("Hand-over of the contract", "合同交接"),
        "report": Text("Win/loss report", "赢单/丢单总结"),
    }
)
"""The decisions at which documents are kept, by key (`ltc.md` 2)."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document of one kind of record.

    It makes sense once something was answered at one of ``elements`` (always, if there are none); it is kept when one
    of ``gates`` is decided.
    """

    kind: str
    title: Text
    record_type: str
    elements: tuple[str, ...]
    gates: frozenset[str]
    build: Builder


_kinds: dict[str, DocumentKind] = {}


def document(
    kind: str, record_type: str, title: Text, *, elements: Collection[str] = (), kept_at: Collection[str] = ()
) -> Callable[[Builder], Builder]:
    """Register the decorated function as the one that says what a kind of document says, from top to bottom."""

    def register(build: Builder) -> Builder:
        if kind in _kinds and _kinds[kind].build is not build:
            raise ValueError(f"document {kind!r} is registered twice")
        unknown = set(kept_at) - set(GATES)
        if unknown:
            raise ValueError(f"document {kind!r} is kept at unknown gates {sorted(unknown)}")
        _kinds[kind] = DocumentKind(kind, title, record_type, tuple(elements), frozenset(kept_at), build)
        return build

    return register


def kinds() -> Mapping[str, DocumentKind]:
    """Return every kind of document."""
    return _kinds


def of_record(record_type: str) -> list[DocumentKind]:
    """Return the kinds of documents that records of this type have, in the order of the work."""
    return [each for each in _kinds.values() if each.record_type == record_type]
