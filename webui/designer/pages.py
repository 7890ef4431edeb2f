"""The blueprint of the designer, and what its three pages have in common."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, request
from sqlalchemy.orm import Session

from engine.drafts import queries
from engine.errors import InvalidInput, NotFound
from engine.releases import contents as stored
from engine.text import Text
from webui.releases.contents import title_of

blueprint = Blueprint("designer", __name__, template_folder="templates", url_prefix="/designer")

LARGEST = 2_000_000
"""Of one file, in characters."""


class Opened(NamedTuple):
    """A file of a draft as a page of the designer shows it; ``others`` are the files of its kind, each with a title."""

    draft_id: int
    title: str
    path: str
    editable: bool
    others: list[tuple[str, Text]]


def opened(session: Session, draft_id: int, path: str, ending: str) -> Opened:
    """Return the file ``path`` of a draft for a page; raises ``NotFound`` for one that the draft has not."""
    draft = queries.get(session, draft_id)
    there = queries.present(queries.states(session, draft))
    if path not in there:
        raise NotFound(draft=draft_id, file=path)
    alike = {each: sha for each, sha in there.items() if each.endswith(ending)}
    by_hash = stored.load(session, alike.values())
    others = [(each, title_of(each, by_hash[sha])) for each, sha in alike.items()]
    return Opened(draft.id, draft.title, path, draft.status == "open", others)


def body() -> dict[str, Any]:
    """Return the JSON object that was sent; raises ``InvalidInput``."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise InvalidInput(body="a JSON object is needed")
    return given


def text(given: dict[str, Any], name: str) -> str:
    """Return a text of what was sent; raises ``InvalidInput``."""
    value = given.get(name)
    if not isinstance(value, str) or len(value) > LARGEST:
        raise InvalidInput(**{name: "text is needed"})
    return value
