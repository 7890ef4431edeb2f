"""Puts the product together for one process: the same for the web, the worker and the command line."""

from __future__ import annotations

import handlers
from engine import database
from engine.calendar import WorkingCalendar
from engine.clock import Clock, SystemClock
from engine.drafts.telling import PlayStories
from engine.jobs.queue import DurableQueue
from engine.jobs.records import STORIES
from engine.room import EngineRoom
from engine.settings import Settings
from handlers.organisation.directory import OrganisationDirectory
from webui.runtime import Runtime
from webui.telling import StoriesApart


def assemble(settings: Settings, *, clock: Clock | None = None) -> Runtime:
    """Return the collaborators for ``settings``: database, people, calendar, background work.

    Registers every service task and keeper of records first. Raises ``SettingsError`` for a database that cannot be
    used.
    """
    handlers.load()
    time = clock or SystemClock()
    engine = database.connect(settings.database_url)
    directory = OrganisationDirectory(time)
    room = EngineRoom(
        clock=time,
        directory=directory,
        calendar=WorkingCalendar(settings.zone),
        jobs=DurableQueue(time),
        errands={STORIES: PlayStories(StoriesApart(settings.zone))},
    )
    return Runtime(settings, engine, database.sessions(engine, settings.zone), room, directory)
