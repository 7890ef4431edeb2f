"""What the people of a case found out about a lead: their answers by task, and the pain chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from engine.inbox.attachments import of_instance
from engine.instances.queries import Event
from engine.interpreter import Program
from engine.text import Text
from webui.forms.pages import schemas
from webui.forms.shown import Shown, names, shown

PAINS = "identify_pains"


@dataclass(slots=True)
class Section:
    """What was answered at one task, under its name."""

    element: str
    title: Text
    answers: list[Shown]


@dataclass(frozen=True, slots=True)
class Link:
    """One post in the pain chain, with the posts whose pain it causes below it."""

    post: str
    person: str
    pain: str
    below: list[Link]


@dataclass(slots=True)
class Dossier:
    """The latest answers to each task, in the order in which they were given."""

    sections: list[Section] = field(default_factory=list)
    chain: list[Link] = field(default_factory=list)


def dossier(session: Session, program: Program, instance_id: int, events: Sequence[Event]) -> Dossier:
    """Return the latest answers of every task of the case."""
    latest = {event.entry.element: event for event in events if event.submission is not None and event.submission.form}
    given = []
    for event in latest.values():
        element = program.element(event.entry.process_id, event.entry.element)
        assert event.submission is not None
        assert event.submission.form is not None
        form = schemas(program, event.submission.form, element.properties.get("formUiSchemaFilename"))
        given.append((element, form, event.submission.answers))
    known = names(session, [(*form, answers) for _, form, answers in given], of_instance(session, instance_id))
    sections = [
        Section(element.id, Text(element.name, element.label_zh), shown(*form, answers, known))
        for element, form, answers in given
    ]
    pains: list[dict[str, Any]] = next(
        (answers.get("pains", []) for element, _, answers in given if element.id == PAINS), []
    )
    return Dossier(sections, pain_chain(pains))


def pain_chain(pains: Sequence[Mapping[str, Any]]) -> list[Link]:
    """Return who suffers because of whom, from the roots down; a circle is cut where it closes (`ltc.md` L3).

    A pain names its cause by the post, the person, the pain or the reason of another row, as people write it.
    """
    cause = {number: _cause(pains, number) for number in range(len(pains))}
    seen: set[int] = set()

    def link(number: int) -> Link:
        seen.add(number)
        each = pains[number]
        below = [link(other) for other, its in cause.items() if its == number and other not in seen]
        return Link(str(each.get("post", "")), str(each.get("person") or ""), str(each.get("pain", "")), below)

    roots = [link(number) for number, its in cause.items() if its is None]
    return roots + [link(number) for number in cause if number not in seen]


def _cause(pains: Sequence[Mapping[str, Any]], number: int) -> int | None:
    """Return the row that ``number`` names as its cause: the one that says exactly that, else one that contains it."""
    named = _key(pains[number].get("caused_by"))
    others = [(other, _names(each)) for other, each in enumerate(pains) if other != number]
    if not named:
        return None
    for other, names_of_row in others:
        if named in names_of_row:
            return other
    return next((other for other, words in others if any(named in each or each in named for each in words)), None)


def _names(pain: Mapping[str, Any]) -> list[str]:
    return [key for name in ("post", "person", "pain", "reason") if (key := _key(pain.get(name)))]


def _key(words: Any) -> str:
    return str(words or "").strip().casefold()
