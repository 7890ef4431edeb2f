"""What changes, disputes and risks of a contract have in common: they are numbered on, and some of them are open."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handlers.contract.records import Contract, ContractChange, Dispute, Risk

Numbered = type[ContractChange] | type[Dispute] | type[Risk]


def next_no(session: Session, record: Numbered, contract: Contract) -> int:
    """Return the number of the next one of ``contract``, counted from 1."""
    last = session.scalar(sa.select(sa.func.max(record.no)).where(record.contract_id == contract.id))
    return (last or 0) + 1


def any_left(session: Session, record: Numbered, contract: Contract, *conditions: sa.ColumnElement[bool]) -> bool:
    """Return whether ``contract`` has one for which all ``conditions`` hold."""
    return bool(session.scalar(sa.select(sa.exists().where(record.contract_id == contract.id, *conditions))))
