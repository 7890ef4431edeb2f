"""Contents of files, each stored once under its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.releases.records import FileContent


def sha256(content: bytes) -> str:
    """Return the name of a content."""
    return hashlib.sha256(content).hexdigest()


def digest(hashes: Mapping[str, str]) -> str:
    """Return the hash over all paths and contents of a release, given the hash of each content by its path."""
    return sha256("\n".join(f"{sha} {path}" for path, sha in sorted(hashes.items())).encode())


def store(session: Session, contents: Iterable[bytes]) -> None:
    """Keep each content that is not kept yet; another transaction may store the same at the same time."""
    by_hash = {sha256(each): each for each in contents}
    known = set(session.scalars(sa.select(FileContent.sha256).where(FileContent.sha256.in_(by_hash))))
    missing = [{"sha256": sha, "content": by_hash[sha]} for sha in sorted(by_hash.keys() - known)]
    if missing:
        on_postgres = session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert(FileContent) if on_postgres else sqlite.insert(FileContent)
        session.execute(insert.on_conflict_do_nothing(), missing)


def load(session: Session, hashes: Iterable[str]) -> dict[str, bytes]:
    """Return contents by their hash."""
    rows = session.execute(
        sa.select(FileContent.sha256, FileContent.content).where(FileContent.sha256.in_(set(hashes)))
    )
    return dict(rows.all())
