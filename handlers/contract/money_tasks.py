"""Automatic steps of invoices and money: billing event, invoice, dunning, receipt, write-off (`ltc.md` C2.1 M4-M6)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.contract import milestone_operations, queries, refusals
from handlers.contract.case import contract_of, resolve_flag, said, said_last, tell_role, today
from handlers.contract.given import Number
from handlers.contract.ladders import DUNNING, DunningAct, dunning_days, dunning_step
from handlers.contract.milestone_tasks import stone_of
from handlers.contract.records import Invoice
from handlers.customer import operations as customers
from handlers.labels import label
from handlers.money import wan


class BillingEvent(BaseModel):
    """What is to be invoiced."""

    billing: Annotated[Literal["invoice", "wait", "free"], label("What to do", "如何处理")]
    billing_amount: Annotated[int, label("To be invoiced (fen)", "应开金额（分）")]
    invoice_type: Annotated[str, label("Kind of invoice", "发票类型")]


@service_task(
    "contract.billing_event",
    label=Text("Make the billing event", "生成开票事项"),
    help=Text(
        "A completed milestone is ready to invoice, unless a dispute holds it up or it is free of charge.",
        "里程碑完成即可开票；因争议暂停的等待，零金额的直接结清。",
    ),
)
def billing_event(ctx: Context, given: Number) -> BillingEvent:
    """Say what is to be invoiced for a milestone (`ltc.md` C2.1 M4, P25)."""
    stone = stone_of(ctx, given.no)
    billing: Literal["invoice", "wait", "free"] = "invoice" if stone.open_amount > 0 else "free"
    return BillingEvent(
        billing="wait" if stone.suspended_by else billing,
        billing_amount=stone.open_amount,
        invoice_type=stone.invoice_type,
    )


@service_task(
    "contract.settle_free",
    label=Text("Settle without money", "无款结清"),
    help=Text("For a milestone that costs nothing.", "用于零金额里程碑。"),
)
def settle_free(ctx: Context, given: Number) -> None:
    """Settle a milestone that costs nothing."""
    milestone_operations.settle_without_money(ctx.session, stone_of(ctx, given.no), on=today(ctx))


class IssuedInvoice(BaseModel):
    """The invoice as finance issued it."""

    no: Annotated[int, label("Milestone", "里程碑序号", ge=1)]
    invoice_no: Annotated[str, label("Invoice number", "发票号码")]
    issued_on: Annotated[date, label("Issued on", "开票日期")]
    amount: Annotated[int, label("Amount (fen)", "含税金额（分）")]
    tax: Annotated[int, label("Tax (fen)", "税额（分）")] = 0


class DueInvoice(BaseModel):
    """When it is due, and how tasks name it."""

    payment_due_on: Annotated[str, label("Due on", "到期日")]
    invoice_subject: Annotated[str, label("Which invoice", "发票")]


@service_task(
    "contract.record_invoice",
    label=Text("Record an invoice", "登记发票"),
    help=Text(
        "Due after the payment days agreed. Another amount than agreed is refused.",
        "按约定付款天数计算到期日；金额不符则拒绝。",
    ),
)
def record_invoice(ctx: Context, given: IssuedInvoice) -> DueInvoice:
    """Keep the invoice of a milestone (`ltc.md` C2.1 M4); raises ``RuleRefused``."""
    contract, stone = contract_of(ctx), stone_of(ctx, given.no)
    made = milestone_operations.invoice(
        ctx.session,
        contract,
        stone,
        number=given.invoice_no,
        issued_on=given.issued_on,
        amount=given.amount,
        tax=given.tax,
        today=today(ctx),
    )
    return DueInvoice(
        payment_due_on=made.due_on.isoformat(), invoice_subject=f"{made.number} · {stone.no} {stone.name}"
    )


def resolve_settled(ctx: Context, claim: Invoice) -> None:
    """Resolve the flag of an overdue invoice on which nothing is open any more: paid, or given up."""
    if claim.open_amount == 0:
        resolve_flag(ctx, "RECEIVABLE_OVERDUE", "settled", subject=claim.number)


class WhichInvoice(BaseModel):
    """Which invoice."""

    invoice_no: Annotated[str, label("Invoice number", "发票号码")]


class Dunning(BaseModel):
    """What is open, and on which days something is to be done about it."""

    balance: Annotated[int, label("Still open (fen)", "未收余额（分）")]
    remind_on: Annotated[str, label("Reminder before", "到期前提醒日")]
    due_reminder_on: Annotated[str, label("Reminder when due", "到期提醒日")]
    call_on: Annotated[str, label("Call", "电话催款日")]
    letter_on: Annotated[str, label("Letter", "发函日")]
    legal_on: Annotated[str, label("Decision", "提交决策日")]
    hold_on: Annotated[str, label("Credit hold", "冻结信用日")]


def claim_of(ctx: Context, number: str) -> Invoice:
    """Return the invoice of the case's contract; raises ``RuleRefused`` for an unknown one."""
    found = queries.invoice_with_number(ctx.session, contract_of(ctx).id, number)
    if found is None:
        raise refusals.unknown_invoice(number)
    return found


@service_task(
    "contract.next_dunning",
    label=Text("Look at the balance", "查看余额"),
    help=Text(
        "What is open and when the next steps of collecting are due; steps taken before do not come again.",
        "查看未收余额和后续催收日期，已执行的步骤不再重复。",
    ),
)
def next_dunning(ctx: Context, given: WhichInvoice) -> Dunning:
    """Give the days of the dunning ladder that lie ahead (`ltc.md` C2.1 M5, A19)."""
    claim = claim_of(ctx, given.invoice_no)
    days = dunning_days(claim)
    return Dunning(
        balance=claim.open_amount,
        remind_on=days[0],
        due_reminder_on=days[1],
        call_on=days[2],
        letter_on=days[3],
        legal_on=days[4],
        hold_on=days[5],
    )


class DunningStep(BaseModel):
    """What is to be done now."""

    dunning_step: Annotated[Literal[DunningAct, "none"], label("Step", "催收步骤")]
    days_late: Annotated[int, label("Days late", "逾期天数")]


@service_task(
    "contract.dun",
    label=Text("Take the next step of collecting", "执行催收步骤"),
    help=Text(
        "Seven days before and when due: reminders to AR and finance; later a call, a letter, a decision, a credit "
        "hold. Nothing while a dispute holds the milestone up.",
        "到期前 7 天和到期日提醒 AR 与财经；逾期 7/30/60/90 天依次电话、发函、决策、冻结信用；争议期间暂停。",
    ),
)
def dun(ctx: Context, given: WhichInvoice) -> DunningStep:
    """Take the highest step of the ladder that is due and was not taken (`ltc.md` C2.1 M5).

    The diagram asks the table D9 for the flag.
    """
    contract, claim = contract_of(ctx), claim_of(ctx, given.invoice_no)
    step = dunning_step(claim, queries.milestone_of(ctx.session, claim), today(ctx))
    if step is None:
        return DunningStep(dunning_step="none", days_late=0)
    milestone_operations.remember_dunning(ctx.session, claim, step)
    if step <= 0:
        for role in ("ar", "finance"):
            tell_role(
                ctx, role, "invoice_due", contract, invoice=claim.number, day=claim.due_on.isoformat(),
                amount=wan(claim.open_amount),
            )  # fmt: skip
    return DunningStep(dunning_step=DUNNING[step], days_late=max((today(ctx) - claim.due_on).days, 0))


@service_task(
    "contract.note_dunning",
    label=Text("Keep what came of it", "登记催收结果"),
    help=Text("The call or the letter is kept with the milestone.", "将电话或催款函的结果保存到里程碑。"),
)
def note_dunning(ctx: Context, given: WhichInvoice) -> None:
    """Keep what a call or a letter brought (`ltc.md` C2.1 M5)."""
    claim = claim_of(ctx, given.invoice_no)
    facts = said_last(ctx, "call_customer", "send_letter")
    milestone_operations.remember_dunning(ctx.session, claim, claim.dunned or 0, facts)


class DebtDecision(BaseModel):
    """What was decided about an overdue invoice."""

    invoice_no: Annotated[str, label("Invoice number", "发票号码")]
    verdict: Annotated[Literal["go_on", "dispute", "write_off"], label("Decision", "决策")]
    written_off: Annotated[int | None, label("Given up (fen)", "核销金额（分）")] = None


@service_task(
    "contract.act_on_debt",
    label=Text("Act on the decision about a debt", "执行欠款决策"),
    help=Text("Goes on, opens a dispute, or writes off.", "继续催收、发起争议或核销坏账。"),
)
def act_on_debt(ctx: Context, given: DebtDecision) -> None:
    """Do what the decision team decided (`ltc.md` C2.1 M5, C2.5); raises ``RuleRefused`` for too much."""
    contract, claim = contract_of(ctx), claim_of(ctx, given.invoice_no)
    if given.verdict == "dispute":
        ctx.send("dispute.opened", None, record_id=contract.id, unit_id=contract.unit_id, opened_by=ctx.by.user_id)
    elif given.verdict == "write_off":
        milestone_operations.write_off(ctx.session, claim, given.written_off or claim.open_amount, on=today(ctx))
        resolve_settled(ctx, claim)
        ctx.send("debt.written_off", contract.number, invoice_no=claim.number)
    facts = {**said(ctx, "decide_on_debt"), "at": "decide_on_debt"}
    milestone_operations.remember_dunning(ctx.session, claim, claim.dunned or 60, facts)


@service_task(
    "contract.hold_credit",
    label=Text("Hold the customer's credit", "冻结客户信用"),
    help=Text(
        "A new credit assessment D with nothing open any more; AR and finance are told.",
        "生成 D 级资信、额度为零，并通知 AR 与财经。",
    ),
)
def hold_credit(ctx: Context, given: WhichInvoice) -> None:
    """Hold the credit of a customer who has not paid for 90 days (`ltc.md` C2.1 M5)."""
    contract, claim = contract_of(ctx), claim_of(ctx, given.invoice_no)
    if contract.customer_id is not None:
        customers.assess_credit(
            ctx.session,
            contract.customer_id,
            rating="D",
            credit_limit=0,
            exposure=contract.invoiced - contract.paid - contract.written_off - contract.credited,
            overdue_amount=claim.open_amount,
            overdue_history=f"{contract.number} {claim.number} {claim.due_on.isoformat()}",
            source="contract",
            on=today(ctx),
            by=ctx.by,
            now=ctx.now,
        )
    for role in ("ar", "finance", "sales_manager"):
        tell_role(ctx, role, "credit_held", contract, invoice=claim.number)


class Receipt(BaseModel):
    """Money that came in for an invoice; ``payment_amount`` is the whole transfer if it pays several invoices."""

    invoice_no: Annotated[str, label("Invoice number", "发票号码")]
    amount: Annotated[int, label("Amount for this invoice (fen)", "本发票到账（分）")]
    received_on: Annotated[date, label("Received on", "到账日期")]
    reference: Annotated[str, label("Bank reference", "银行流水号")]
    payment_amount: Annotated[int | None, label("Whole transfer (fen)", "流水总额（分）")] = None


class Matched(BaseModel):
    """What is still open; the facts of the receipt are forgotten, so that none is taken for the next."""

    balance: Annotated[int, label("Still open (fen)", "未收余额（分）")]
    amount: Annotated[None, label("Amount", "到账金额")] = None
    reference: Annotated[None, label("Bank reference", "银行流水号")] = None
    payment_amount: Annotated[None, label("Whole transfer", "流水总额")] = None


@service_task(
    "contract.record_receipt",
    label=Text("Match a receipt", "核销到账"),
    help=Text(
        "Books the transfer once and puts it to the invoice; partial payments leave the rest open. More than is open "
        "is refused.",
        "流水只入账一次并核销到发票；可部分到账，余额继续催收；超出未收余额则拒绝。",
    ),
)
def record_receipt(ctx: Context, given: Receipt) -> Matched:
    """Match money to an invoice (`ltc.md` C2.1 M5, M6); raises ``RuleRefused``."""
    contract, claim = contract_of(ctx), claim_of(ctx, given.invoice_no)
    payment = milestone_operations.book_payment(
        ctx.session,
        reference=given.reference,
        received_on=given.received_on,
        amount=given.payment_amount or given.amount,
        source=milestone_operations.BANK if ctx.by.is_system else milestone_operations.MANUAL,
        customer_name=contract.customer_name,
        by=ctx.by,
        now=ctx.now,
        today=today(ctx),
    )
    milestone_operations.share_payment(ctx.session, payment, claim, given.amount, now=ctx.now)
    resolve_settled(ctx, claim)
    tell_role(
        ctx, "ar", "money_in", contract, invoice=claim.number, amount=wan(given.amount), open=wan(claim.open_amount)
    )  # fmt: skip
    return Matched(balance=claim.open_amount)
