"""Automatic steps of a contract change (`ltc.md` C2.3)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.contract import change_operations, milestone_operations, queries, refusals
from handlers.contract.case import (
    contract_of,
    resolve_flag,
    said,
    tell,
    tell_role,
    today,
)
from handlers.contract.given import NoParameters, Number
from handlers.contract.own_case import OfContract, facts_of, named_person, take_case
from handlers.contract.records import Contract, ContractChange
from handlers.contract.statuses import CANCELLED, MILESTONES_OVER, PLANNED, WORK_OVER
from handlers.customer import queries as customers
from handlers.customer.records import CustomerCredit
from handlers.labels import label
from handlers.money import written

ASSESSMENTS = ("change_assess_cost", "change_assess_cash", "change_assess_legal", "change_assess_time")


class BegunChange(OfContract):
    """The change that was numbered."""

    change_no: Annotated[int, label("Change", "变更序号")]
    requested_by: Annotated[int | None, label("Asked for by", "提出人")]


@service_task(
    "contract.begin_change",
    label=Text("Number a change", "变更编号"),
    help=Text(
        "CT-…/C1, C2 … of one contract; the contract is changing from now on.",
        "按合同连续编号 C1、C2……，合同进入变更中。",
    ),
)
def begin_change(ctx: Context, _given: NoParameters) -> BegunChange:
    """Open a change of the contract (`ltc.md` C2.3)."""
    contract = contract_of(ctx)
    change = change_operations.ask(ctx.session, contract, by=ctx.by, now=ctx.now)
    take_case(ctx, contract, f"C{change.no}")
    return BegunChange(
        **facts_of(ctx, contract), change_no=change.no, requested_by=named_person(ctx, contract, "requested_by")
    )


class NewParty(BaseModel):
    """The credit of who is to take the customer's place; nothing when the customer stays."""

    new_party_rating: Annotated[str | None, label("Credit of the new customer", "新客户资信等级")] = None
    new_party_overdue: Annotated[bool, label("The new customer owes overdue money", "新客户有逾期")] = False
    new_party_credit: Annotated[str | None, label("What is known of the credit", "新客户资信情况")] = None


@service_task(
    "contract.record_request",
    label=Text("Note what is asked for", "登记变更内容"),
    help=Text(
        "Who wants what and why: everybody sees it on the contract's page while it is assessed.",
        "登记提出方、变更类型与原因，评估期间即可在合同页面查看。",
    ),
)
def record_request(ctx: Context, given: Number) -> NewParty:
    """Keep what the change is about (`ltc.md` C2.3); raises ``RuleRefused`` for the customer that it has."""
    contract = contract_of(ctx)
    change = queries.change(ctx.session, contract.id, given.no)
    _describe(ctx, change)
    name = change.facts["request"].get(change_operations.NEW_PARTY)
    if name is None:
        return NewParty()
    customer = customers.named(ctx.session, name)
    if customer is not None and customer.id == contract.customer_id:
        raise refusals.customer_already(customer.name)
    return _judged(customers.credit(ctx.session, customer.id) if customer is not None else None)


def _judged(credit: CustomerCredit | None) -> NewParty:
    if credit is None:
        return NewParty(new_party_credit=Text("not assessed yet", "尚未评定").both())
    limit, overdue, on = written(credit.credit_limit), written(credit.overdue_amount), credit.assessed_on
    told = Text(
        f"{credit.rating}, limit {limit.en}, overdue {overdue.en}, as of {on.isoformat()}",
        f"{credit.rating} 级，额度 {limit.zh}，逾期 {overdue.zh}（{on.isoformat()} 评定）",
    )
    return NewParty(
        new_party_rating=credit.rating, new_party_overdue=credit.overdue_amount > 0, new_party_credit=told.both()
    )


def _describe(ctx: Context, change: ContractChange) -> None:
    change_operations.describe(ctx.session, change, said(ctx, "change_request"))


class Waiver(BaseModel):
    """Whether work may begin before the decision."""

    no: Annotated[int, label("Change", "变更序号", ge=1)]
    waiver: Annotated[Literal["grant", "deny"], label("Waiver", "豁免决定")]


@service_task(
    "contract.record_change_waiver",
    label=Text("Record the waiver of a change", "登记先行实施豁免"),
    help=Text("Delivery is told when work may begin before the decision.", "同意先行实施时通知交付。"),
)
def record_change_waiver(ctx: Context, given: Waiver) -> None:
    """Remember a waiver (`ltc.md` C2.3)."""
    contract = contract_of(ctx)
    change = queries.change(ctx.session, contract.id, given.no)
    change_operations.note(ctx.session, change, "waiver", said(ctx, "change_waive"))
    if given.waiver == "grant":
        change_operations.waive(ctx.session, change)
        tell_role(ctx, "delivery_pm", "change_waived", contract, change=f"C{change.no}")


class Effect(BaseModel):
    """What the assessments say."""

    no: Annotated[int, label("Change", "变更序号", ge=1)]
    amount_effect: Annotated[int, label("Effect on the price (fen)", "合同额增减（分）")]
    delay_days: Annotated[int, label("Days later", "顺延天数", ge=0)]
    margin_down: Annotated[bool, label("The margin falls", "毛利率下降")]
    allowed_days: Annotated[int | None, label("Days to pay that the credit allows", "资信允许账期（天）")] = None
    credit_uplift: Annotated[bool, label("The credit asks for a higher body", "资信要求上提决策层级")] = False


class Weighed(BaseModel):
    """What the decision table change_authority asks for."""

    effect_percent: Annotated[int, label("Effect in %, rounded up", "影响占比 %")]
    higher_body: Annotated[bool, label("A higher body decides", "上提一级决策")] = False
    new_party_terms: Annotated[str | None, label("Terms against the credit", "账期与资信对比")] = None


@service_task(
    "contract.weigh_change",
    label=Text("Weigh a change", "汇总变更影响"),
    help=Text(
        "Effect on price in percent of the contract, rounded up, for the decision table.",
        "计算影响占合同额百分比（向上取整），供决策表使用。",
    ),
)
def weigh_change(ctx: Context, given: Effect) -> Weighed:
    """Keep the assessments and work out the effect (`ltc.md` C2.3, D3c)."""
    contract = contract_of(ctx)
    change = queries.change(ctx.session, contract.id, given.no)
    if change.kind is None:  # a case whose release has no step of its own for the request
        _describe(ctx, change)
    for element in (*ASSESSMENTS, "change_renegotiate"):
        answers = said(ctx, element)
        if answers:
            change_operations.note(ctx.session, change, element.removeprefix("change_"), answers)
    change_operations.assess(
        ctx.session,
        change,
        amount_effect=given.amount_effect,
        delay_days=given.delay_days,
        margin_down=given.margin_down,
    )
    percent = -(-abs(given.amount_effect) * 100 // contract.amount)
    if given.allowed_days is None:
        return Weighed(effect_percent=percent)
    stones = queries.milestones(ctx.session, contract.id)
    longest = max((each.payment_days for each in stones if each.status not in MILESTONES_OVER), default=0)
    terms = Text(
        f"{longest} days agreed, {given.allowed_days} allowed by the credit",
        f"合同账期 {longest} 天，资信允许 {given.allowed_days} 天",
    )
    higher = given.credit_uplift or longest > given.allowed_days
    return Weighed(effect_percent=percent, higher_body=higher, new_party_terms=terms.both())


class ChangeDecision(BaseModel):
    """Who decided what."""

    no: Annotated[int, label("Change", "变更序号", ge=1)]
    verdict: Annotated[Literal["approve", "renegotiate", "refuse"], label("Decision", "决策")]
    body: Annotated[Literal["rep", "region", "company"], label("Body", "决策层级")]


@service_task(
    "contract.decide_change",
    label=Text("Record the decision on a change", "登记变更决策"),
    help=Text("Kept with the change.", "将决策结果登记到变更。"),
)
def decide_change(ctx: Context, given: ChangeDecision) -> None:
    """Keep the decision with the change (`ltc.md` C2.3)."""
    change = queries.change(ctx.session, contract_of(ctx).id, given.no)
    change_operations.decide(ctx.session, change, body=given.body, verdict=given.verdict)


class Supplement(BaseModel):
    """The supplement that both sides signed."""

    no: Annotated[int, label("Change", "变更序号", ge=1)]
    supplement: Annotated[str, label("Number of the supplement", "补充协议编号")]
    signed_on: Annotated[date, label("Signed on", "签署日期")]


class NewBaseline(BaseModel):
    """What is agreed now."""

    version: Annotated[int, label("Baseline", "基线版本")]
    contract_amount: Annotated[int, label("Amount (fen)", "合同金额（分）")]


@service_task(
    "contract.apply_change",
    label=Text("Put a change in force", "变更生效"),
    help=Text(
        "New baseline; milestones are replanned or added and running ones take it up; delivery and finance are told.",
        "生成新基线，调整或新增里程碑，执行中的里程碑同步更新，并通知交付与财经。",
    ),
)
def apply_change(ctx: Context, given: Supplement) -> NewBaseline:
    """Make the change the next baseline (`ltc.md` C2.3, P26); raises ``RuleRefused`` when it does not add up."""
    contract = contract_of(ctx)
    change = queries.change(ctx.session, contract.id, given.no)
    answers = said(ctx, "change_sign")
    change_operations.sign(ctx.session, change, supplement=given.supplement, on=given.signed_on)
    change_operations.note(ctx.session, change, "sign", answers)
    touched = change_operations.take_effect(
        ctx.session, contract, change, answers.get("new_plan", []), by=ctx.by, now=ctx.now
    )
    ctx.label = f"C{change.no} · {contract.label}"
    _resolve_replanned(ctx, contract, touched)
    _tell_running(ctx, contract, touched)
    for user_id in dict.fromkeys(ctx.team.values()):
        tell(ctx, user_id, "changed", contract, change=f"C{change.no}", version=str(contract.version))
    tell_role(ctx, "finance", "changed", contract, change=f"C{change.no}", version=str(contract.version))
    return NewBaseline(version=contract.version, contract_amount=contract.amount)


def _resolve_replanned(ctx: Context, contract: Contract, touched: list[int]) -> None:
    """Resolve the flags of milestones that are late no longer: taken out, or agreed for a day to come."""
    for stone in queries.milestones(ctx.session, contract.id):
        if stone.no in touched and (stone.status == CANCELLED or stone.planned_on >= today(ctx)):
            milestone_operations.forget_overdue(ctx.session, stone)
            resolve_flag(ctx, "MILESTONE_OVERDUE", "replanned", subject=str(stone.no), change=ctx.business_key or "")


def _tell_running(ctx: Context, contract: Contract, touched: list[int]) -> None:
    """Tell the contract's case, if it executes: milestones that wait for their delivery take up the new plan.

    Raises ``RuleRefused`` for new milestones that nobody would take up any more.
    """
    if contract.status in WORK_OVER and queries.milestones_to_begin(ctx.session, contract.id):
        raise refusals.nothing_runs()
    if contract.status != "EXECUTING":
        return
    stones = queries.milestones(ctx.session, contract.id)
    if all(stone.begun_at is None or stone.status in MILESTONES_OVER for stone in stones):
        if queries.milestones_to_begin(ctx.session, contract.id):
            raise refusals.nothing_runs()
        return
    for stone in stones:
        waits = stone.begun_at is not None and stone.status in {PLANNED, CANCELLED} and stone.evidence != "none"
        if stone.no in touched and waits:
            ctx.send("milestone.changed", contract.number, milestone_no=stone.no)
    ctx.send("change.approved", contract.number, version=contract.version)


class Dropped(BaseModel):
    """A change that does not come into force."""

    no: Annotated[int, label("Change", "变更序号", ge=1)]
    unsigned: Annotated[bool | None, label("Approved, but not signed", "已批准但未签署")] = None


@service_task(
    "contract.refuse_change",
    label=Text("Drop a change", "变更不予实施"),
    help=Text("The contract stays as it is; whoever asked is told.", "合同维持不变，通知提出人。"),
)
def refuse_change(ctx: Context, given: Dropped) -> None:
    """End a change that was refused, or whose supplement was not signed (`ltc.md` C2.3)."""
    contract = contract_of(ctx)
    change = queries.change(ctx.session, contract.id, given.no)
    if given.unsigned:
        change_operations.note(ctx.session, change, "sign", said(ctx, "change_sign"))
    status = "WITHDRAWN" if given.unsigned else "REFUSED"
    change_operations.end(ctx.session, contract, change, status, now=ctx.now)
    event = "change_dropped" if given.unsigned else "change_refused"
    for user_id in dict.fromkeys((change.requested_by, contract.ar_id, contract.contract_mgr_id)):
        tell(ctx, user_id, event, contract, change=f"C{change.no}")
