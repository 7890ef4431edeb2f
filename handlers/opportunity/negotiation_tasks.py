"""Automatic steps of negotiating: what was offered, nothing given for nothing, each round against the grant (O4.1)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel

from engine.errors import RuleRefused
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.authority.records import LIABILITIES
from handlers.authority.tasks import grant_of
from handlers.labels import label
from handlers.opportunity import offer_operations as offers
from handlers.opportunity.answers import fact
from handlers.opportunity.case import opportunity_of, said_in
from handlers.opportunity.records import FOUR_STEP, Opportunity
from handlers.opportunity.solution_tasks import NoParameters

SMALL = 100_000_000
"""Below one million yuan (in fen) the four-step flow does without credit file and give/get list (`ltc.md` 5)."""


class Offered(BaseModel):
    """Where the negotiation begins."""

    customer_name: Annotated[str, label("Customer", "客户")]
    is_small: Annotated[bool, label("Small deal of the four-step flow", "四步流程小额项目")]
    price_offered: Annotated[int | None, label("Price offered (fen)", "报价（分）")]
    margin_percent: Annotated[int | None, label("Gross margin (%)", "毛利率（%）")]
    round_held: Annotated[bool, label("A round was held", "已谈过")]
    round_outcome: Annotated[str | None, label("Outcome of the round", "本轮结果")]
    authority: Annotated[str | None, label("Authority", "授权判断")]
    negotiation: Annotated[str | None, label("Negotiation", "谈判结果")]
    contract_amount: Annotated[int | None, label("Amount on the table (fen)", "当前合同金额（分）")]
    delay_days: Annotated[int, label("Days sooner than we can deliver", "比我方可交付日期提前（天）")]
    signature_outcome: Annotated[str | None, label("Outcome of the signature", "返签跟进结果")]
    minutes: Annotated[str | None, label("What the decision team said", "决策团队意见")]


@service_task(
    "opportunity.negotiation_facts",
    label=Text("Collect what was offered", "汇总报价条件"),
    help=Text(
        "Price and margin of the proposal; a small deal of the four-step flow needs neither credit file nor list.",
        "带出建议书报价与毛利；四步流程的小额项目免资信档案和得让清单。",
    ),
)
def negotiation_facts(ctx: Context, _given: NoParameters) -> Offered:
    """Begin a negotiation, the first or a new one (`ltc.md` O4.1)."""
    opportunity = opportunity_of(ctx)
    amount = opportunity.amount
    return Offered(
        customer_name=opportunity.customer_name,
        is_small=opportunity.flow == FOUR_STEP and amount is not None and amount < SMALL,
        price_offered=opportunity.price_offered,
        margin_percent=opportunity.margin_percent,
        round_held=False,
        round_outcome=None,
        authority=None,
        negotiation=None,
        contract_amount=opportunity.contract_amount or opportunity.price_offered,
        delay_days=ctx.data.get("delay_days") or 0,
        signature_outcome=None,
        minutes=ctx.data.get("minutes") if ctx.data.get("sign_decision") == "renegotiate" else None,
    )


@service_task(
    "opportunity.check_give_get",
    label=Text("Check that nothing is given for nothing", "检查有让必有得"),
    help=Text(
        "Each thing to give names what it is given for, and something is to be got.", "每一项让都要写明换回什么。"
    ),
)
def check_give_get(ctx: Context, _given: NoParameters) -> None:
    """Refuse a concession without a return (`ltc.md` O4.1b, P21); raises ``RuleRefused``."""
    rows = fact(opportunity_of(ctx), "give_get", "give_get", [])
    free = [row["item"] for row in rows if row["direction"] == "give" and not row.get("trade_for")]
    if free:
        raise RuleRefused(
            Text(f"Given for nothing: {', '.join(free)}.", f"以下让步没有写明换回什么：{'、'.join(free)}。"),
            Text("Say in exchange for what you would give it.", "请在“换回什么”中填写。"),
            "give_get",
        )
    if not any(row["direction"] == "get" for row in rows):
        raise RuleRefused(
            Text("The list names nothing to get.", "清单里没有任何“得”。"),
            Text("Add what we want from the customer.", "请补充我们想得到的条件。"),
            "give_get",
        )


PARTS = MappingProxyType(
    {
        "lead": Text("lead", "主谈"),
        "commercial": Text("commercial", "商务"),
        "legal": Text("legal", "法务"),
        "solution": Text("solution", "方案"),
        "delivery": Text("delivery", "交付"),
    }
)
"""Who sits on our side (`ltc.md` 1.2); one person may take several parts."""


@service_task(
    "opportunity.negotiation_team",
    label=Text("Form the negotiation team", "组建谈判团队"),
    help=Text(
        "One person leads and gets the tasks of the rounds; every other part has somebody, too.",
        "须有且只有一位主谈，各轮谈判任务由主谈处理；商务、法务、方案、交付均须有人参与。",
    ),
)
def negotiation_team(ctx: Context, _given: NoParameters) -> None:
    """Give the talks to whoever leads them (`ltc.md` 1.2, O4.1d, P17); raises ``RuleRefused`` for a missing part.

    A small deal of the four-step flow needs nobody but who leads.
    """
    rows = said_in(ctx, "prepare")["team_roles"]
    leads = [row["user_id"] for row in rows if row["part"] == "lead"]
    if len(leads) != 1:
        raise RuleRefused(
            Text("Exactly one person leads the negotiation.", "主谈须有且只有一位。"),
            Text("Name one person with the part “Leads”.", "请指定一位成员为“主谈”。"),
            "team_roles",
        )
    missing = [] if ctx.data.get("is_small") else [PARTS[each] for each in PARTS.keys() - {row["part"] for row in rows}]
    if missing:
        en, zh = sorted(each.en for each in missing), [each.zh for each in PARTS.values() if each in missing]
        raise RuleRefused(
            Text(f"Nobody takes the part: {', '.join(en)}.", f"谈判团队缺少：{'、'.join(zh)}。"),
            Text("Name somebody for each part; one person may take several.", "请补充人员；一人可兼多个角色。"),
            "team_roles",
        )
    ctx.team["negotiator"] = leads[0]


class Measured(BaseModel):
    """By how much the terms on the table exceed what we may agree to; 0 or less is inside."""

    round_held: Annotated[bool, label("A round was held", "已谈过")]
    rounds: Annotated[int, label("Rounds held", "谈判轮数")]
    price_over: Annotated[int, label("Discount or margin beyond (points)", "折扣或毛利超出（个百分点）")]
    payment_over: Annotated[int, label("Payment beyond (days)", "账期超出（天）")]
    liability_over: Annotated[int, label("Liability beyond (steps)", "责任超出（级）")]
    delivery_over: Annotated[int, label("Delivery beyond (days)", "交期超出（天）")]
    amount_over: Annotated[bool, label("Amount beyond the grant", "金额超出授权")]


@service_task(
    "opportunity.measure_round",
    label=Text("Compare with grant and credit", "对照授权与资信"),
    help=Text(
        "Compares price, payment, liability and delivery of the round with our grant and the customer's credit.",
        "将本轮价格、账期、责任、交期与授权和客户信用条件对照。",
    ),
)
def measure_round(ctx: Context, _given: NoParameters) -> Measured:
    """Measure the terms on the table (`ltc.md` O4.1e, D10).

    Raises ``RuleRefused`` for an item of the list of which nothing is said, for one below its floor without a reason.
    """
    opportunity = opportunity_of(ctx)
    data = ctx.data
    _check_floors(ctx, opportunity)
    terms = (
        "round_on",
        "contract_amount",
        "discount_percent",
        "margin_percent",
        "payment_days",
        "liability",
        "standard_clauses",
    )
    held = {**said_in(ctx, "round"), **{name: data.get(name) for name in terms}}
    rounds = offers.keep_round(ctx.session, opportunity, held)
    grant = grant_of(ctx)
    if grant is None:
        return Measured(
            round_held=True, rounds=rounds, price_over=0, payment_over=0, liability_over=0, delivery_over=0,
            amount_over=True,
        )  # fmt: skip
    # whoever extended the authority for this deal knew the customer's credit
    credit_counts = grant.opportunity_id is None
    allowed, prepaid = data.get("allowed_days"), data.get("least_prepaid")
    days = data["payment_days"] - grant.max_payment_days
    if credit_counts and allowed is not None:
        days = max(days, data["payment_days"] - allowed)
    if credit_counts and prepaid is not None and data["prepay_percent"] < prepaid:
        days = max(days, prepaid - data["prepay_percent"])
    return Measured(
        round_held=True,
        rounds=rounds,
        price_over=max(
            data["discount_percent"] - grant.max_discount_percent, grant.min_margin_percent - data["margin_percent"]
        ),
        payment_over=days,
        liability_over=LIABILITIES.index(data["liability"]) - LIABILITIES.index(grant.max_liability),
        delivery_over=data["delay_days"] - grant.max_delay_days,
        amount_over=data["contract_amount"] > grant.max_amount,
    )


def _check_floors(ctx: Context, opportunity: Opportunity) -> None:
    standing = {row["item"]: row for row in said_in(ctx, "round").get("standing", [])}
    listed = [row["item"] for row in fact(opportunity, "give_get", "give_get", [])]
    silent = [each for each in listed if each not in standing] if not ctx.data.get("is_small") else []
    if silent:
        raise RuleRefused(
            Text(
                f"The round says nothing of: {', '.join(silent)}.",
                f"得让清单中以下事项没有记录现状：{'、'.join(silent)}。",
            ),
            Text("Say for each item of the list whether its floor holds.", "请逐项记录现状，并核对是否守住底线。"),
            "standing",
        )
    broken = [item for item, row in standing.items() if not row["floor_holds"] and not row.get("floor_why")]
    if broken:
        raise RuleRefused(
            Text(
                f"Below the floor without a reason: {', '.join(broken)}.", f"突破底线但未写理由：{'、'.join(broken)}。"
            ),
            Text("Say why, or take it back to the table.", "请写明理由，或回到谈判桌上再谈。"),
            "standing",
        )
