"""Automatic steps: how a Python function becomes something a diagram can call.

A *transactional* handler touches only our own database and commits with the step that called it: exactly once.
An *external* handler runs as a job, at least once, with ``ctx.idempotency_key``; it may be retried.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.text import Text

JsonValue = str | int | float | bool | None


class BusinessError(Exception):
    """A handler's way to raise the BPMN error event with ``code`` in the diagram."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        super().__init__(message or code)


@dataclass(slots=True)
class Notice:
    """One line for one person: ``kind`` names the sentence, ``params`` fill it in."""

    user_id: int
    kind: str
    params: dict[str, str]


@dataclass(slots=True)
class OutgoingMessage:
    """A BPMN message to another case (by its business key), or to whichever process starts with it."""

    name: str
    business_key: str | None
    data: dict[str, JsonValue]


@dataclass(slots=True)
class Context:
    """What a handler gets besides its parameters: the session of the step, the case, the time, the actor.

    What a handler wants of the case it says here (``team``, ``unit_id``, ``label``, ``business_key``, ``record_id``,
    ``notices``, ``messages``); the engine applies it in the same transaction after the handler returned.
    """

    session: Session
    now: datetime
    by: Actor
    instance_id: int
    element: str
    idempotency_key: str
    data: Mapping[str, Any]
    started_by: int | None = None
    business_key: str | None = None
    label: str = ""
    record_type: str | None = None
    record_id: int | None = None
    unit_id: int | None = None
    team: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    messages: list[OutgoingMessage] = field(default_factory=list)

    def notify(self, user_id: int | None, kind: str, **params: str) -> None:
        """Leave a notice for ``user_id`` (nobody, if ``None``)."""
        if user_id is not None:
            self.notices.append(Notice(user_id, kind, params))

    def send(self, message: str, business_key: str | None = None, **data: JsonValue) -> None:
        """Send a BPMN message once this step is committed."""
        self.messages.append(OutgoingMessage(message, business_key, data))


@dataclass(frozen=True, slots=True)
class ServiceTask:
    """One entry of the catalogue: a handler with its typed parameters and results, described for process owners."""

    id: str
    label: Text
    help: Text
    transactional: bool
    given: type[BaseModel]
    result: type[BaseModel] | None
    call: Callable[[Context, Any], BaseModel | None]


NO_HELP = Text("", "")

Handler = TypeVar("Handler", bound=Callable[..., Any])

_catalogue: dict[str, ServiceTask] = {}


def service_task(
    handler_id: str, *, label: Text, help: Text = NO_HELP, transactional: bool = True
) -> Callable[[Handler], Handler]:
    """Register the decorated function ``(ctx: Context, given: Model) -> Model | None`` as a service task.

    ``given`` is filled from the parameters in the diagram; every scalar field of the result becomes process data.
    Raises ``ValueError`` when the id is taken or the signature is not understood.
    """

    def register(function: Handler) -> Handler:
        if handler_id in _catalogue and _catalogue[handler_id].call is not function:
            raise ValueError(f"service task {handler_id!r} is registered twice")
        names = list(inspect.signature(function).parameters)
        hints = get_type_hints(function)
        if len(names) != 2 or not issubclass(hints.get(names[1], object), BaseModel):
            raise ValueError(f"service task {handler_id!r} must take (ctx: Context, given: <pydantic model>)")
        returns = hints.get("return")
        result = returns if isinstance(returns, type) and issubclass(returns, BaseModel) else None
        _catalogue[handler_id] = ServiceTask(handler_id, label, help, transactional, hints[names[1]], result, function)
        return function

    return register


def catalogue() -> Mapping[str, ServiceTask]:
    """Return every registered service task by id."""
    return _catalogue
