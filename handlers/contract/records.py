"""The tables of contracts. Money in fen, days whole; what no rule, list or figure asks for lies in ``facts``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime
from handlers.contract.statuses import CANCELLED


class Contract(Base):
    """One contract from its signature to its evaluation (`ltc.md` 2.3).

    ``amount`` is the price as of baseline ``version`` (1 = as signed), ``penalty_cap`` the most that penalties may
    take of it, in percent. ``invoiced``, ``paid``, ``written_off`` (owed,
    but not to be had) and ``credited`` (let off the customer) are sums over its milestones; ``taken_out`` is what the
    milestones were worth that an early end cancelled.
    ``changing``, ``disputed`` and ``at_risk`` are the flags of its status EXECUTING. ``body`` is the body that signed:
    ``rep``, ``region`` or ``company``. ``facts`` maps an element of the diagram to what was answered there beyond the
    columns.
    """

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    status: Mapped[str] = mapped_column(sa.String(20))
    status_since: Mapped[datetime] = mapped_column(UtcDateTime)
    changing: Mapped[bool] = mapped_column(default=False)
    disputed: Mapped[bool] = mapped_column(default=False)
    at_risk: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    opportunity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("opportunity.id"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"))
    customer_name: Mapped[str] = mapped_column(sa.String(200))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    margin_percent: Mapped[int | None]
    planned_cost: Mapped[int | None] = mapped_column(sa.BigInteger)
    strategic: Mapped[bool] = mapped_column(default=False)
    deviations: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(sa.String(8))
    signed_on: Mapped[date]
    delivery_on: Mapped[date | None]
    warranty_months: Mapped[int | None]
    penalty_cap: Mapped[int | None]

    ar_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    sr_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    fr_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    pd_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    contract_mgr_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    delivery_pm_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    handover_form: Mapped[str | None] = mapped_column(sa.String(12))
    handover_on: Mapped[date | None]
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handover_rejections: Mapped[int] = mapped_column(default=0)
    handover_late: Mapped[bool] = mapped_column(default=False)
    started_early: Mapped[bool] = mapped_column(default=False)
    delivery_number: Mapped[str | None] = mapped_column(sa.String(24))

    invoiced: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    paid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    written_off: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    credited: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    taken_out: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")

    closing: Mapped[str | None] = mapped_column(sa.String(12))
    termination_reason: Mapped[str | None] = mapped_column(sa.String(20))
    terminated_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    evaluated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    satisfaction_asked_on: Mapped[date | None]
    satisfaction_answered: Mapped[bool | None]
    score_product: Mapped[int | None]
    score_delivery: Mapped[int | None]
    score_service: Mapped[int | None]
    score_interface: Mapped[int | None]
    score_overall: Mapped[int | None]
    actual_cost: Mapped[int | None] = mapped_column(sa.BigInteger)
    actual_margin_percent: Mapped[int | None]
    penalties: Mapped[int | None] = mapped_column(sa.BigInteger)
    days_late: Mapped[int | None]
    collection_days: Mapped[int | None]

    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("ix_contract_status_signed_on", "status", "signed_on"),
        sa.Index("ix_contract_signed_on_id", "signed_on", "id"),
        sa.Index("ix_contract_unit_id_status", "unit_id", "status"),
        sa.Index("ix_contract_customer_id", "customer_id"),
        sa.Index("ix_contract_ar_id_status", "ar_id", "status"),
    )

    @property
    def label(self) -> str:
        """The case's label: customer and name."""
        return " · ".join(part for part in (self.customer_name, self.name) if part)

    @property
    def open_amount(self) -> int:
        """What the customer still has to pay, in fen, invoiced or not."""
        return self.worth - self.paid - self.written_off - self.credited

    @property
    def worth(self) -> int:
        """What the contract pays when all is done that is still to be done, in fen."""
        return self.amount - self.taken_out


class Milestone(Base):
    """One milestone of a contract: what is delivered, accepted, invoiced and paid for (`ltc.md` C2.1).

    ``no`` counts from 1 and is never used again; ``baseline`` is the version of the contract that brought it or
    changed it last. ``evidence`` is what proves acceptance; ``none`` means that the money is due without a delivery
    (an advance payment). ``begun_at`` is when the case took it up,
    ``overdue_days`` the last step of being late that was reported: 0, 1, 7 or 30.
    ``suspended_by`` is the number of the dispute that holds it up.
    """

    __tablename__ = "contract_milestone"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"))
    no: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    planned_on: Mapped[date]
    deliverable: Mapped[str | None] = mapped_column(sa.Text)
    evidence: Mapped[str] = mapped_column(sa.String(20))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    payment_days: Mapped[int]
    invoice_type: Mapped[str] = mapped_column(sa.String(12))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    baseline: Mapped[int] = mapped_column(default=1)

    status: Mapped[str] = mapped_column(sa.String(12))
    actual_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    paid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    written_off: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    credited: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overdue_days: Mapped[int] = mapped_column(default=0)
    suspended_by: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    __table_args__ = (
        sa.UniqueConstraint("contract_id", "no"),
        sa.Index("ix_contract_milestone_status_planned_on", "status", "planned_on"),
    )

    @property
    def open_amount(self) -> int:
        """What is still to be paid for it, in fen; nothing when it was taken out."""
        return 0 if self.status == CANCELLED else self.amount - self.paid - self.written_off - self.credited


class Invoice(Base):
    """One invoice for one milestone. ``open_amount`` falls with every payment, write-off and credit; 0 means settled.

    ``dunned`` is the last step of the dunning ladder that was taken, in days after the due date (-7 … 90).
    """

    __tablename__ = "contract_invoice"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("contract_milestone.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    issued_on: Mapped[date]
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    tax: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    open_amount: Mapped[int] = mapped_column(sa.BigInteger)
    settled_on: Mapped[date | None]
    dunned: Mapped[int | None]

    __table_args__ = (
        sa.Index(
            "ix_contract_invoice_open_due_on",
            "due_on",
            "id",
            postgresql_where=sa.text("open_amount > 0"),
            sqlite_where=sa.text("open_amount > 0"),
        ),
    )


class Payment(Base):
    """Money that a customer paid. ``shared`` is how much of it was put to invoices so far.

    ``reference`` is the bank's, so that the same line of a statement is never booked twice.
    """

    __tablename__ = "contract_payment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(80), unique=True)
    customer_name: Mapped[str] = mapped_column(sa.String(200), default="")
    received_on: Mapped[date]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    shared: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    source: Mapped[str] = mapped_column(sa.String(8))
    note: Mapped[str | None] = mapped_column(sa.String(400))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    __table_args__ = (sa.Index("ix_contract_payment_received_on", "received_on", "id"),)


class PaymentShare(Base):
    """The part of a payment that settles (part of) an invoice."""

    __tablename__ = "contract_payment_share"

    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("contract_payment.id"), primary_key=True)
    invoice_id: Mapped[int] = mapped_column(sa.ForeignKey("contract_invoice.id"), primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("contract_milestone.id"))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_contract_payment_share_invoice_id", "invoice_id"),)


class Baseline(Base):
    """A version of what is agreed: customer, amount, delivery, milestones, as signed (1) or after a change (`C2.3`)."""

    __tablename__ = "contract_baseline"

    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contract_change.id"))
    customer_name: Mapped[str | None] = mapped_column(sa.String(200))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    delivery_on: Mapped[date | None]
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class ContractChange(Base):
    """One change of a contract: asked for, assessed in four dimensions, decided, signed, made a baseline (`C2.3`)."""

    __tablename__ = "contract_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"))
    no: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(12))
    side: Mapped[str | None] = mapped_column(sa.String(10))
    kind: Mapped[str | None] = mapped_column(sa.String(12))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    amount_effect: Mapped[int | None] = mapped_column(sa.BigInteger)
    delay_days: Mapped[int | None]
    margin_down: Mapped[bool | None]
    body: Mapped[str | None] = mapped_column(sa.String(8))
    verdict: Mapped[str | None] = mapped_column(sa.String(12))
    supplement: Mapped[str | None] = mapped_column(sa.String(60))
    signed_on: Mapped[date | None]
    version: Mapped[int | None]
    waived: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("contract_id", "no"),
        sa.Index("ix_contract_change_status_requested_at", "status", "requested_at"),
    )


class Dispute(Base):
    """One dispute (`ltc.md` C2.4). ``claim_by`` is ``us`` or ``them``; ``milestones`` are the numbers it suspends.

    ``stage`` is who tries to settle it: ``team``, ``legal``, ``decision`` or ``outside``.
    """

    __tablename__ = "contract_dispute"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"))
    no: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(10))
    stage: Mapped[str] = mapped_column(sa.String(10))
    subject: Mapped[str] = mapped_column(sa.String(200), default="")
    amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    claim_by: Mapped[str | None] = mapped_column(sa.String(8))
    milestones: Mapped[list[int]] = mapped_column(Json, default=list)
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    settled_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("contract_id", "no"),
        sa.Index("ix_contract_dispute_status_opened_at", "status", "opened_at"),
    )


class Risk(Base):
    """One risk of a contract's register (`ltc.md` C2.4): ``score`` = probability x effect, each 1 to 5."""

    __tablename__ = "contract_risk"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"))
    no: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(10))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    probability: Mapped[int | None]
    effect: Mapped[int | None]
    score: Mapped[int | None]
    response: Mapped[str | None] = mapped_column(sa.Text)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    due_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    escalated: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("contract_id", "no"),
        sa.Index("ix_contract_risk_status_score", "status", "score"),
    )


class Obligation(Base):
    """Something a party has to do beyond the milestones: a bond, a warranty, a report (`ltc.md` C2.2)."""

    __tablename__ = "contract_obligation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"))
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[str] = mapped_column(sa.String(200))
    due_on: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    status: Mapped[str] = mapped_column(sa.String(8))
    ended_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.UniqueConstraint("contract_id", "no"),
        sa.Index("ix_contract_obligation_status_due_on", "status", "due_on"),
    )


class Lesson(Base):
    """What was learnt from a contract, for all that come after (`ltc.md` C3.5)."""

    __tablename__ = "contract_lesson"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    __table_args__ = (sa.Index("ix_contract_lesson_at_id", "at", "id"),)
