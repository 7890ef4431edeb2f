"""Feeding the business record of a case: opened by its first answers, fed by each form, given the diagram's status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.business_records import RecordKeeper, keeper_of
from engine.directory import Actor
from engine.instances.services import Case
from engine.interpreter import Program
from engine.interpreter.answering import Questions
from engine.interpreter.step import Element, Passed

WAITING_KINDS = frozenset({"intermediateCatchEvent", "eventBasedGateway"})


def link_or_open(
    session: Session, program: Program, case: Case, given: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Give the case its record: the one that ``given`` names as ``record_id``, or a new one.

    Processes without the property ``record`` have none.
    """
    keeper = _keeper(program, case)
    if keeper is None or case.record_id is not None:
        return
    case.record_type = keeper.kind
    existing = given.get("record_id")
    if isinstance(existing, int) and not isinstance(existing, bool):
        case.record_id = existing
    else:
        case.record_id, case.label = keeper.open(session, given, unit_id=case.unit_id, by=by, now=now)


def absorb(
    session: Session,
    program: Program,
    case: Case,
    element: str,
    answers: Mapping[str, Any],
    asked: Questions | None,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Hand what was answered at ``element``, of what was ``asked``, to the record, before the steps that read it.

    Opens the record with the first answers of the case; returns whether that happened now.
    """
    keeper = _keeper(program, case)
    if keeper is None:
        return False
    fresh = case.record_id is None
    if fresh:
        link_or_open(session, program, case, answers, by=by, now=now)
    assert case.record_id is not None
    emptied = set() if asked is None else asked.unsaid(answers, asked.names)
    case.label = keeper.absorb(session, case.record_id, element, answers, emptied, by=by, now=now) or case.label
    return fresh


def set_statuses(session: Session, case: Case, reached: Sequence[Element], *, by: Actor, now: datetime) -> None:
    """Give the record each status of the elements ``reached``, in the order in which the case reached them."""
    keeper = keeper_of(case.record_type) if case.record_type else None
    if keeper is None or case.record_id is None:
        return
    last = None
    for element in reached:
        status = element.properties.get("status")
        if status and status != last:
            keeper.set_status(session, case.record_id, status, by=by, now=now)
            last = status


def reached(passed: Sequence[Passed]) -> Iterator[Element]:
    """Yield the elements that a step reached.

    What can wait is reported when it is entered; gateways and events that cannot only when they are behind the case.
    """
    for each in passed:
        kind = each.element.kind
        instant = kind.endswith(("Event", "Gateway")) and kind not in WAITING_KINDS
        if each.event in {"entered", "started"} or (instant and each.event in {"completed", "fired"}):
            yield each.element


def _keeper(program: Program, case: Case) -> RecordKeeper | None:
    kind = case.record_type or program.process(case.process_id).properties.get("record")
    return keeper_of(kind) if kind else None
