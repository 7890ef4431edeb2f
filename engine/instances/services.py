"""Calling the handlers of automatic steps, and applying to the case what they asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import Fault
from engine.interpreter.step import Element
from engine.service_tasks import Context, Notice, OutgoingMessage, catalogue


@dataclass(slots=True)
class Case:
    """The facts of an instance while a step runs: handlers change them, the operation stores them at the end."""

    instance_id: int
    process_id: str
    label: str
    started_by: int | None
    business_key: str | None = None
    record_type: str | None = None
    record_id: int | None = None
    unit_id: int | None = None
    team: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    messages: list[OutgoingMessage] = field(default_factory=list)


class ServiceCalls:
    """Calls the transactional handlers of one step in the session of that step."""

    def __init__(self, session: Session, case: Case, *, by: Actor, now: datetime, revision: int) -> None:
        self._session, self._case, self._by, self._now, self._revision = session, case, by, now, revision
        self._calls = 0

    def __call__(self, element: Element, handler: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Call ``handler`` for ``element``; return the fields of its result.

        ``BusinessError`` passes through; a parameter of the wrong type is a ``Fault`` that names it.
        """
        task = catalogue().get(handler)
        if task is None:
            raise Fault(handler=handler, element=element.id, problem="no such handler is installed")
        self._calls += 1
        context = self.context(element, f"{self._case.instance_id}-{self._revision}-{self._calls}", parameters)
        result = call(task.id, context, parameters)
        self._take_over(context)
        return result

    def context(self, element: Element, key: str, data: Mapping[str, Any]) -> Context:
        """Return what a handler is given of the case."""
        case = self._case
        return Context(
            session=self._session,
            now=self._now,
            by=self._by,
            instance_id=case.instance_id,
            element=element.id,
            idempotency_key=key,
            data=data,
            started_by=case.started_by,
            business_key=case.business_key,
            label=case.label,
            record_type=case.record_type,
            record_id=case.record_id,
            unit_id=case.unit_id,
            team=dict(case.team),
        )

    def _take_over(self, context: Context) -> None:
        case = self._case
        case.business_key, case.label = context.business_key, context.label
        case.record_type, case.record_id = context.record_type, context.record_id
        case.unit_id, case.team = context.unit_id, context.team
        case.notices += context.notices
        case.messages += context.messages


def call(handler: str, context: Context, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """Call a handler with checked parameters; return the fields of its result.

    Raises ``Fault`` when the parameters do not fit, and whatever the handler raises.
    """
    task = catalogue()[handler]
    try:
        given = task.given.model_validate(dict(parameters))
    except ValidationError as error:
        problems = {".".join(str(part) for part in each["loc"]): each["msg"] for each in error.errors()}
        raise Fault(handler=handler, element=context.element, parameters=problems) from error
    result = task.call(context, given)
    return None if result is None else result.model_dump(mode="json")
