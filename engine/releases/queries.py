"""Reading releases. A compiled release never changes, so each process keeps the ones it used."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from engine.database import zone_of
from engine.errors import NotFound
from engine.instances.records import RUNNING, ProcessInstance
from engine.interpreter import Program, compile_release, reopen_release
from engine.releases.records import FileContent, Release, ReleaseFile
from engine.service_tasks import catalogue

KEPT = 16
_RUNNING = ProcessInstance.status == sa.literal_column(f"'{RUNNING}'")
"""A literal: only so do both databases see that the partial index fits."""

_programs: OrderedDict[tuple[str, ZoneInfo], Program] = OrderedDict()
_digests: WeakKeyDictionary[Engine, dict[int, str]] = WeakKeyDictionary()
_lock = threading.Lock()


def current(session: Session) -> Release:
    """Return the release that new cases start with; raises ``NotFound`` before the first one was deployed."""
    release = session.scalar(sa.select(Release).order_by(Release.number.desc()).limit(1))
    if release is None:
        raise NotFound(release="current")
    return release


def get(session: Session, release_id: int) -> Release:
    """Return a release; raises ``NotFound``."""
    release = session.get(Release, release_id)
    if release is None:
        raise NotFound(release=release_id)
    return release


def listing(session: Session, *, below: int | None = None, limit: int = 50) -> list[Release]:
    """Return releases, the newest first; ``below`` is the number of the last one seen."""
    query = sa.select(Release).order_by(Release.number.desc()).limit(limit)
    return list(session.scalars(query if below is None else query.where(Release.number < below)))


def running(session: Session, release_ids: Collection[int]) -> dict[int, int]:
    """Return how many cases run on each of these releases; a release without any is left out."""
    count = sa.func.count()
    rows = session.execute(
        sa.select(ProcessInstance.release_id, count)
        .where(_RUNNING, ProcessInstance.release_id.in_(list(release_ids)))
        .group_by(ProcessInstance.release_id)
    )
    return dict(rows.all())


def hashes(session: Session, release_id: int) -> dict[str, str]:
    """Return the hash of the content of each file of a release by its path; nothing for an unknown release."""
    rows = session.execute(sa.select(ReleaseFile.path, ReleaseFile.sha256).where(ReleaseFile.release_id == release_id))
    return dict(rows.all())


def files(session: Session, release_id: int) -> dict[str, bytes]:
    """Return all files of a release by their path."""
    rows = session.execute(
        sa.select(ReleaseFile.path, FileContent.content)
        .join(FileContent, ReleaseFile.sha256 == FileContent.sha256)
        .where(ReleaseFile.release_id == release_id)
        .order_by(ReleaseFile.path)
    )
    return dict(rows.all())


def file(session: Session, release_id: int, path: str) -> bytes:
    """Return the content of one file of a release; raises ``NotFound``."""
    content = session.scalar(
        sa.select(FileContent.content)
        .join(ReleaseFile, ReleaseFile.sha256 == FileContent.sha256)
        .where(ReleaseFile.release_id == release_id, ReleaseFile.path == path)
    )
    if content is None:
        raise NotFound(release=release_id, file=path)
    return content


def program(session: Session, release_id: int) -> Program:
    """Return the compiled release, from the cache of this process if it was used before: then without a statement.

    Its days begin where those of the company do (:func:`engine.database.zone_of`).
    Raises ``NotFound`` for an unknown release.
    """
    digests = _known_digests(session)
    digest = digests.get(release_id) or session.scalar(sa.select(Release.digest).where(Release.id == release_id))
    if digest is None:
        raise NotFound(release=release_id)
    digests[release_id] = digest
    key = (digest, zone_of(session))
    return _cached(key) or _remembered(key, reopen_release(files(session, release_id), catalogue(), key[1]))


def compiled(session: Session, digest: str, files: Mapping[str, bytes]) -> Program:
    """Return the program of ``files``, whose digest is ``digest``, for the company, compiled once per process.

    Raises ``ReleaseRefused``; what was refused is not remembered.
    """
    key = (digest, zone_of(session))
    return _cached(key) or _remembered(key, compile_release(files, catalogue(), key[1]))


def _remembered(key: tuple[str, ZoneInfo], program: Program) -> Program:
    with _lock:
        _programs[key] = program
        while len(_programs) > KEPT:
            _programs.popitem(last=False)
    return program


def _cached(key: tuple[str, ZoneInfo]) -> Program | None:
    with _lock:
        if key not in _programs:
            return None
        _programs.move_to_end(key)
        return _programs[key]


def forget_on_rollback(session: Session, release_id: int) -> None:
    """Drop what is remembered of a release whose making is rolled back: the next one may get its id."""
    digests = _known_digests(session)
    event.listen(session, "after_rollback", lambda _session: digests.pop(release_id, None), once=True)


def _known_digests(session: Session) -> dict[int, str]:
    bind = session.get_bind()
    return _digests.setdefault(bind.engine if isinstance(bind, Connection) else bind, {})
