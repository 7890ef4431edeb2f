"""The documents of a record as a part of its page: those of now, and those that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.text import Text
from handlers.documents import catalogue, queries
from handlers.documents.subjects import SUBJECTS, sources_of
from handlers.organisation import queries as organisation
from webui.i18n import language


@dataclass(frozen=True, slots=True)
class Now:
    """A document that can be made of the record as it is."""

    kind: str
    title: Text


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it was at a decision."""

    id: int
    title: Text
    gate: Text
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Documents:
    """What the part ``documents/parts.html`` shows."""

    record_type: str
    record_id: int
    now: Sequence[Now] = ()
    kept: Sequence[Kept] = ()


def documents_of(db: Session, record_type: str, record_id: int) -> Documents:
    """Return the documents of a record for its page; whoever may see the record may see them.

    The caller has checked that the record is visible. Give the result to the template as ``documents``.
    """
    if record_type not in SUBJECTS:
        return Documents(record_type, record_id)
    known = sources_of(db, record_type, record_id)
    now = [Now(each.kind, each.title) for each in queries.fitting(known)]
    rows = queries.kept_of(db, record_type, record_id)
    names = organisation.names(db, {each.kept_by for each in rows}, language())
    kept = [
        Kept(
            each.id, title_of(each.kind), catalogue.GATES.get(each.gate, Text(each.gate, each.gate)), each.kept_at,
            names.get(each.kept_by or 0, ""),
        )
        for each in rows
    ]  # fmt: skip
    return Documents(record_type, record_id, now, kept)


def title_of(kind: str) -> Text:
    """Return what a kind of document is called; one that is no longer made keeps its key."""
    found = catalogue.kinds().get(kind)
    return found.title if found is not None else Text(kind, kind)
