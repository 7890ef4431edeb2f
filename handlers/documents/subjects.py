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
from handlers.contract import queries as contracts
from handlers.contract.records import Contract
from handlers.documents.sources import CASE, Sources, gather
from handlers.lead import queries as leads
from handlers.lead.records import Lead
from handlers.opportunity import queries as opportunities
from handlers.opportunity.records import Opportunity


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


def _opportunity_people(one: Opportunity) -> Collection[int | None]:
    return (one.ar_id, one.sr_id, one.fr_id, one.pd_id, one.sponsor_id, one.created_by)


def _opportunity_lead(one: Opportunity) -> Sequence[tuple[str, int]]:
    return () if one.lead_id is None else (("lead", one.lead_id),)


def _contract_people(one: Contract) -> Collection[int | None]:
    return (one.ar_id, one.sr_id, one.fr_id, one.pd_id, one.contract_mgr_id, one.delivery_pm_id)


def _lead_people(lead: Lead) -> Collection[int | None]:
    return (lead.submitter_id, lead.owner_id, lead.co_owner_id)


def _number(record: Opportunity | Contract) -> str:
    return record.number


def _case_number(case: ProcessInstance) -> str:
    return case.business_key or str(case.id)


SUBJECTS: Mapping[str, Subject] = MappingProxyType(
    {
        "lead": Subject(leads.get, lambda lead: lead.number or "", lambda lead: lead.label, _lead_people),
        "opportunity": Subject(
            opportunities.get, _number, lambda one: one.label, _opportunity_people, _opportunity_lead
        ),
        "contract": Subject(contracts.get, _number, lambda one: one.label, _contract_people),
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
