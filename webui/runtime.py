"""What a view needs of the running product: the engine room, sessions of the database, and who is signed in.

``create_app`` makes one :class:`Runtime` per process; views reach it through the functions below and through nothing
else, so that everything under ``webui`` stays free of globals.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import current_app, g, request
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine import database
from engine.directory import Actor
from engine.errors import NotAllowed
from engine.room import EngineRoom
from engine.settings import Settings
from handlers.organisation.directory import OrganisationDirectory, Person

EXTENSION = "ltc"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The collaborators of this process."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    room: EngineRoom
    directory: OrganisationDirectory


def runtime() -> Runtime:
    """Return the collaborators of this process."""
    return cast("Runtime", current_app.extensions[EXTENSION])


def room() -> EngineRoom:
    """Return the engine room: clock, directory, calendar, jobs."""
    return runtime().room


def reading() -> AbstractContextManager[Session]:
    """Open a session for a page that only reads."""
    return database.reading(runtime().sessions)


def transaction() -> AbstractContextManager[Session]:
    """Open the one transaction of this request; committed when the block ends without an exception."""
    return database.transaction(runtime().sessions)


def signed_in() -> Person | None:
    """Return who is signed in, or ``None``; for public pages and the layout."""
    return cast("Person | None", g.get("signed_in"))


def current_user() -> Person:
    """Return who is signed in; only public pages may be seen without (raises ``NotAllowed`` there)."""
    user = signed_in()
    if user is None:
        raise NotAllowed
    return user


def current_actor() -> Actor:
    """Return who is signed in as the engine knows them: with groups and roles."""
    return current_user().actor


def wants_fragment() -> bool:
    """Return whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def wants_json() -> bool:
    """Return whether the client is a program that prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return request.path.startswith("/api/") or (
        accepted["application/json"] > accepted["text/html"] and accepted.best == "application/json"
    )


def local_address(address: str | None, otherwise: str) -> str:
    """Return ``address`` when it is a path of this product, so that no link can lead a person elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(address)
    return otherwise if parts.scheme or parts.netloc or "\\" in address else address
