"""What the people of a case found out: the latest answers to each of its tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.forms import Schema
from engine.inbox.attachments import of_instance
from engine.instances.queries import Event
from engine.interpreter import Program
from engine.text import Text
from webui.forms.pages import schemas
from webui.forms.shown import Names, Shown, names, shown


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table that was answered: in words, and as it was submitted, by field."""

    words: Mapping[str, str]
    given: Mapping[str, Any]


@dataclass(slots=True)
class Section:
    """What was answered at one task, under its name, ``by`` whom and when.

    ``given`` are the answers as they were submitted, ``form`` the questions and their layout.
    """

    process_id: str
    element: str
    title: Text
    answers: list[Shown]
    given: Mapping[str, Any]
    by: int | None
    at: datetime
    form: tuple[Schema, Schema]

    def words(self, name: str) -> str:
        """Return the answer to one question in words; empty when it was not answered."""
        return next((each.words for each in self.answers if each.name == name), "")

    def other_words(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Return other answers to the same questions in words, by field; they name no person, unit or file."""
        return {each.name: each.words for each in shown(*self.form, given, Names())}

    def rows(self, name: str) -> list[Row]:
        """Return the rows of one table."""
        table = next((each for each in self.answers if each.name == name), None)
        if table is None:
            return []
        return [
            Row(dict(zip(table.keys, words, strict=True)), given)
            for words, given in zip(table.rows, self.given[name], strict=True)
        ]


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
        given.append((element, form, event.submission))
    known = names(session, [(*form, said.answers) for _, form, said in given], of_instance(session, instance_id))
    return [
        Section(
            element.process_id, element.id, Text(element.name, element.label_zh), shown(*form, said.answers, known),
            said.answers, said.by, said.at, form,
        )
        for element, form, said in given
    ]  # fmt: skip


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
