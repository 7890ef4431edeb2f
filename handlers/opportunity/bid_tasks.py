"""Automatic steps of reviewing in four dimensions, of the bid decision, of presenting and clarifying (O3.4–O3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from engine.calendar import MINUTES_PER_DAY, WorkingCalendar, working_minutes
from engine.database import zone_of
from engine.errors import RuleRefused
from engine.inbox import queries as inbox
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.customer import operations as customers
from handlers.labels import label
from handlers.opportunity import offer_operations as offers
from handlers.opportunity import operations
from handlers.opportunity.case import opportunity_of, said_in
from handlers.opportunity.solution_tasks import (
    DIMENSIONS,
    REWORK,
    NoParameters,
    before,
    today_of,
    track,
)

BEFORE_DEADLINE = 2
"""The bid decision is taken at the latest so many working days before the deadline (`ltc.md` O3, SLA)."""

LEAST_MINUTES = 60
NOT_BID = frozenset({"no_go"})


class Scope(BaseModel):
    """Which dimensions are reviewed, and what is known of the others."""

    reviews_solution: Annotated[bool, label("Solution", "方案")]
    reviews_delivery: Annotated[bool, label("Delivery", "交付")]
    reviews_legal: Annotated[bool, label("Commercial and legal", "商法")]
    reviews_finance: Annotated[bool, label("Finance", "财经")]
    score_solution: Annotated[int | None, label("Score of the solution", "方案得分")] = None
    score_delivery: Annotated[int | None, label("Score of delivery", "交付得分")] = None
    score_legal: Annotated[int | None, label("Score of commercial and legal", "商法得分")] = None
    score_finance: Annotated[int | None, label("Score of finance", "财经得分")] = None
    red_flag_solution: Annotated[bool | None, label("Red flag of the solution", "方案红线")] = None
    red_flag_delivery: Annotated[bool | None, label("Red flag of delivery", "交付红线")] = None
    red_flag_legal: Annotated[bool | None, label("Red flag of commercial and legal", "商法红线")] = None
    red_flag_finance: Annotated[bool | None, label("Red flag of finance", "财经红线")] = None


@service_task(
    "opportunity.review_scope",
    label=Text("Say what is reviewed", "确定评审范围"),
    help=Text(
        "A proposal is reviewed in all four dimensions, a contract only where it departs from the proposal. What was "
        "reviewed before a deadline passed is not asked for again.",
        "建议书四个维度都评审；合同只复审有偏离的维度；截标延期前已完成的评审继续有效，不再重复。",
    ),
)
def review_scope(ctx: Context, _given: NoParameters) -> Scope:
    """Let only those review whom a deviation concerns; of a proposal, all four (`ltc.md` O3.4, O4.2c)."""
    only = ctx.data.get("review_of") == "deviations"
    wanted = {name: not only or bool(ctx.data.get(f"deviates_{name}")) for name in DIMENSIONS}
    known = {field: ctx.data.get(field) for name in DIMENSIONS for field in (f"score_{name}", f"red_flag_{name}")}
    if ctx.data.get("proposal_passed"):
        for name, answers in _reviewed_since(ctx, "review_proposal").items():
            wanted[name] = False
            known |= {field: answers.get(field) for field in (f"score_{name}", f"red_flag_{name}")}
    return Scope.model_validate({f"reviews_{name}": each for name, each in wanted.items()} | known)


def _reviewed_since(ctx: Context, element: str) -> dict[str, Mapping[str, Any]]:
    """Return what was said in each dimension after ``element`` was answered last."""
    since = inbox.last_submission(ctx.session, ctx.instance_id, element)
    found = {name: inbox.last_submission(ctx.session, ctx.instance_id, f"review_{name}") for name in DIMENSIONS}
    return {
        name: each.answers
        for name, each in found.items()
        if since is not None and each is not None and each.id > since.id
    }


class Reviewed(BaseModel):
    """What was reviewed is settled: whatever is reworked from here on is reviewed anew."""

    proposal_passed: Annotated[Literal[False], label("The proposal passed before", "建议书已通过评审")] = False


@service_task(
    "opportunity.keep_review",
    label=Text("Keep scores and conditions", "登记评分与条件"),
    help=Text(
        "Score and red flag go to the opportunity; each condition becomes a tracked action.",
        "综合得分与红线写入商机；各项条件转为跟踪事项。",
    ),
)
def keep_review(ctx: Context, _given: NoParameters) -> Reviewed:
    """Keep what the four dimensions said (`ltc.md` O3.4, D4)."""
    opportunity = opportunity_of(ctx)
    offers.keep_review(
        ctx.session, opportunity, score=ctx.data.get("bid_score"), red_flag=bool(ctx.data.get("red_flag"))
    )  # fmt: skip
    fresh = [name for name in DIMENSIONS if ctx.data.get(f"reviews_{name}")]
    went_on = bool(fresh) and ctx.data.get("proposal_passed")  # those before the missed deadline are tracked only now
    for name in DIMENSIONS:
        if name in fresh or went_on:
            track(ctx, f"review_{name}", said_in(ctx, f"review_{name}").get(f"conditions_{name}", []))
    return Reviewed()


class Allowed(BaseModel):
    """How long the body usually has, in working time."""

    sla: Annotated[str, label("Usual time for the decision", "常规决策时限")]


class Compiled(BaseModel):
    """How long there is for the bid decision."""

    atb_due: Annotated[str, label("Decide within", "决策时限")]


@service_task(
    "opportunity.compile_bid_report",
    label=Text("Compile the bid report", "汇编投标决策报告"),
    help=Text(
        "The decision is due in the usual time, but two working days before the tender's deadline at the latest.",
        "决策时限取常规时限与截标前两个工作日中较早者。",
    ),
)
def compile_bid_report(ctx: Context, given: Allowed) -> Compiled:
    """Gather what the body looks at, and until when it decides (`ltc.md` O3.5, D5)."""
    opportunity = opportunity_of(ctx)
    offers.keep_report(
        ctx.session,
        opportunity,
        {
            "compiled_on": today_of(ctx).isoformat(),
            "price_offered": opportunity.price_offered,
            "margin_percent": opportunity.margin_percent,
            "scores": {name: getattr(opportunity, f"score_{name}") for name in DIMENSIONS},
            "bid_score": opportunity.bid_score,
            "red_flag": opportunity.red_flag,
            "musts_not_met": ctx.data.get("musts_not_met"),
        },
    )
    minutes = working_minutes(given.sla)
    if opportunity.tender_deadline is not None:
        calendar = WorkingCalendar(zone_of(ctx.session))
        latest = calendar.end_of(before(opportunity.tender_deadline, BEFORE_DEADLINE))
        minutes = min(minutes, max(LEAST_MINUTES, calendar.minutes_between(ctx.now, latest)))
    days, rest = divmod(minutes, MINUTES_PER_DAY)
    return Compiled(atb_due=f"P{days}D" if not rest else f"P{days}DT{rest // 60}H{rest % 60}M")


class BidVerdict(BaseModel):
    """What the body decided, and what the table advised."""

    verdict: Annotated[
        Literal["go", "conditional", "rework_solution", "rework_proposal", "no_go"], label("Verdict", "决策结论")
    ]
    advice: Annotated[Literal["go", "conditional", "no_go"], label("Advice", "系统建议")]
    body: Annotated[Literal["rep", "region", "company"], label("Body", "决策层级")]


class BidSettled(BaseModel):
    """How the opportunity goes on."""

    bid_decision: Annotated[Literal["go", "no_go", "rework"], label("Bid decision", "投标决策")]
    against_advice: Annotated[bool, label("Against the advice", "与建议不一致")]


@service_task(
    "opportunity.settle_bid",
    label=Text("Settle the bid decision", "确认投标决策"),
    help=Text(
        "Who decides otherwise than advised says why; what counts is what the people decide.",
        "与系统建议不一致必须说明理由；以决策团队的结论为准。",
    ),
)
def settle_bid(ctx: Context, given: BidVerdict) -> BidSettled:
    """Let the body's verdict count (`ltc.md` O3.7, P19); raises ``RuleRefused`` for an override without a reason."""
    opportunity = opportunity_of(ctx)
    if given.verdict in REWORK:
        offers.settle_bid(ctx.session, opportunity, advice=given.advice, body=None)
        return BidSettled(bid_decision="rework", against_advice=False)
    against = given.verdict != given.advice
    if against and not said_in(ctx, "decide_bid").get("reason"):
        raise RuleRefused(
            Text("The decision differs from the advice.", "决策结论与系统建议不一致。"),
            Text("Say why: it is kept with the decision.", "请说明理由，理由将随决策一并留档。"),
            "reason",
        )
    offers.settle_bid(ctx.session, opportunity, advice=given.advice, body=given.body)
    return BidSettled(bid_decision="no_go" if given.verdict in NOT_BID else "go", against_advice=against)


@service_task(
    "opportunity.learn_decision_makers",
    label=Text("Learn about the decision-makers", "更新关键决策者地图"),
    help=Text(
        "Who attended and how they stood goes to the customer's map of decision-makers.",
        "将参会人及其态度更新到客户关键决策者地图。",
    ),
)
def learn_decision_makers(ctx: Context, _given: NoParameters) -> None:
    """Take the audience into the customer's map (`ltc.md` O3.9)."""
    opportunity = opportunity_of(ctx)
    said = said_in(ctx, "present")
    on = date.fromisoformat(said["presented_on"]) if said.get("presented_on") else None
    if opportunity.customer_id is not None:
        customers.map_decision_makers(
            ctx.session,
            opportunity.customer_id,
            said.get("attendees", []),
            on=on,
            by=ctx.by,
            now=ctx.now,
        )


class Withdrawn(BaseModel):
    """The bid is withdrawn."""

    bid_result: Annotated[Literal["cancelled"], label("Result of the bid", "投标结果")]


@service_task(
    "opportunity.withdraw_bid",
    label=Text("Withdraw the bid", "撤回投标"),
    help=Text("After a change the body decided not to bid any more.", "变更后决策团队决定不再投标。"),
)
def withdraw_bid(ctx: Context, _given: NoParameters) -> Withdrawn:
    """Withdraw a bid that was submitted (`ltc.md` O3.9)."""
    operations.set_status(ctx.session, opportunity_of(ctx), "NO_BID", now=ctx.now)
    return Withdrawn(bid_result="cancelled")
