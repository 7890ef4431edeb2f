"""The session of a browser: a signed cookie that names the person and the epoch in which the person signed in.

The epoch of a user goes up when all their sessions must end (new password, deactivated), so a stolen cookie dies then.
"""

from __future__ import annotations

from flask import g, request, session

from handlers.organisation.records import User
from webui.runtime import reading, runtime

USER = "user"
EPOCH = "epoch"
WITHOUT_PERSON = frozenset({"static", "icon"})


def find_out_who_asks() -> None:
    """Before every request: read the person behind the cookie, with one statement."""
    if request.endpoint in WITHOUT_PERSON:
        return
    user_id = session.get(USER)
    if user_id is None:
        return
    with reading() as db:
        person = runtime().directory.person(db, user_id)
    if person is None or person.epoch != session.get(EPOCH):
        session.clear()
        return
    g.signed_in = person


def begin(user: User) -> None:
    """Sign ``user`` in with a fresh session, so that nothing of the stranger's session lives on."""
    session.clear()
    session.permanent = True
    session[USER] = user.id
    session[EPOCH] = user.epoch


def end() -> None:
    """Sign out."""
    session.clear()
    g.pop("signed_in", None)
