"""What documents can be about: how a record is read, called, and who belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.instances import queries as cases
from engine.instances.records import ProcessInstance
from handlers.documents.sources import CASE, Sources, gather
from handlers.lead import queries as leads
from handlers.lead.records import Lead


def _nobody(_record: Any) -> Collection[int | None]:
    return ()


def _alone(_record: Any) -> Sequence[tuple[str, int]]:
    return ()


@dataclass(frozen=True, slots=True)
class Subject:
    """One type of record: ``get`` raises ``NotFound``; ``related`` are the records whose cases count too."""

    get: Callable[[Session, int], Any]
    number: Callable[[Any], str]
    label: Callable[[Any], str]
    people: Callable[[Any], Collection[int | None]] = _nobody
    related: Callable[[Any], Sequence[tuple[str, int]]] = _alone


def _lead_people(lead: Lead) -> Collection[int | None]:
    return (lead.submitter_id, lead.owner_id, lead.co_owner_id)


def _case_number(case: ProcessInstance) -> str:
    return case.business_key or str(case.id)


SUBJECTS: Mapping[str, Subject] = MappingProxyType(
    {
        "lead": Subject(leads.get, lambda lead: lead.number or "", lambda lead: lead.label, _lead_people),
        CASE: Subject(cases.get, _case_number, lambda case: case.label, lambda case: tuple(case.team.values())),
    }
)


def subject_of(record_type: str) -> Subject:
    """Return how records of this type are read; raises ``NotFound`` for a type that has no documents."""
    if record_type not in SUBJECTS:
        raise NotFound(record_type=record_type)
    return SUBJECTS[record_type]


def sources_of(session: Session, record_type: str, record_id: int) -> Sources:
    """Read everything documents about this record are made of; raises ``NotFound``."""
    subject = subject_of(record_type)
    record = subject.get(session, record_id)
    return gather(session, record_type, record, people=subject.people(record), related=subject.related(record))
