"""The documents of a contract's hand-over and billing (`ltc.md` 2.3, C1 and C2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.text import Text
from handlers.contract import deviations
from handlers.contract.key_terms import REGISTERED
from handlers.contract.operations import REGISTERED_TERMS
from handlers.contract.records import Baseline, Contract, Invoice, Milestone, Obligation, Payment, PaymentShare
from handlers.contract.statuses import EVIDENCE, MILESTONE_STATUSES, OBLIGATION_KINDS, OBLIGATION_STATUSES, STATUSES
from handlers.documents.catalogue import document
from handlers.documents.gates import BODIES
from handlers.documents.model import NOTHING, Facts, Moment, Money, Part, Table, Value
from handlers.documents.opportunity_heads import forms
from handlers.documents.parts import day, facts, money, months, percent, signatures
from handlers.documents.sources import Sources

KIND = "contract"
PACKAGE = ("contract_package_sales", "contract_package_solution")


def contract_head(known: Sources) -> Facts:
    """Return what identifies a contract."""
    one: Contract = known.record
    return facts(
        None,
        (Text("Number", "合同编号"), one.number),
        (Text("Customer", "客户"), one.customer_name),
        (Text("Contract", "合同名称"), one.name),
        (Text("Status", "状态"), STATUSES.get(one.status)),
        (Text("Amount", "合同金额"), money(one.amount)),
        (Text("Version", "基线版本"), str(one.version)),
        (Text("Signed on", "签订日期"), day(one.signed_on)),
        (Text("Delivery", "交付日期"), day(one.delivery_on)),
        (Text("Warranty", "质保期"), months(one.warranty_months)),
        (Text("Penalties at most", "违约金上限"), percent(one.penalty_cap)),
        (Text("Signed by the body", "签约决策级别"), BODIES.get(one.body, one.body)),
        (Text("Unit", "所属部门"), known.unit(one.unit_id)),
        (Text("AR", "客户责任人（AR）"), known.person(one.ar_id)),
        (Text("SR", "解决方案责任人（SR）"), known.person(one.sr_id)),
        (Text("FR", "履约责任人（FR）"), known.person(one.fr_id)),
        (Text("Contract manager", "合同经理"), known.person(one.contract_mgr_id)),
        (Text("Delivery project manager", "交付项目经理"), known.person(one.delivery_pm_id)),
    )


def rows_of(known: Sources, record: Any, *order: Any) -> Sequence[Any]:
    """Return the rows of one table that belong to the contract."""
    return known.session.scalars(sa.select(record).where(record.contract_id == known.record.id).order_by(*order)).all()


@document("contract_sheet", KIND, Text("Contract sheet", "合同信息表"), kept_at=("handover", "ATAC", "END", "ATCC"))
def contract_sheet(known: Sources) -> Sequence[Part]:
    """The contract as agreed: milestones, obligations, and every version of its baseline (O4.2f, C2.3)."""
    return [contract_head(known), *milestones(known), *_obligations(known), *_baselines(known)]


def milestones(known: Sources) -> list[Part]:
    """Return the milestones as a table."""
    columns = (
        Text("No.", "序号"), Text("Milestone", "里程碑"), Text("Planned", "计划日期"), Text("Amount", "金额"),
        Text("Payment days", "账期（天）"), Text("Evidence", "验收证据"), Text("Status", "状态"),
        Text("Paid", "已回款"),
    )  # fmt: skip
    rows = tuple(
        (
            str(each.no), each.name, day(each.planned_on) or NOTHING, Money(fen=each.amount), str(each.payment_days),
            EVIDENCE.get(each.evidence, each.evidence), MILESTONE_STATUSES.get(each.status, each.status),
            Money(fen=each.paid),
        )
        for each in rows_of(known, Milestone, Milestone.no)
    )  # fmt: skip
    return [Table(title=Text("Milestones", "里程碑"), columns=columns, rows=rows)] if rows else []


def _obligations(known: Sources) -> list[Part]:
    columns = (Text("Obligation", "义务"), Text("Kind", "类型"), Text("Due", "期限"), Text("Status", "状态"))
    rows = tuple(
        (
            each.name, OBLIGATION_KINDS.get(each.kind, each.kind), day(each.due_on) or NOTHING,
            OBLIGATION_STATUSES.get(each.status, each.status),
        )
        for each in rows_of(known, Obligation, Obligation.no)
    )  # fmt: skip
    return [Table(title=Text("Obligations", "义务清单"), columns=columns, rows=rows)] if rows else []


def _baselines(known: Sources) -> list[Part]:
    columns = (Text("Version", "版本"), Text("Since", "生效"), Text("Amount", "金额"), Text("Delivery", "交付日期"))
    rows = tuple(
        (str(each.version), Moment(at=each.at), Money(fen=each.amount), day(each.delivery_on) or NOTHING)
        for each in rows_of(known, Baseline, Baseline.version)
    )
    return [Table(title=Text("Versions", "基线版本"), columns=columns, rows=rows)] if rows else []


@document(
    "contract_handover_package",
    KIND,
    Text("Hand-over package", "合同交接包"),
    elements=PACKAGE,
    kept_at=("handover",),
)
def handover_package(known: Sources) -> Sequence[Part]:
    """What sales hands over: documents, promises, deviations, risks, obligations, milestones (C1.1, C1.2)."""
    return [
        contract_head(known),
        *known.answers("contract_plan_handover"),
        *deviations.table(deviations.of_contract(known.record)),
        *forms(known, PACKAGE),
        *milestones(known),
        *_obligations(known),
    ]


@document(
    "contract_handover_acceptance",
    KIND,
    Text("Hand-over minutes and acceptance", "合同交接纪要与接收单"),
    elements=("contract_read_package", "contract_handover_meeting", "contract_key_terms", "contract_accept_handover"),
    kept_at=("handover",),
)
def handover_acceptance(known: Sources) -> Sequence[Part]:
    """Questions, minutes, the comparison of everybody's understanding, acceptance (C1.3 to C1.6)."""
    one: Contract = known.record
    accepted = known.latest("contract_accept_handover")
    return [
        contract_head(known),
        *known.answers("contract_read_package", every=True),
        *known.answers("contract_handover_meeting", every=True),
        *_understanding(known),
        *forms(known, ("contract_resolve_terms", "contract_waive_handover")),
        *known.answers("contract_accept_handover", every=True),
        signatures(
            (Text("AR", "客户责任人（AR）"), known.person(one.ar_id), None),
            (Text("FR", "履约责任人（FR）"), known.person(one.fr_id), None),
            (
                Text("Accepted by", "接收人"),
                known.person(accepted.by) if accepted is not None else NOTHING,
                accepted.at if accepted is not None else None,
            ),
        ),
    ]


def _understanding(known: Sources) -> list[Part]:
    """Return how each person understands the key terms, side by side: the last answer of each (C1.5).

    What is registered of the contract stands beside them where the sheets were compared with it.
    """
    last = {each.element: each for each in known.every("contract_key_terms")}
    if not last:
        return []
    titles = {each.name: each.label for given in last.values() for each in given.fields}
    questions = {each.name: each for given in last.values() for each in given.fields}
    registered = known.record.facts.get(REGISTERED_TERMS, {})
    rows = []
    for name, label in titles.items():
        cells: list[Value] = [label]
        if registered:
            cells.append(known.value(questions[name], registered.get(name)))
        for given in last.values():
            question = next((each for each in given.fields if each.name == name), None)
            cells.append(known.value(question, given.answers.get(name)) if question is not None else NOTHING)
        rows.append(tuple(cells))
    columns = (
        Text("Term", "条款"), *([REGISTERED] if registered else []), *(given.title for given in last.values()),
    )  # fmt: skip
    return [Table(title=Text("Understanding of the key terms", "关键条款理解对照"), columns=columns, rows=tuple(rows))]


BILLED = (
    Text("Milestone", "里程碑"), Text("Invoice", "发票号"), Text("Issued", "开票日期"), Text("Due", "到期日"),
    Text("Amount", "金额"), Text("Tax", "税额"), Text("Open", "未收"),
)  # fmt: skip
RECEIVED = (
    Text("Received", "到账日期"),
    Text("Reference", "流水号"),
    Text("Invoice", "发票号"),
    Text("Amount", "金额"),
)


@document(
    "contract_billing",
    KIND,
    Text("Milestones, invoices and receipts", "里程碑、开票与回款记录"),
    elements=(
        "contract_deliver", "contract_accept", "contract_issue_invoice", "contract_payment",
    ),
    kept_at=("ATCC",),
)  # fmt: skip
def billing(known: Sources) -> Sequence[Part]:
    """What was delivered, accepted, invoiced and paid, milestone by milestone (C2.1)."""
    numbers = {each.id: each for each in rows_of(known, Milestone, Milestone.no)}
    invoices = {each.id: each for each in rows_of(known, Invoice, Invoice.issued_on, Invoice.id)}
    billed = tuple(
        (
            str(numbers[each.milestone_id].no), each.number, day(each.issued_on) or NOTHING,
            day(each.due_on) or NOTHING, Money(fen=each.amount), Money(fen=each.tax), Money(fen=each.open_amount),
        )
        for each in invoices.values()
    )  # fmt: skip
    shares = known.session.execute(
        sa.select(PaymentShare, Payment)
        .join(Payment, Payment.id == PaymentShare.payment_id)
        .where(PaymentShare.contract_id == known.record.id)
        .order_by(Payment.received_on, Payment.id, PaymentShare.invoice_id)
    ).all()
    received = tuple(
        (
            day(payment.received_on) or NOTHING,
            payment.reference,
            invoices[share.invoice_id].number,
            Money(fen=share.amount),
        )
        for share, payment in shares
    )
    parts: list[Part] = [contract_head(known), *milestones(known)]
    if billed:
        parts.append(Table(title=Text("Invoices", "发票"), columns=BILLED, rows=billed))
    if received:
        parts.append(Table(title=Text("Receipts", "回款"), columns=RECEIVED, rows=received))
    return [*parts, *forms(known, ("contract_deliver", "contract_accept"), every=True)]
