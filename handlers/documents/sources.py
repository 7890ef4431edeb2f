"""What documents are made of: a record, what people answered in its cases, and the names behind the numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from engine.errors import NotFound
from engine.forms import Field, Schema, fields_of
from engine.inbox.records import Attachment, Submission, WorkItem, called
from engine.instances.records import ProcessInstance
from engine.interpreter import Program
from engine.releases import queries as releases
from engine.text import Text
from handlers.deciding.records import GateDecision
from handlers.documents.model import NOTHING, Day, Fact, Facts, Moment, Money, Part, Several, Table, Value
from handlers.lead.records import Lead
from handlers.organisation.records import OrgUnit, User

CASE = "case"
"""The record type of documents about a case that has no record, such as the lead meeting."""

YES, NO = Text("Yes", "是"), Text("No", "否")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody answered at one task; ``form`` is the name of its form, shared by tasks that ask the same."""

    element: str
    form: str
    title: Text
    schema: Schema
    ui: Schema
    answers: Mapping[str, Any]
    by: int | None
    at: datetime
    instance_id: int

    @property
    def fields(self) -> tuple[Field, ...]:
        """The questions that were asked; worked out only for what a document shows."""
        return fields_of(self.schema, self.ui, self.answers)


@dataclass(slots=True)
class Names:
    """What numbers and tokens stand for; people and units have a name in each language."""

    users: dict[int, Text] = field(default_factory=dict)
    units: Mapping[int, Text] = field(default_factory=dict)
    leads: Mapping[int, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sources:
    """Everything known of one record, read once for as many documents as are made of it."""

    session: Session
    record_type: str
    record: Any
    given: list[Given]
    names: Names
    cases: Sequence[ProcessInstance] = ()
    decided: Sequence[GateDecision] | None = None

    def latest(self, key: str) -> Given | None:
        """Return what was answered last at the element ``key``, or in the form of that name.

        The two opportunity flows ask with the same forms at different elements, so most documents name forms.
        """
        return next((each for each in reversed(self.given) if key in {each.element, each.form}), None)

    def every(self, key: str) -> list[Given]:
        """Return everything that was answered at the element ``key``, or in the form of that name, in order."""
        return [each for each in self.given if key in {each.element, each.form}]

    def has(self, keys: Collection[str]) -> bool:
        """Whether anything was answered at one of these elements or in one of these forms."""
        return any(each.element in keys or each.form in keys for each in self.given)

    def answer(self, key: str, name: str) -> Any:
        """Return one raw answer, or ``None``."""
        found = self.latest(key)
        return found.answers.get(name) if found is not None else None

    def person(self, user_id: int | None) -> Value:
        """Return the name of a person, or nothing."""
        if user_id is None:
            return NOTHING
        if user_id not in self.names.users:
            found = self.session.get(User, user_id)
            self.names.users[user_id] = Text(found.name_en, found.name_zh) if found is not None else Text("?", "?")
        return self.names.users[user_id]

    def unit(self, unit_id: int | None) -> Value:
        """Return the name of a unit, or nothing."""
        return self.names.units.get(unit_id, NOTHING) if unit_id is not None else NOTHING

    def answers(
        self, key: str, *, without: Collection[str] = (), title: Text | None = None, every: bool = False
    ) -> list[Part]:
        """Return what was answered at an element or in a form, in the order of the form and under its titles.

        A field that a process owner added appears by itself. ``every`` shows each time it was answered.
        """
        found = self.every(key)
        parts: list[Part] = []
        for each in found if every else found[-1:]:
            parts += self._parts(each, without, title)
        return parts

    def _parts(self, given: Given, without: Collection[str], title: Text | None) -> list[Part]:
        heading = title or given.title
        rows: list[Fact] = []
        below: list[Part] = []
        for each in given.fields:
            value = given.answers.get(each.name)
            if each.name in without or value is None or value in ("", []):
                continue
            if each.kind == "table":
                columns = tuple(column.label for column in each.fields)
                lines = tuple(
                    tuple(self.value(column, row.get(column.name)) for column in each.fields) for row in value
                )
                below.append(Table(title=each.label, under=True, columns=columns, rows=lines))
            else:
                rows.append(Fact(label=each.label, value=self.value(each, value)))
        if who := self.person(given.by):
            rows.append(Fact(label=Text("Filled in by", "填写人"), value=who))
        rows.append(Fact(label=Text("Filled in at", "填写时间"), value=Moment(at=given.at)))
        return [Facts(title=heading, rows=tuple(rows)), *below]

    def _row(self, table: Field, row: Mapping[str, Any]) -> tuple[Value, ...]:
        return tuple(self.value(column, row.get(column.name)) for column in table.fields)

    def value(self, question: Field, value: Any) -> Value:  # noqa: PLR0911 - one line for each kind
        """Return one answer as a value of a document."""
        if value is None:
            return NOTHING
        if question.kind == "yes_no":
            return YES if value is True else NO
        if question.kind == "money" and isinstance(value, int):
            return Money(fen=value)
        if question.kind == "date":
            return Day(day=date.fromisoformat(value))
        if question.kind in {"one", "many"}:
            labels = {str(choice.value): choice.label for choice in question.choices}
            chosen = value if isinstance(value, list) else [value]
            said: list[Value] = [labels.get(str(each), str(each)) for each in chosen]
            return said[0] if len(said) == 1 else Several(values=tuple(said))
        if question.kind == "reference":
            known: Mapping[Any, Value] = {
                "user": self.names.users,
                "unit": self.names.units,
                "lead": self.names.leads,
            }.get(str(question.schema["x-reference"]), {})  # type: ignore[assignment]
            return known.get(value, str(value))
        if question.kind == "file":
            tokens = value if isinstance(value, list) else [value]
            return Several(values=tuple(self.names.files.get(token, token) for token in tokens))
        if question.kind == "number" and question.schema.get("x-unit") == "percent":
            return f"{value} %"
        return str(value)


def gather(
    session: Session,
    record_type: str,
    record: Any,
    *,
    people: Collection[int | None] = (),
    related: Sequence[tuple[str, int]] = (),
) -> Sources:
    """Read everything about a record: five statements, however many documents are made of it.

    ``people`` are further persons whose names are wanted; ``related`` are further records whose cases count too.
    """
    about = sa.or_(*(_cases_of(kind, number) for kind, number in ((record_type, record.id), *related)))
    cases = list(
        session.scalars(
            sa.select(ProcessInstance).where(about).order_by(ProcessInstance.id).options(defer(ProcessInstance.state))
        )
    )
    programs = {each.id: releases.program(session, each.release_id) for each in cases}
    rows = session.execute(_GIVEN, {"cases": list(programs)})
    given = [_given(programs[row.instance_id], row) for row in rows]
    wanted = _wanted(given, people)
    names = Names(
        users=_names(session.execute(_USERS.where(User.id.in_(wanted["user"])))),
        units=_names(session.execute(_UNITS)),
        leads={
            number: name or str(number)
            for number, name in session.execute(sa.select(Lead.id, Lead.number).where(Lead.id.in_(wanted["lead"])))
        }
        if wanted["lead"]
        else {},
        files=dict(
            session.execute(
                sa.select(Attachment.token, Attachment.filename).where(Attachment.instance_id.in_(list(programs)))
            ).all()
        ),
    )
    return Sources(session, record_type, record, given, names, cases)


def _cases_of(kind: str, number: int) -> sa.ColumnElement[bool]:
    if kind == CASE:
        return ProcessInstance.id == number
    return sa.and_(ProcessInstance.record_type == kind, ProcessInstance.record_id == number)


_GIVEN = (
    sa.select(
        Submission.form, Submission.answers, Submission.by, Submission.at, Submission.instance_id,
        WorkItem.element, WorkItem.title_en, WorkItem.title_zh, WorkItem.subject, WorkItem.ui_form,
    )
    .join(WorkItem, WorkItem.id == Submission.work_item_id)
    .where(Submission.instance_id.in_(sa.bindparam("cases", expanding=True)))
    .order_by(Submission.id)
)  # fmt: skip
_USERS = sa.select(User.id, User.name_en, User.name_zh)
_UNITS = sa.select(OrgUnit.id, OrgUnit.name_en, OrgUnit.name_zh)


def _names(rows: Iterable[Any]) -> dict[int, Text]:
    return {number: Text(en, zh) for number, en, zh in rows}


def _given(program: Program, row: Any) -> Given:
    return Given(
        element=row.element,
        form=(row.form or "").removesuffix(".schema.json"),
        title=called(Text(row.title_en, row.title_zh), row.subject),
        schema=_form(program, row.form),
        ui=_form(program, row.ui_form),
        answers=row.answers,
        by=row.by,
        at=row.at,
        instance_id=row.instance_id,
    )


def _form(program: Program, name: str | None) -> Schema:
    try:
        return program.form(name) if name else {}
    except NotFound:
        return {}


def _wanted(given: Sequence[Given], people: Collection[int | None]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {"user": {each for each in people if each is not None}, "lead": set()}
    for each in given:
        if each.by is not None:
            found["user"].add(each.by)
        for kind, number in _references(each.schema, each.answers):
            found.setdefault(kind, set()).add(number)
    return found


def _references(schema: Any, value: Any) -> Iterator[tuple[str, int]]:
    """Yield what ``value`` names, whichever conditions of ``schema`` hold: a name too many does no harm."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, int):
        if "x-reference" in schema:
            yield str(schema["x-reference"]), value
    elif isinstance(value, list):
        for row in value:
            yield from _references(schema.get("items"), row)
    elif isinstance(value, dict):
        properties = schema.get("properties", {})
        for name, inner in value.items():
            yield from _references(properties.get(name), inner)
        branches = (schema.get("then"), schema.get("else"), *schema.get("allOf", ()))
        for branch in (*branches, *schema.get("dependentSchemas", {}).values()):
            yield from _references(branch, value)
