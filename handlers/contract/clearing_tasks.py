"""Automatic steps of clearing what is still owed when a contract ends early (`ltc.md` C2.5, C3.1)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.contract import clearing_operations, queries
from handlers.contract.case import contract_of, said_last, today
from handlers.contract.clearing_operations import CLAIMS, Way
from handlers.contract.given import Number, Position
from handlers.contract.milestone_tasks import stone_of
from handlers.contract.money_tasks import resolve_settled
from handlers.labels import label
from handlers.money import written

WAYS = MappingProxyType(
    {
        "write_off": Text("write off", "核销坏账"),
        "credit": Text("credit", "红字冲销"),
        "let_off": Text("do not invoice", "不再开票"),
    }
)


class Claim(BaseModel):
    """What is owed for a milestone of the contract that ended."""

    milestone_no: Annotated[int, label("Milestone", "里程碑序号")]
    claim_subject: Annotated[str, label("Which claim", "款项")]
    claim_state: Annotated[Literal["settled", "to_invoice", "invoiced"], label("What is open", "款项状态")]
    balance: Annotated[int, label("Still open (fen)", "未收余额（分）")]
    invoice_no: Annotated[str | None, label("Invoice number", "发票号码")] = None
    payment_due_on: Annotated[str | None, label("Due on", "到期日")] = None


@service_task(
    "contract.take_claim",
    label=Text("Look at an open claim", "查看未结款项"),
    help=Text(
        "What is open now of one of the milestones on which money was open when the contract ended.",
        "查看合同终止时仍有未结款项的里程碑当前余额。",
    ),
)
def take_claim(ctx: Context, given: Position) -> Claim:
    """Say what is owed for the milestone at ``position`` of those that are cleared."""
    contract = contract_of(ctx)
    stone = stone_of(ctx, contract.facts[CLAIMS][given.position])
    claim = queries.invoice_for(ctx.session, stone)
    number = f"{claim.number} · " if claim is not None else ""
    return Claim(
        milestone_no=stone.no,
        claim_subject=f"{number}{stone.no} {stone.name}",
        claim_state="settled" if not stone.open_amount else "to_invoice" if claim is None else "invoiced",
        balance=stone.open_amount,
        invoice_no=claim.number if claim is not None else None,
        payment_due_on=claim.due_on.isoformat() if claim is not None else None,
    )


class Proposal(BaseModel):
    """What finance proposes to give up; without an amount: all that is open."""

    no: Annotated[int, label("Milestone", "里程碑序号", ge=1)]
    way: Annotated[Way, label("How", "处理方式")]
    amount: Annotated[int | None, label("Amount (fen)", "金额（分）")] = None


class Weighed(BaseModel):
    """What the decision table change_authority asks for, and what the decision team reads."""

    effect_percent: Annotated[int, label("Given up in all, % of the contract, rounded up", "累计放弃占合同额 %")]
    delay_days: Annotated[int, label("Days later", "顺延天数")] = 0
    margin_down: Annotated[bool, label("The margin falls", "毛利率下降")] = True
    clearing_plan: Annotated[str, label("Proposal", "处理建议")]
    clearing_proposed_by: Annotated[int | None, label("Proposed by", "提出人")]


@service_task(
    "contract.propose_clearing",
    label=Text("Weigh what is to be given up", "汇总放弃金额"),
    help=Text(
        "With all that was given up of the contract before, in percent of its price: the table D3c says who decides.",
        "连同此前已放弃的金额计算占合同额百分比，按 D3c 确定决策层级。",
    ),
)
def propose_clearing(ctx: Context, given: Proposal) -> Weighed:
    """Keep the proposal and work out its effect (`ltc.md` C2.5, D3c); raises ``RuleRefused`` for too much."""
    contract, stone = contract_of(ctx), stone_of(ctx, given.no)
    amount = given.amount or stone.open_amount
    facts = said_last(ctx, "clear_claim", "bill_or_let_off")
    clearing_operations.propose(ctx.session, stone, given.way, amount, facts)
    in_all = contract.written_off + contract.credited + amount
    way, much = WAYS[given.way], written(amount)
    return Weighed(
        effect_percent=-(-in_all * 100 // contract.amount),
        clearing_plan=Text(f"{way.en}: {much.en}", f"{way.zh}：{much.zh}").both(),
        clearing_proposed_by=facts.get("by"),
    )


@service_task(
    "contract.give_up",
    label=Text("Give the money up", "执行核销或冲销"),
    help=Text(
        "Written off or credited as proposed, with reason and document; refused when money came in meanwhile.",
        "按批准的方案核销或冲销，保留理由与凭证；期间已到账的不予执行。",
    ),
)
def give_up(ctx: Context, given: Number) -> None:
    """Give up what the decision team agreed to give up (`ltc.md` C2.5); raises ``RuleRefused``."""
    stone = stone_of(ctx, given.no)
    claim = queries.invoice_for(ctx.session, stone)
    clearing_operations.give_up(ctx.session, stone, claim, on=today(ctx))
    if claim is not None:
        resolve_settled(ctx, claim)
