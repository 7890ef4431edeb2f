"""Calling the handlers of automatic steps, and applying to the case what they asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import Fault
from engine.interpreter.step import Element
from engine.service_tasks import Context, Notice, OutgoingMessage, ServiceTask, catalogue

CHANGEABLE = ("business_key", "label", "record_type", "record_id", "unit_id", "team")
"""What a handler may change of its case."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an external handler said in its context, kept until the case takes its result: only what it changed."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[Notice] = ()
    messages: Sequence[OutgoingMessage] = ()


@dataclass(slots=True)
class Case:
    """The facts of a locked instance while a step runs: handlers change them, the operation stores them at the end.

    ``revision``, ``journal_seq``, ``journal_head`` and ``next_due_at`` are those of the row as it was locked.
    """

    instance_id: int
    process_id: str
    label: str
    started_by: int | None
    revision: int
    journal_seq: int
    journal_head: bytes
    business_key: str | None = None
    record_type: str | None = None
    record_id: int | None = None
    unit_id: int | None = None
    team: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    messages: list[OutgoingMessage] = field(default_factory=list)
    next_due_at: datetime | None = None
    members: frozenset[int] = frozenset()
    _as_locked: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        self._as_locked, self.members = self._facts(), frozenset(self.team.values())

    def _facts(self) -> tuple[object, ...]:
        return (self.label, self.business_key, self.record_type, self.record_id), self.unit_id, dict(self.team)

    @property
    def changed(self) -> bool:
        """Whether anything is different of what a handler may change."""
        return self._facts() != self._as_locked

    @property
    def looks_different(self) -> bool:
        """Whether anything is different of what the open work items show of their case."""
        return self._facts()[0] != self._as_locked[0]

    def take_over(self, context: Context) -> None:
        """Apply what a handler said in its context."""
        for name in CHANGEABLE:
            setattr(self, name, getattr(context, name))
        self.notices += context.notices
        self.messages += context.messages

    def grant(self, wishes: Wishes | None) -> None:
        """Apply what an external handler wished; what it left alone may have moved on meanwhile and stays."""
        if wishes is None:
            return
        for name, value in wishes.changes.items():
            if name not in CHANGEABLE:
                raise Fault(change=name, problem="a handler may not change this of its case")
            setattr(self, name, value)
        self.notices += wishes.notices
        self.messages += wishes.messages


class ServiceCalls:
    """Calls the transactional handlers of one step in the session of that step.

    ``facts`` gives the process data as of now; until it is set, that is what the case began with and what handlers
    gave back since.
    """

    def __init__(
        self, session: Session, case: Case, *, by: Actor, now: datetime, data: Mapping[str, Any] | None = None
    ) -> None:
        self._session, self._case, self._by, self._now = session, case, by, now
        self._known = dict(data or {})
        self._calls = 0
        self.facts: Callable[[], Mapping[str, Any]] = lambda: self._known

    def __call__(self, element: Element, handler: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Call ``handler`` for ``element``; return the fields of its result.

        ``BusinessError`` passes through; a parameter of the wrong type is a ``Fault`` that names it.
        """
        self._calls += 1
        key = f"{self._case.instance_id}-{self._case.revision}-{self._calls}"
        context = context_of(
            self._session, self._case, element.id, key=key, data=self.facts(), by=self._by, now=self._now
        )
        result = call(handler, context, parameters)
        self._case.take_over(context)
        self._known.update(result or {})
        return result


def context_of(
    session: Session, case: Case, element: str, *, key: str, data: Mapping[str, Any], by: Actor, now: datetime
) -> Context:
    """Return what a handler is given of the case; ``key`` makes a repeated call recognisable."""
    return Context(
        session=session,
        now=now,
        by=by,
        instance_id=case.instance_id,
        element=element,
        idempotency_key=key,
        data=dict(data),
        started_by=case.started_by,
        business_key=case.business_key,
        label=case.label,
        record_type=case.record_type,
        record_id=case.record_id,
        unit_id=case.unit_id,
        team=dict(case.team),
    )


def call(handler: str, context: Context, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """Call a handler with checked parameters; return the fields of its result.

    Raises ``Fault`` when the handler is not installed or the parameters do not fit, and whatever the handler raises.
    """
    task = _installed(handler, context)
    try:
        given = task.given.model_validate(dict(parameters))
    except ValidationError as error:
        problems = {".".join(str(part) for part in each["loc"]): each["msg"] for each in error.errors()}
        raise Fault(handler=handler, element=context.element, parameters=problems) from error
    result = task.call(context, given)
    return None if result is None else result.model_dump(mode="json")


def _installed(handler: str, context: Context) -> ServiceTask:
    task = catalogue().get(handler)
    if task is None:
        raise Fault(handler=handler, element=context.element, problem="no such handler is installed")
    return task
