"""The stories of a draft: played in the background before it is published, and what became of them.

Only what changed is played: a result holds for every draft in which the story and all that it touched are the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import reading, transaction
from engine.directory import Actor
from engine.drafts import queries
from engine.drafts.operations import lock, write_down
from engine.drafts.records import IN_REVIEW, OPEN, StoryPlay
from engine.drafts.refusals import DraftNotOpen, StoriesMissing
from engine.errors import ReleaseRefused
from engine.jobs.records import OPEN as UNDER_WAY
from engine.jobs.records import STORIES, Job
from engine.releases import queries as releases
from engine.room import EngineRoom, JobQueue
from engine.scenarios.results import Standings, Told, keep, standings

log = logging.getLogger("ltc.stories")

ANOTHER_CONTENT, CANNOT_RUN = "another content", "cannot run"
"""Why a play ended early: the draft was changed, or its diagrams cannot run at all."""
AHEAD_AFTER = timedelta(minutes=1)
"""So long after a draft was opened its release is played: somebody draws by then, or only wanted to look."""


class Player(Protocol):
    """Plays stories, each in a company of its own that is thrown away."""

    def play(self, files: Mapping[str, bytes], stories: Sequence[str]) -> Iterator[Told]:
        """Yield how each of the ``stories`` (paths in ``files``) went, one after the other.

        Raises ``ReleaseRefused`` when the files cannot run.
        """
        ...

    def stop(self) -> None:
        """Break off what is being played now: ``play`` raises."""
        ...


def ask(session: Session, draft_id: int, *, by: Actor, now: datetime, jobs: JobQueue) -> StoryPlay | None:
    """Have those stories of a draft played that were not played on what they are now; ``None`` if there are none.

    A play of the same content that goes on already is returned as it is; one of an older content is given up.
    Raises ``DraftNotOpen`` when the draft is published or withdrawn.
    """
    draft = lock(session, draft_id, to_edit=False)
    if draft.status not in {OPEN, IN_REVIEW}:
        raise DraftNotOpen(draft=draft_id, status=draft.status)
    digest = queries.digest(session, draft)
    before = going_on(session, draft_id)
    if before is not None:
        if before.digest == digest and is_alive(session, before):
            return before
        before.ended_at, before.problem = now, ANOTHER_CONTENT
        session.flush()
    if not standings(session, queries.files(session, draft)).waiting:
        return None
    play = StoryPlay(draft_id=draft_id, digest=digest, asked_by=by.user_id, asked_at=now)
    session.add(play)
    session.flush()
    play.job_id = jobs.enqueue(session, STORIES, play=play.id)
    write_down(session, draft, "stories_asked", by=by, now=now)
    return play


def play_ahead(session: Session, release_id: int, *, jobs: JobQueue) -> None:
    """Have the stories of a release played soon, as far as nobody knows how they go.

    A draft that begins with it then waits only for the stories that it changes.
    """
    jobs.enqueue(session, STORIES, delay=AHEAD_AFTER, release=release_id)


def going_on(session: Session, draft_id: int) -> StoryPlay | None:
    """Return the play of a draft that did not end yet."""
    return session.scalar(sa.select(StoryPlay).where(StoryPlay.draft_id == draft_id, StoryPlay.ended_at.is_(None)))


def is_alive(session: Session, play: StoryPlay) -> bool:
    """Return whether the job of a play is still to run: one that failed for good waits for an administrator."""
    return session.scalar(sa.select(Job.status).where(Job.id == play.job_id)) in UNDER_WAY


def last(session: Session, draft_id: int) -> StoryPlay | None:
    """Return the play of a draft that was asked for last."""
    query = sa.select(StoryPlay).where(StoryPlay.draft_id == draft_id).order_by(StoryPlay.id.desc()).limit(1)
    return session.scalar(query)


def must_have_gone(session: Session, files: Mapping[str, bytes]) -> Standings:
    """Return how the stories of ``files`` stand; raises ``StoriesMissing`` unless each was played and went as told."""
    found = standings(session, files)
    if found.waiting or found.failing:
        raise StoriesMissing([each.story.file for each in found.failing], [each.story.file for each in found.waiting])
    return found


class PlayStories:
    """The background work that :func:`ask` and :func:`play_ahead` ask for; implements :class:`engine.room.Errand`.

    Each result is kept as soon as it is known: work that was broken off goes on where it stopped.
    """

    def __init__(self, player: Player) -> None:
        self._player = player

    def __call__(self, ids: Mapping[str, Any], *, room: EngineRoom, factory: sessionmaker[Session]) -> None:
        """Play what ``ids["play"]`` asked for, unless it is over or its draft was changed meanwhile.

        With ``ids["release"]`` play ahead what is current there.
        """
        if "release" in ids:
            self._play_ahead(int(ids["release"]), room, factory)
            return
        play_id = int(ids["play"])
        with reading(factory) as session:
            play = session.get_one(StoryPlay, play_id)
            draft = queries.get(session, play.draft_id)
            files, digest = queries.files(session, draft), queries.digest(session, draft)
            waiting = {each.story.file: each.key for each in standings(session, files).waiting}
        if play.ended_at is not None:
            return
        problem = None
        if digest != play.digest:
            problem = ANOTHER_CONTENT
        elif waiting:
            problem = self._play(
                files, waiting, room, factory, lambda db: db.get_one(StoryPlay, play_id).ended_at is None
            )
        with transaction(factory) as session:
            _end(session, play_id, problem, now=room.clock.now())

    def _play_ahead(self, release_id: int, room: EngineRoom, factory: sessionmaker[Session]) -> None:
        """Play the stories of a release until somebody asks for those of a draft, which takes up where this stopped."""
        with reading(factory) as session:
            files = releases.files(session, release_id)
            waiting = {each.story.file: each.key for each in standings(session, files).waiting}
            is_free = _nobody_asks(session)
        if waiting and is_free:
            self._play(files, waiting, room, factory, _nobody_asks)

    def _play(
        self,
        files: Mapping[str, bytes],
        waiting: Mapping[str, str],
        room: EngineRoom,
        factory: sessionmaker[Session],
        goes_on: Callable[[Session], bool],
    ) -> str | None:
        """Play the stories of ``waiting`` (their key by path) as long as it ``goes_on``; return why it ended early."""
        try:
            for told in self._player.play(files, list(waiting)):
                with transaction(factory) as session:
                    keep(session, files, waiting[told.story], told, now=room.clock.now())
                    if not goes_on(session):
                        return ANOTHER_CONTENT
        except ReleaseRefused as refused:
            log.info("stories cannot be played: %s", refused)
            return CANNOT_RUN
        return None

    def stop(self) -> None:
        """Break off: the job is tried again later."""
        self._player.stop()


def _nobody_asks(session: Session) -> bool:
    """Return whether no play of a draft is asked for or goes on."""
    return session.scalar(sa.select(StoryPlay.id).where(StoryPlay.ended_at.is_(None)).limit(1)) is None


def _end(session: Session, play_id: int, problem: str | None, *, now: datetime) -> None:
    play = session.scalar(sa.select(StoryPlay).where(StoryPlay.id == play_id).with_for_update())
    if play is None or play.ended_at is not None:
        return
    play.ended_at, play.problem = now, problem
    session.flush()
