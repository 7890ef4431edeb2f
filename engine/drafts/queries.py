"""Reading drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.drafts.records import Draft, DraftFile
from engine.errors import NotFound
from engine.releases import contents
from engine.releases import queries as releases


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
