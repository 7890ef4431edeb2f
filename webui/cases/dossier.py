"""What the people of a case found out: the latest answers to each of its tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.inbox.attachments import of_instance
from engine.instances.queries import Event
from engine.interpreter import Program
from engine.text import Text
from webui.forms.pages import schemas
from webui.forms.shown import Shown, names, shown


@dataclass(slots=True)
class Section:
    """What was answered at one task, under its name; ``given`` are the answers as they were submitted."""

    process_id: str
    element: str
    title: Text
    answers: list[Shown]
    given: Mapping[str, Any]


def sections(session: Session, program: Program, instance_id: int, events: Sequence[Event]) -> list[Section]:
    """Return the latest answers of every task of the case, in the order in which they were given."""
    latest: dict[str, Event] = {}
    for event in events:
        if event.submission is not None and event.submission.form:
            latest.pop(event.entry.element, None)
            latest[event.entry.element] = event
    given = []
    for event in latest.values():
        element = program.element(event.entry.process_id, event.entry.element)
        assert event.submission is not None
        assert event.submission.form is not None
        form = schemas(program, event.submission.form, element.properties.get("formUiSchemaFilename"))
        given.append((element, form, event.submission.answers))
    known = names(session, [(*form, answers) for _, form, answers in given], of_instance(session, instance_id))
    return [
        Section(
            element.process_id, element.id, Text(element.name, element.label_zh), shown(*form, answers, known), answers
        )
        for element, form, answers in given
    ]


@dataclass(frozen=True, slots=True)
class Chapter:
    """What was answered in one step of a flow."""

    title: Text
    sections: list[Section]


def chapters_of(known: Iterable[Section], steps: Iterable[tuple[Text, Collection[str]]]) -> list[Chapter]:
    """Return the sections by step; a step is a title and the processes whose tasks belong to it.

    What belongs to none, because a process owner added a process, comes last. Steps without an answer are left out.
    """
    found, left = [], list(known)
    for title, processes in steps:
        inside = [each for each in left if each.process_id in processes]
        left = [each for each in left if each.process_id not in processes]
        found.append(Chapter(title, inside))
    found.append(Chapter(Text("More", "其他"), left))
    return [each for each in found if each.sections]


def rows_of(known: Iterable[Section], element: str, field: str) -> list[dict[str, Any]]:
    """Return the rows of a table that was answered at ``element``; none when nobody came there."""
    for section in known:
        if section.element == element:
            rows = section.given.get(field, [])
            return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return []
