"""Every read of contracts: one contract, lists, its parts, receivables with how long they are overdue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import hold
from engine.directory import OVERSEERS, Actor
from engine.errors import NotAllowed, NotFound
from engine.inbox import queries as inbox
from handlers.contract.records import (
    Baseline,
    Contract,
    ContractChange,
    Dispute,
    Invoice,
    Lesson,
    Milestone,
    Obligation,
    Payment,
    PaymentShare,
    Risk,
)
from handlers.contract.statuses import FLAGS, MILESTONES_OVER, PLANNED, STATUSES
from handlers.keyset import Slice, slice_of
from handlers.organisation.queries import descendants

SEES_UNIT = (
    "ar", "sr", "fr", "pd", "contract_mgr", "delivery_pm", "finance", "legal", "procurement", "decision_team",
    "sales_mgmt", "sales_manager", "pmo", "qa",
)  # fmt: skip
"""The roles that see the contracts of their unit and of all units below."""
MOST_PARTS = 200
"""How many rows of each kind the page of a contract shows; a contract has at most 50 milestones as signed."""

SORTS: Mapping[str, tuple[sa.orm.InstrumentedAttribute[Any], sa.orm.InstrumentedAttribute[int]]] = {
    "signed": (Contract.signed_on, Contract.id),
    "amount": (Contract.amount, Contract.id),
    "number": (Contract.number, Contract.id),
    "customer": (Contract.customer_name, Contract.id),
    "status": (Contract.status_since, Contract.id),
}

BUCKETS: Mapping[str, tuple[int | None, int | None]] = {
    "not_due": (None, 0),
    "1_30": (1, 30),
    "31_60": (31, 60),
    "61_90": (61, 90),
    "over_90": (91, None),
}
"""How many days after its due date an open invoice is, from and to (`ltc.md` 4, receivables)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of contracts is narrowed down to; empty means all. ``overdue_on``: an invoice is overdue that day."""

    search: str = ""
    statuses: Collection[str] = ()
    flags: Collection[str] = ()
    unit_id: int | None = None
    customer_id: int | None = None
    only_mine: bool = False
    overdue_on: date | None = None


@dataclass(frozen=True, slots=True)
class Receivable:
    """An open invoice with its contract and milestone; ``days`` after its due date, negative before it."""

    invoice: Invoice
    contract: Contract
    milestone: Milestone
    days: int


@dataclass(frozen=True, slots=True)
class ContractPage:
    """What the page of one contract shows besides its columns."""

    contract: Contract
    milestones: Sequence[Milestone]
    invoices: Sequence[Invoice]
    payments: Sequence[tuple[Payment, PaymentShare]]
    baselines: Sequence[Baseline]
    changes: Sequence[ContractChange]
    disputes: Sequence[Dispute]
    risks: Sequence[Risk]
    obligations: Sequence[Obligation]
    lessons: Sequence[Lesson]
    people: frozenset[int] = field(default_factory=frozenset)


def get(session: Session, contract_id: int) -> Contract:
    """Return one contract, whoever asks; raises ``NotFound``."""
    found = session.get(Contract, contract_id)
    if found is None:
        raise NotFound(contract=contract_id)
    return hold(session, found)


def with_number(session: Session, number: str) -> Contract | None:
    """Return the contract of this number, whoever asks."""
    return session.scalar(sa.select(Contract).where(Contract.number == number))


def of_opportunity(session: Session, opportunity_id: int) -> Contract | None:
    """Return the contract that an opportunity was won with."""
    return session.scalar(sa.select(Contract).where(Contract.opportunity_id == opportunity_id))


def with_ids(session: Session, contract_ids: Collection[int]) -> list[Contract]:
    """Return contracts by id, in one statement; unknown ids are left out."""
    return list(session.scalars(sa.select(Contract).where(Contract.id.in_(contract_ids)))) if contract_ids else []


def visible(session: Session, contract_id: int, by: Actor) -> Contract:
    """Return one contract if ``by`` may see it; raises ``NotFound`` otherwise."""
    found = session.scalar(sa.select(Contract).where(Contract.id == contract_id, visible_to(by)))
    if found is None:
        raise NotFound(contract=contract_id)
    return found


def reported_by(session: Session, number: str, by: Actor) -> Contract:
    """Return the contract ``number`` if ``by`` delivers it and so may report its milestones (`ltc.md` C2.1 M2).

    Raises ``NotFound`` when ``by`` may not see it, ``NotAllowed`` for everybody but its FR and delivery manager.
    """
    found = session.scalar(sa.select(Contract).where(Contract.number == number, visible_to(by)))
    if found is None:
        raise NotFound(contract=number)
    if by.user_id not in {found.fr_id, found.delivery_pm_id}:
        raise NotAllowed(contract=number)
    return found


def _is_team(user_id: int | None) -> sa.ColumnElement[bool]:
    people = (Contract.ar_id, Contract.sr_id, Contract.fr_id, Contract.pd_id)
    return sa.or_(
        *(each == user_id for each in people),
        Contract.contract_mgr_id == user_id,
        Contract.delivery_pm_id == user_id,
    )


def visible_to(by: Actor) -> sa.ColumnElement[bool]:
    """Return the condition under which ``by`` may see a contract.

    Those are: its team, whoever has or had a work item of its cases, and the units where a role lets one.
    """
    if by.is_system or by.roles & OVERSEERS:
        return sa.true()
    held = (group.partition("@") for group in by.groups)
    units = {int(unit) for role, at, unit in held if at and role in SEES_UNIT}
    own = sa.or_(_is_team(by.user_id), Contract.id.in_(inbox.records_worked_on("contract", by)))
    return sa.or_(own, Contract.unit_id.in_(_below(units))) if units else own


def _below(unit_ids: Collection[int]) -> sa.Select[tuple[int]]:
    below = descendants(unit_ids).alias()
    return sa.select(below.c.id)


def listing(
    session: Session,
    by: Actor,
    wanted: Wanted | None = None,
    *,
    sort: str = "signed",
    descending: bool = True,
    after: str | None = None,
    size: int = 50,
) -> Slice[Contract]:
    """Return ``size`` of the contracts that ``by`` may see, in one statement.

    ``sort``: one of :data:`SORTS`, unknown ones count as ``signed``; ``after`` is where the slice before ended.
    """
    query = sa.select(Contract).where(visible_to(by), *_conditions(wanted or Wanted(), by))
    order = SORTS.get(sort, SORTS["signed"])
    return slice_of(session, query, *order, descending=descending, after=after, size=size)


def _conditions(wanted: Wanted, by: Actor) -> list[sa.ColumnElement[bool]]:
    words = wanted.search.casefold().split()
    conditions: list[sa.ColumnElement[bool]] = [Contract.search_text.contains(word, autoescape=True) for word in words]
    if wanted.statuses:
        conditions.append(Contract.status.in_([status for status in wanted.statuses if status in STATUSES]))
    conditions += [getattr(Contract, flag).is_(True) for flag in wanted.flags if flag in FLAGS]
    if wanted.unit_id is not None:
        conditions.append(Contract.unit_id.in_(_below([wanted.unit_id])))
    if wanted.customer_id is not None:
        conditions.append(Contract.customer_id == wanted.customer_id)
    if wanted.only_mine:
        conditions.append(_is_team(by.user_id))
    if wanted.overdue_on is not None:
        late = sa.select(Invoice.contract_id).where(Invoice.open_amount > 0, Invoice.due_on < wanted.overdue_on)
        conditions.append(Contract.id.in_(late))
    return conditions


def overdue_sums(session: Session, contract_ids: Collection[int], *, today: date) -> dict[int, int]:
    """Return how much money of each of these contracts is overdue, in fen, in one statement; none is left out."""
    if not contract_ids:
        return {}
    query = (
        sa.select(Invoice.contract_id, sa.func.sum(Invoice.open_amount))
        .where(Invoice.contract_id.in_(contract_ids), Invoice.open_amount > 0, Invoice.due_on < today)
        .group_by(Invoice.contract_id)
    )
    return {contract_id: int(amount) for contract_id, amount in session.execute(query)}


def counts(session: Session, by: Actor) -> dict[str, int]:
    """Return how many contracts of each status ``by`` may see; statuses without any are left out."""
    query = sa.select(Contract.status, sa.func.count()).where(visible_to(by)).group_by(Contract.status)
    return dict(session.execute(query).all())


def page_of(session: Session, contract_id: int, by: Actor) -> ContractPage:
    """Return everything the page of a contract shows, in eleven statements; raises ``NotFound``."""
    contract = visible(session, contract_id, by)

    def parts(record: Any, *order: Any) -> list[Any]:
        query = sa.select(record).where(record.contract_id == contract_id).order_by(*order).limit(MOST_PARTS)
        return list(session.scalars(query))

    payments = session.execute(
        sa.select(Payment, PaymentShare)
        .join(PaymentShare, PaymentShare.payment_id == Payment.id)
        .where(PaymentShare.contract_id == contract_id)
        .order_by(Payment.received_on, Payment.id)
        .limit(MOST_PARTS)
    ).all()
    milestones, risks = parts(Milestone, Milestone.no), parts(Risk, Risk.no)
    obligations = parts(Obligation, Obligation.no)
    changes, disputes = parts(ContractChange, ContractChange.no), parts(Dispute, Dispute.no)
    people = {
        contract.ar_id, contract.sr_id, contract.fr_id, contract.pd_id, contract.contract_mgr_id,
        contract.delivery_pm_id, *(each.owner_id for each in (*milestones, *risks, *obligations)),
        *(each.requested_by for each in changes), *(each.opened_by for each in disputes),
    }  # fmt: skip
    return ContractPage(
        contract,
        milestones,
        parts(Invoice, Invoice.id),
        [(payment, share) for payment, share in payments],
        parts(Baseline, Baseline.version),
        changes,
        disputes,
        risks,
        obligations,
        parts(Lesson, Lesson.id),
        frozenset(each for each in people if each is not None),
    )


def milestones(session: Session, contract_id: int) -> list[Milestone]:
    """Return the milestones of a contract in their order."""
    return list(
        session.scalars(sa.select(Milestone).where(Milestone.contract_id == contract_id).order_by(Milestone.no))
    )


def milestone(session: Session, contract_id: int, no: int) -> Milestone:
    """Return one milestone; raises ``NotFound``."""
    found: Milestone = _numbered(session, Milestone, contract_id, no)
    return found


def milestone_of(session: Session, claim: Invoice) -> Milestone:
    """Return the milestone for which an invoice was issued."""
    return session.get_one(Milestone, claim.milestone_id)


def milestones_to_begin(session: Session, contract_id: int) -> list[Milestone]:
    """Return the planned milestones that nobody has begun to work on, in their order."""
    query = sa.select(Milestone).where(
        Milestone.contract_id == contract_id, Milestone.begun_at.is_(None), Milestone.status == PLANNED
    )
    return list(session.scalars(query.order_by(Milestone.no)))


def open_obligations(session: Session, contract_id: int) -> list[Obligation]:
    """Return the obligations of a contract that are still open, in their order."""
    query = sa.select(Obligation).where(Obligation.contract_id == contract_id, Obligation.status == "OPEN")
    return list(session.scalars(query.order_by(Obligation.no)))


def _numbered(session: Session, record: Any, contract_id: int, no: int) -> Any:
    found = session.scalar(sa.select(record).where(record.contract_id == contract_id, record.no == no))
    if found is None:
        raise NotFound(contract=contract_id, kind=record.__tablename__, no=no)
    return found


def obligation(session: Session, contract_id: int, no: int) -> Obligation:
    """Return one obligation; raises ``NotFound``."""
    found: Obligation = _numbered(session, Obligation, contract_id, no)
    return found


def change(session: Session, contract_id: int, no: int) -> ContractChange:
    """Return one change; raises ``NotFound``."""
    found: ContractChange = _numbered(session, ContractChange, contract_id, no)
    return found


def dispute(session: Session, contract_id: int, no: int) -> Dispute:
    """Return one dispute; raises ``NotFound``."""
    found: Dispute = _numbered(session, Dispute, contract_id, no)
    return found


def risk(session: Session, contract_id: int, no: int) -> Risk:
    """Return one risk; raises ``NotFound``."""
    found: Risk = _numbered(session, Risk, contract_id, no)
    return found


def open_risks(session: Session, contract_id: int) -> list[Risk]:
    """Return the open risks of a contract."""
    return list(session.scalars(sa.select(Risk).where(Risk.contract_id == contract_id, Risk.status == "OPEN")))


def changes_made(session: Session, contract_id: int) -> int:
    """Return how many changes of a contract came into force."""
    query = sa.select(sa.func.count()).select_from(ContractChange)
    query = query.where(ContractChange.contract_id == contract_id, ContractChange.status == "EFFECTIVE")
    return session.scalar(query) or 0


def invoice_with_number(session: Session, contract_id: int, number: str) -> Invoice | None:
    """Return the invoice of a contract with this number."""
    return session.scalar(sa.select(Invoice).where(Invoice.number == number, Invoice.contract_id == contract_id))


def invoice_for(session: Session, stone: Milestone) -> Invoice | None:
    """Return the invoice that was issued for a milestone."""
    return session.scalar(sa.select(Invoice).where(Invoice.milestone_id == stone.id))


def open_invoices(session: Session, numbers: Collection[str]) -> list[tuple[Invoice, Contract]]:
    """Return open invoices by their numbers with their contracts, in one statement; for the import of payments."""
    if not numbers:
        return []
    query = sa.select(Invoice, Contract).join(Contract).where(Invoice.number.in_(numbers), Invoice.open_amount > 0)
    return [(claim, contract) for claim, contract in session.execute(query)]


def receivables(
    session: Session,
    by: Actor,
    *,
    today: date,
    bucket: str | None = None,
    contract_id: int | None = None,
    after: tuple[date, int] | None = None,
    size: int = 50,
) -> list[Receivable]:
    """Return open invoices that ``by`` may see, the longest overdue first, from an index of the open ones.

    ``bucket``: one of :data:`BUCKETS`; ``after``: due date and id of the last row of the page before.
    """
    query = (
        sa.select(Invoice, Contract, Milestone)
        .join(Contract, Contract.id == Invoice.contract_id)
        .join(Milestone, Milestone.id == Invoice.milestone_id)
        .where(Invoice.open_amount > 0, visible_to(by), *_due_between(today, bucket))
        .order_by(Invoice.due_on, Invoice.id)
        .limit(size)
    )
    if contract_id is not None:
        query = query.where(Invoice.contract_id == contract_id)
    if after is not None:
        query = query.where(sa.tuple_(Invoice.due_on, Invoice.id) > sa.tuple_(*map(sa.literal, after)))
    return [
        Receivable(claim, contract, stone, (today - claim.due_on).days)
        for claim, contract, stone in session.execute(query)
    ]


def _due_between(today: date, bucket: str | None) -> list[sa.ColumnElement[bool]]:
    least, most = BUCKETS.get(bucket or "", (None, None))
    conditions: list[sa.ColumnElement[bool]] = []
    if least is not None:
        conditions.append(Invoice.due_on <= today - timedelta(days=least))
    if most is not None:
        conditions.append(Invoice.due_on >= today - timedelta(days=most))
    return conditions


def receivable_sums(session: Session, by: Actor, *, today: date) -> dict[str, tuple[int, int]]:
    """Return number and open fen of the invoices of each bucket, in one statement."""
    columns = []
    for bucket in BUCKETS:
        here = sa.and_(sa.true(), *_due_between(today, bucket))
        columns += [
            sa.func.count().filter(here).label(f"{bucket}_count"),
            sa.func.coalesce(sa.func.sum(Invoice.open_amount).filter(here), 0).label(f"{bucket}_sum"),
        ]
    query = sa.select(*columns).select_from(Invoice).join(Contract, Contract.id == Invoice.contract_id)
    row = session.execute(query.where(Invoice.open_amount > 0, visible_to(by))).mappings().one()
    return {bucket: (int(row[f"{bucket}_count"]), int(row[f"{bucket}_sum"])) for bucket in BUCKETS}


@dataclass(frozen=True, slots=True)
class Position:
    """What is still open of a contract, for its closing check (`ltc.md` C3.1)."""

    milestones: int
    invoices: int
    open_amount: int
    obligations: int
    bonds: int
    changes: int
    disputes: int
    risks: int

    @property
    def all_clear(self) -> bool:
        """Whether nothing is open; risks that did not occur are no reason to keep a contract open."""
        return not (
            self.milestones or self.invoices or self.open_amount or self.obligations or self.changes or self.disputes
        )


def position(session: Session, contract: Contract) -> Position:
    """Return what is still open of ``contract``, in one statement."""

    def count(record: Any, *conditions: Any) -> Any:
        here = sa.select(sa.func.count()).select_from(record).where(record.contract_id == contract.id, *conditions)
        return here.scalar_subquery()

    row = session.execute(
        sa.select(
            count(Milestone, Milestone.status.not_in(MILESTONES_OVER)),
            count(Invoice, Invoice.open_amount > 0),
            count(Obligation, Obligation.status == "OPEN"),
            count(Obligation, Obligation.status == "OPEN", Obligation.kind == "bond"),
            count(ContractChange, ContractChange.ended_at.is_(None)),
            count(Dispute, Dispute.status == "OPEN"),
            count(Risk, Risk.status == "OPEN"),
        )
    ).one()
    return Position(row[0], row[1], contract.open_amount, *row[2:])


def collection_days(session: Session, contract_id: int) -> int | None:
    """Return the days from invoice to money, weighted by the money, or ``None`` when nothing was paid."""
    rows = session.execute(
        sa.select(PaymentShare.amount, Payment.received_on, Invoice.issued_on)
        .join(Payment, Payment.id == PaymentShare.payment_id)
        .join(Invoice, Invoice.id == PaymentShare.invoice_id)
        .where(PaymentShare.contract_id == contract_id)
    ).all()
    total = sum(amount for amount, _, _ in rows)
    return round(sum(amount * (received - issued).days for amount, received, issued in rows) / total) if total else None


def days_late(session: Session, contract_id: int) -> int:
    """Return by how many days the latest milestone was late, 0 when none was."""
    rows = session.execute(
        sa.select(Milestone.actual_on, Milestone.planned_on).where(
            Milestone.contract_id == contract_id, Milestone.actual_on.is_not(None)
        )
    ).all()
    return max((0, *((actual - planned).days for actual, planned in rows if actual is not None)))
