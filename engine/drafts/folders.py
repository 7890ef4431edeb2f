"""A folder of processes (kept in Git, say) and the releases, in step both ways.

A folder that was written by an export says in ``.ltc-release`` which release it is; any other is taken for what was
last deployed from a folder. So a deployment knows what changed in the folder, and what was published meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.checks import Known
from engine.directory import Actor
from engine.drafts.checking import must_be_sound
from engine.drafts.records import Draft
from engine.errors import Conflict as Refused
from engine.errors import InvalidInput
from engine.merging import Conflict, Joined, join
from engine.releases import contents, operations
from engine.releases import queries as releases
from engine.releases.operations import read_folder
from engine.releases.records import Release

MARKER = ".ltc-release"
_ROUNDS = 8


class FolderConflicts(Refused):
    """The folder and what was published meanwhile change the same things."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        self.conflicts = conflicts
        super().__init__(conflicts=[each.key for each in conflicts])


class NoDiagrams(InvalidInput):
    """The folder holds no diagrams: name the one with the .bpmn files."""


class FolderChanged(Refused):
    """The folder holds changes that no release knows."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """The release that is current now, and what of it was published meanwhile and is not in the folder."""

    release: Release
    from_others: tuple[str, ...] = ()


def deploy_folder(
    session: Session,
    files: Mapping[str, bytes],
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    marker: str | None = None,
    prefer: str | None = None,
    known: Known | None = None,
) -> Deployed:
    """Make the files of a folder the current release, together with what was published meanwhile.

    ``marker`` is what the folder's ``.ltc-release`` says. ``prefer`` (``mine``: the folder, ``theirs``: what was
    published) decides where both changed the same. Raises ``FolderConflicts`` otherwise, ``ReleaseRefused`` with every
    finding of the checks, ``NoDiagrams``, ``InvalidInput`` for a folder that another installation wrote.
    """
    operations.wait_for_other_deployments(session)
    wanted = _wanted(session, files, marker, prefer)
    if wanted is None:
        return Deployed(releases.current(session))
    _prove(session, wanted, known)
    release = operations.deploy(session, wanted, by=by, now=now, note=note)
    if wanted == dict(files):
        return Deployed(release)
    contents.store(session, files.values())
    release.folder_hashes = {path: contents.sha256(content) for path, content in files.items()}
    others = [path for path in wanted.keys() | files.keys() if wanted.get(path) != files.get(path)]
    return Deployed(release, tuple(sorted(others)))


def prove_folder(
    session: Session,
    files: Mapping[str, bytes],
    *,
    marker: str | None = None,
    prefer: str | None = None,
    known: Known | None = None,
) -> None:
    """Hold what :func:`deploy_folder` would release to the checks, which take seconds, and change nothing.

    Deploying asks again and then knows the answer: nobody who writes has to wait for it. Raises what it raises.
    """
    wanted = _wanted(session, files, marker, prefer)
    if wanted is not None:
        _prove(session, wanted, known)


def _prove(session: Session, files: Mapping[str, bytes], known: Known | None) -> None:
    """Hold new files to the checks; what is current already was held to those of its day."""
    digest = contents.digest({path: contents.sha256(content) for path, content in files.items()})
    if digest != session.scalar(sa.select(Release.digest).order_by(Release.number.desc()).limit(1)):
        must_be_sound(files, known)


def _wanted(
    session: Session, files: Mapping[str, bytes], marker: str | None, prefer: str | None
) -> Mapping[str, bytes] | None:
    """Return the files of the release that a folder asks for, ``None`` when there is nothing to release."""
    if not any(path.endswith(".bpmn") for path in files):
        raise NoDiagrams
    base = _base(session, marker)
    if base is None:
        return files
    current = releases.current(session)
    before = _as_deployed(session, base)
    if dict(files) == before:
        return None
    published = releases.files(session, current.id)
    if dict(files) == published:
        return None
    if current.id == base.id and base.folder_hashes is None:
        return files
    return _joined(before, files, published, prefer).files


def _base(session: Session, marker: str | None) -> Release | None:
    """Return the release that the folder was before it was changed; ``None`` before the first one."""
    newest = sa.select(Release).order_by(Release.number.desc()).limit(1)
    if marker is not None:
        digest = marker.split()[-1] if marker.split() else ""
        found = session.scalar(newest.where(Release.digest == digest))
        if found is None:
            raise InvalidInput(folder=marker[:80], problem="the folder was written by another installation")
        return found
    made_of_drafts = sa.select(Draft.release_id).where(Draft.release_id.is_not(None))
    of_folders = sa.or_(Release.id.not_in(made_of_drafts), Release.folder_hashes.is_not(None))
    return session.scalar(newest.where(of_folders))


def _as_deployed(session: Session, base: Release) -> dict[str, bytes]:
    """Return what the folder held when ``base`` was made of it."""
    if base.folder_hashes is None:
        return releases.files(session, base.id)
    kept = contents.load(session, base.folder_hashes.values())
    return {path: kept[sha] for path, sha in base.folder_hashes.items()}


def _joined(
    base: Mapping[str, bytes], folder: Mapping[str, bytes], published: Mapping[str, bytes], prefer: str | None
) -> Joined:
    choices: dict[str, str] = {}
    joined = join(base, folder, published)
    for _ in range(_ROUNDS):
        if not joined.conflicts or prefer is None:
            break
        choices |= {each.key: prefer for each in joined.conflicts}
        joined = join(base, folder, published, choices)
    if joined.conflicts:
        raise FolderConflicts(joined.conflicts)
    return joined


def read_marker(folder: Path) -> str | None:
    """Return what a folder says of the release it is, ``None`` when it says nothing."""
    marker = folder / MARKER
    return marker.read_text("utf-8").strip() if marker.is_file() else None


def write_marker(folder: Path, release: Release) -> None:
    """Write down which release a folder is."""
    (folder / MARKER).write_text(f"{release.number} {release.digest}\n", "utf-8")


def export_folder(session: Session, release: Release, folder: Path, *, overwrite: bool = False) -> list[str]:
    """Write exactly the bytes of a release into a folder; return the paths that were written or deleted.

    Other files of the folder stay, apart from diagrams, tables, forms and scenarios that the release does not have.
    Raises ``FolderChanged`` when the folder holds changes that no release knows, unless ``overwrite``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there, wanted = read_folder(folder), releases.files(session, release.id)
    if there and there != wanted and not overwrite and not _is_known(session, there):
        changed = sorted(path for path in there.keys() | wanted.keys() if there.get(path) != wanted.get(path))
        raise FolderChanged(folder=str(folder), files=changed[:20])
    written = []
    for path, content in wanted.items():
        if there.get(path) != content:
            _write(folder, path, content)
            written.append(path)
    for path in sorted(there.keys() - wanted.keys()):
        (folder / path).unlink()
        written.append(path)
    write_marker(folder, release)
    return sorted(written)


def _is_known(session: Session, files: Mapping[str, bytes]) -> bool:
    digest = contents.digest({path: contents.sha256(content) for path, content in files.items()})
    if session.scalar(sa.select(sa.exists().where(Release.digest == digest))):
        return True
    deployed = session.scalars(sa.select(Release.folder_hashes).where(Release.folder_hashes.is_not(None)))
    return any(contents.digest(hashes) == digest for hashes in deployed if hashes)


def _write(folder: Path, path: str, content: bytes) -> None:
    """Write one file at once, so that a crash leaves the old one or the new one."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise InvalidInput(file=path)
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.half-written")
    half.write_bytes(content)
    half.replace(target)
