"""Every read of documents: those a record has now, one of them, and those that were kept."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from engine.errors import NotFound
from handlers.documents import catalogue
from handlers.documents.catalogue import DocumentKind
from handlers.documents.model import Document, fingerprint
from handlers.documents.records import KeptDocument
from handlers.documents.sources import Sources
from handlers.documents.subjects import sources_of, subject_of

MOST_KEPT = 200


def kind(record_type: str, name: str) -> DocumentKind:
    """Return a kind of document that records of this type have; raises ``NotFound``."""
    found = catalogue.kinds().get(name)
    if found is None or found.record_type != record_type:
        raise NotFound(record_type=record_type, document=name)
    return found


def fitting(known: Sources) -> list[DocumentKind]:
    """Return the kinds of documents for which something is known already, in the order of the work."""
    return [
        each for each in catalogue.of_record(known.record_type) if not each.elements or known.has(each.elements)
    ]  # fmt: skip


def built(known: Sources, wanted: DocumentKind) -> Document:
    """Return one document of a record as it is now."""
    subject = subject_of(known.record_type)
    return Document(
        kind=wanted.kind,
        title=wanted.title,
        number=subject.number(known.record),
        subject=subject.label(known.record),
        parts=tuple(wanted.build(known)),
    )


def current(session: Session, record_type: str, record_id: int, name: str) -> Document:
    """Return one document of a record as it is now.

    Raises ``NotFound`` for an unknown record or kind, and for a document of which nothing is known yet.
    """
    wanted = kind(record_type, name)
    known = sources_of(session, record_type, record_id)
    if wanted not in fitting(known):
        raise NotFound(record_type=record_type, record=record_id, document=name)
    return built(known, wanted)


def kept_of(session: Session, record_type: str, record_id: int) -> Sequence[KeptDocument]:
    """Return the kept documents of a record without their content, newest first, at most 200."""
    return session.scalars(
        sa.select(KeptDocument)
        .where(KeptDocument.record_type == record_type, KeptDocument.record_id == record_id)
        .order_by(KeptDocument.id.desc())
        .limit(MOST_KEPT)
        .options(defer(KeptDocument.content))
    ).all()


def kept(session: Session, kept_id: int) -> KeptDocument:
    """Return one kept document; raises ``NotFound``."""
    found = session.get(KeptDocument, kept_id)
    if found is None:
        raise NotFound(kept_document=kept_id)
    return found


def is_untouched(document: KeptDocument) -> bool:
    """Whether the content still has the fingerprint it was kept with."""
    return fingerprint(document.content) == document.sha256
