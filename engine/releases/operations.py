"""Making releases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import ReleaseRefused
from engine.findings import Finding
from engine.interpreter.refusals.xml_size import RULE as TOO_LARGE
from engine.interpreter.report import in_file
from engine.releases import contents
from engine.releases.queries import compiled, forget_on_rollback
from engine.releases.records import Release, ReleaseFile

SUFFIXES = (".bpmn", ".dmn", ".json", ".yaml")
LARGEST_FILE = 2 * 2**20
DEPLOYING = 0x4C54_4346
"""The key of the advisory lock that deployments hold on PostgreSQL; on SQLite writers take turns anyway."""


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of a processes folder by their path in it.

    Raises ``ReleaseRefused`` when some are too large.
    """
    files, refused = {}, []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in SUFFIXES:
            name = path.relative_to(folder).as_posix()
            if path.stat().st_size > LARGEST_FILE:
                refused.append(too_large(name))
                continue
            files[name] = path.read_bytes()
    if refused:
        raise ReleaseRefused(refused)
    return files


def too_large(name: str) -> Finding:
    """Return the finding for a file that is not read at all."""
    most = LARGEST_FILE // 2**20
    return in_file(TOO_LARGE, name, (f"The file is larger than {most} MB.", f"文件超过 {most} MB。"))


def deploy(session: Session, files: Mapping[str, bytes], *, by: Actor, now: datetime, note: str = "") -> Release:
    """Make ``files`` the current release; what is current already is returned as it is.

    Raises ``ReleaseRefused`` with every finding; the running release then stays.
    """
    wait_for_other_deployments(session)
    current = session.scalar(sa.select(Release).order_by(Release.number.desc()).limit(1))
    hashes = {path: contents.sha256(content) for path, content in files.items()}
    digest = contents.digest(hashes)
    if current is not None and current.digest == digest:
        return current
    compiled(session, digest, files)
    release = Release(
        number=current.number + 1 if current else 1, digest=digest, note=note, created_at=now, created_by=by.user_id
    )
    session.add(release)
    session.flush()
    forget_on_rollback(session, release.id)
    contents.store(session, files.values())
    session.add_all(ReleaseFile(release_id=release.id, path=path, sha256=sha) for path, sha in hashes.items())
    session.flush()
    return release


def wait_for_other_deployments(session: Session) -> None:
    """Several processes may start with the same new folder at once: the second finds what the first has made."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(DEPLOYING)))
