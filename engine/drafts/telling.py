"""The stories of a draft: played in the background before it is published, and what became of them.

Only what changed is played: a result holds for every draft in which the story and all that it touched are the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
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
from engine.room import EngineRoom, JobQueue
from engine.scenarios.results import Standings, Told, keep, standings

log = logging.getLogger("ltc.stories")

ANOTHER_CONTENT, CANNOT_RUN = "another content", "cannot run"
"""Why a play ended early: the draft was changed, or its diagrams cannot run at all."""


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
    """The background work that :func:`ask` asks for; implements :class:`engine.room.Errand`.

    Each result is kept as soon as it is known: work that was broken off goes on where it stopped.
    """

    def __init__(self, player: Player) -> None:
        self._player = player

    def __call__(self, ids: Mapping[str, Any], *, room: EngineRoom, factory: sessionmaker[Session]) -> None:
        """Play what ``ids["play"]`` asked for, unless it is over or its draft was changed meanwhile."""
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
            problem = self._play(play_id, files, waiting, room, factory)
        with transaction(factory) as session:
            _end(session, play_id, problem, now=room.clock.now())

    def _play(
        self,
        play_id: int,
        files: Mapping[str, bytes],
        waiting: Mapping[str, str],
        room: EngineRoom,
        factory: sessionmaker[Session],
    ) -> str | None:
        """Play the stories of ``waiting`` (their key by path); return why it ended early, if it did."""
        try:
            for told in self._player.play(files, list(waiting)):
                with transaction(factory) as session:
                    keep(session, files, waiting[told.story], told, now=room.clock.now())
                    if session.get_one(StoryPlay, play_id).ended_at is not None:
                        return ANOTHER_CONTENT
        except ReleaseRefused as refused:
            log.info("the stories of play %s cannot be played: %s", play_id, refused)
            return CANNOT_RUN
        return None

    def stop(self) -> None:
        """Break off: the job is tried again later."""
        self._player.stop()


def _end(session: Session, play_id: int, problem: str | None, *, now: datetime) -> None:
    play = session.scalar(sa.select(StoryPlay).where(StoryPlay.id == play_id).with_for_update())
    if play is None or play.ended_at is not None:
        return
    play.ended_at, play.problem = now, problem
    session.flush()
