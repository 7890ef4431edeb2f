"""Reading drafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.drafts.records import (
    APPROVED,
    IN_REVIEW,
    OPEN,
    Draft,
    DraftComment,
    DraftEvent,
    DraftFile,
    DraftReview,
)
from engine.errors import NotFound
from engine.releases import contents
from engine.releases import queries as releases
from engine.releases.records import Release

LISTED = 100
EDITING = ("saved", "deleted", "taken_back", "merged", "restored")
"""The events by which somebody becomes one of those who worked on a draft."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it stands in a draft: ``sha256`` of its content (``None``: deleted) and of the base's, if it has it."""

    path: str
    sha256: str | None
    base_sha256: str | None
    version: int

    @property
    def is_changed(self) -> bool:
        """Whether the draft differs from its base here."""
        return self.sha256 != self.base_sha256


def get(session: Session, draft_id: int) -> Draft:
    """Return a draft; raises ``NotFound``."""
    draft = session.get(Draft, draft_id)
    if draft is None:
        raise NotFound(draft=draft_id)
    return draft


def states(session: Session, draft: Draft) -> dict[str, FileState]:
    """Return every file of the draft by its path, deleted ones too: two statements, no contents."""
    base = releases.hashes(session, draft.base_release_id)
    found = {path: FileState(path, sha, sha, 0) for path, sha in base.items()}
    for row in session.scalars(sa.select(DraftFile).where(DraftFile.draft_id == draft.id)):
        found[row.path] = FileState(row.path, row.sha256, base.get(row.path), row.version)
    return dict(sorted(found.items()))


def state(session: Session, draft: Draft, path: str) -> FileState:
    """Return one file of the draft; what neither the draft nor its base ever had is deleted, at version 0."""
    base = releases.hashes(session, draft.base_release_id).get(path)
    row = session.get(DraftFile, (draft.id, path))
    return FileState(path, base, base, 0) if row is None else FileState(path, row.sha256, base, row.version)


def present(found: Mapping[str, FileState]) -> dict[str, str]:
    """Return the hash of each content that the draft has, by its path."""
    return {path: each.sha256 for path, each in found.items() if each.sha256 is not None}


def files(session: Session, draft: Draft) -> dict[str, bytes]:
    """Return the contents of all files of the draft by their path: what a release made of it now would hold."""
    hashes = present(states(session, draft))
    by_hash = contents.load(session, hashes.values())
    return {path: by_hash[sha] for path, sha in hashes.items()}


def digest(session: Session, draft: Draft) -> str:
    """Return the hash over all paths and contents of the draft, as the release made of it would carry."""
    return contents.digest(present(states(session, draft)))


def file(session: Session, draft: Draft, path: str) -> tuple[FileState, bytes]:
    """Return one file of the draft with its content; raises ``NotFound``."""
    found = state(session, draft, path)
    if found.sha256 is None:
        raise NotFound(draft=draft.id, file=path)
    return found, contents.load(session, [found.sha256])[found.sha256]


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft in a list: with the number of its base release, of the release made of it, and of its open comments."""

    draft: Draft
    base_number: int
    release_number: int | None
    comments: int


def listing(session: Session, statuses: Collection[str] = (OPEN, IN_REVIEW), *, limit: int = LISTED) -> list[Listed]:
    """Return drafts in one of ``statuses``, the most recently changed first, in one statement."""
    base, made = sa.orm.aliased(Release), sa.orm.aliased(Release)
    open_comments = (
        sa.select(sa.func.count())
        .where(DraftComment.draft_id == Draft.id, DraftComment.resolved_at.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Draft, base.number, made.number, open_comments)
        .join(base, base.id == Draft.base_release_id)
        .outerjoin(made, made.id == Draft.release_id)
        .where(Draft.status.in_(statuses))
        .order_by(Draft.updated_at.desc(), Draft.id.desc())
        .limit(limit)
    )
    return [Listed(*row) for row in rows.all()]


def of_releases(session: Session, release_ids: Collection[int]) -> dict[int, Draft]:
    """Return the draft that each of these releases was made of, by the id of the release; others have none."""
    found = session.scalars(sa.select(Draft).where(Draft.release_id.in_(list(release_ids))))
    return {each.release_id: each for each in found if each.release_id is not None}


def contributors(session: Session, draft: Draft) -> set[int]:
    """Return everybody who worked on a draft: its author, and whoever changed a file of it."""
    edited = sa.select(DraftEvent.by).where(DraftEvent.draft_id == draft.id, DraftEvent.event.in_(EDITING)).distinct()
    return {draft.author_id, *(each for each in session.scalars(edited) if each is not None)}


def history(session: Session, draft_id: int, *, before: int | None = None, limit: int = LISTED) -> list[DraftEvent]:
    """Return what happened to a draft, the latest first; ``before`` is the id of the last line seen."""
    query = sa.select(DraftEvent).where(DraftEvent.draft_id == draft_id).order_by(DraftEvent.id.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(DraftEvent.id < before)))


def version_of(session: Session, draft: Draft, path: str, version: int) -> str | None:
    """Return the hash of a file at an earlier version, ``None`` if it was deleted; raises ``NotFound``."""
    if version == 0:
        return releases.hashes(session, draft.base_release_id).get(path)
    events = session.scalars(sa.select(DraftEvent).where(DraftEvent.draft_id == draft.id, DraftEvent.path == path))
    for each in events:
        if each.detail and each.detail.get("version") == version:
            sha = each.detail.get("sha256")
            return None if sha is None else str(sha)
    raise NotFound(draft=draft.id, file=path, version=version)


def comments(session: Session, draft_id: int) -> list[DraftComment]:
    """Return the comments on a draft, open ones first, then by time."""
    query = sa.select(DraftComment).where(DraftComment.draft_id == draft_id)
    return list(session.scalars(query.order_by(DraftComment.resolved_at.is_not(None), DraftComment.id).limit(500)))


def reviews(session: Session, draft_id: int) -> list[DraftReview]:
    """Return what was said of a draft as a whole, the latest first."""
    query = sa.select(DraftReview).where(DraftReview.draft_id == draft_id)
    return list(session.scalars(query.order_by(DraftReview.id.desc()).limit(LISTED)))


def is_approved(session: Session, draft: Draft) -> bool:
    """Return whether the last verdict approves exactly what the draft is now."""
    last = next(iter(reviews(session, draft.id)), None)
    return last is not None and last.verdict == APPROVED and last.digest == digest(session, draft)
