"""Automatic steps of verifying opportunities: taking up, level and tier, team, documents (`ltc.md` O1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel

from engine.errors import RuleRefused
from engine.inbox import queries as inbox
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.customer import queries as customers
from handlers.labels import label
from handlers.opportunity import documents, operations
from handlers.opportunity.case import opportunity_of, tell
from handlers.opportunity.operations import BODIES
from handlers.opportunity.records import FROM_MARKET, Opportunity
from handlers.opportunity.solution_tasks import track
from handlers.organisation import queries as organisation

TEAM = ("ar", "sr", "fr", "pd", "sponsor")
LAYERS = ("general", "key", "strategic")
"""The tiers, lowest first (`ltc.md` D2)."""
Body = Literal["rep", "region", "company"]
Tier = Literal["strategic", "key", "general"]


class NoParameters(BaseModel):
    """The opportunity of the case is all this step needs."""


class Begun(BaseModel):
    """What is known of the opportunity before anybody answers: the first form begins with it."""

    source: Annotated[str, label("Source", "来源")]
    customer: Annotated[str | None, label("Customer", "客户")] = None
    name: Annotated[str | None, label("Opportunity", "商机名称")] = None
    industry: Annotated[str | None, label("Industry", "行业")] = None
    demand: Annotated[str | None, label("Demand", "客户诉求")] = None
    expected_amount: Annotated[int | None, label("Expected amount (fen)", "预计金额（分）")] = None
    expected_decision_on: Annotated[str | None, label("Expected decision", "预计决策日期")] = None
    org_level: Annotated[str, label("Level of the unit", "组织层级")] = "rep"


@service_task(
    "opportunity.begin",
    label=Text("Begin with the opportunity", "开始商机流程"),
    help=Text(
        "From a lead: team, customer and demand are taken over. From the market: who registers it is its AR for now.",
        "来自线索：带入项目组、客户和诉求；来自市场：登记人暂任客户责任人。",
    ),
)
def begin(ctx: Context, _given: NoParameters) -> Begun:
    """Take up what the lead brought, or let the person who found it in the market answer for it (`ltc.md` 2.2)."""
    if ctx.record_id is None:
        if ctx.started_by is not None:
            ctx.team["ar"] = ctx.started_by
        return Begun(source=FROM_MARKET, org_level=_level_of(ctx, ctx.unit_id))
    opportunity = opportunity_of(ctx)
    _take_up(ctx, opportunity)
    decided_on = opportunity.expected_decision_on
    return Begun(
        source=opportunity.source,
        customer=opportunity.customer_name or None,
        name=opportunity.name or None,
        industry=opportunity.industry,
        demand=opportunity.demand,
        expected_amount=opportunity.expected_amount,
        expected_decision_on=decided_on.isoformat() if decided_on else None,
        org_level=_level_of(ctx, ctx.unit_id),
    )


def _level_of(ctx: Context, unit_id: int | None) -> str:
    return organisation.unit(ctx.session, unit_id).level if unit_id is not None else "rep"


def _take_up(ctx: Context, opportunity: Opportunity) -> None:
    """Put the case where the opportunity is: key, label, unit, team."""
    if opportunity.unit_id is None:
        opportunity.unit_id = ctx.unit_id
    ctx.business_key, ctx.label, ctx.unit_id = opportunity.number, opportunity.label or ctx.label, opportunity.unit_id
    opportunity.org_level = _level_of(ctx, ctx.unit_id)
    for role in TEAM:
        user_id = getattr(opportunity, f"{role}_id")
        if user_id is not None:
            ctx.team[role] = user_id
    ctx.session.flush()


class TakenUp(BaseModel):
    """Where the opportunity belongs."""

    number: Annotated[str, label("Number", "商机编号")]
    org_level: Annotated[str, label("Level of the unit", "组织层级")]
    customer_grade: Annotated[str, label("Customer grade", "客户等级")]


@service_task(
    "opportunity.take_up",
    label=Text("Take up the opportunity", "登记商机"),
    help=Text(
        "Its number becomes the key of the case; unit, team and customer grade are looked up.",
        "商机编号作为流程编号，并带出组织、项目组和客户等级。",
    ),
)
def take_up(ctx: Context, _given: NoParameters) -> TakenUp:
    """Give the case its number, unit and label after the first form (`ltc.md` O1.1).

    It is graded anew: what sales management said of tier and level in an earlier round counts no more.
    """
    opportunity = opportunity_of(ctx)
    _take_up(ctx, opportunity)
    operations.keep_level_by_hand(ctx.session, opportunity, tier=None, body=None)
    return TakenUp(
        number=opportunity.number, org_level=opportunity.org_level or "rep", customer_grade=_grade(ctx, opportunity)
    )


def _grade(ctx: Context, opportunity: Opportunity) -> str:
    if opportunity.customer_id is None:
        return ""
    return customers.get(ctx.session, opportunity.customer_id).grade or ""


class LevelFacts(BaseModel):
    """What the tables D2 and D3 ask for; ``floor_level`` is the lowest body allowed, 1 to 3."""

    strategic: Annotated[bool, label("Strategic", "战略机会")]
    amount: Annotated[int, label("Amount (fen)", "金额（分）")]
    customer_grade: Annotated[str, label("Customer grade", "客户等级")]
    risk_level: Annotated[str, label("Risk", "风险等级")]
    margin_percent: Annotated[int | None, label("Gross margin (%)", "毛利率（%）")]
    prepay_percent: Annotated[int | None, label("Prepayment (%)", "预付比例（%）")]
    last_payment_percent: Annotated[int | None, label("Last payment (%)", "尾款比例（%）")]
    payment_days: Annotated[int | None, label("Payment term (days)", "账期（天）")]
    credit_rating: Annotated[str, label("Credit rating", "资信等级")]
    credit_overdue: Annotated[bool, label("Overdue payments", "存在逾期")]
    unlimited_liability: Annotated[bool, label("Unlimited liability or foreign law", "无限责任或非标法律条款")]
    flow: Annotated[str, label("Flow", "流程版本")]
    floor_level: Annotated[int, label("Lowest body allowed", "最低决策层级")]


@service_task(
    "opportunity.level_facts",
    label=Text("Gather what the level depends on", "汇总定级依据"),
    help=Text(
        "Amount, margin, risk, payment terms, credit: the best that is known now. ATC is never below ATB.",
        "汇总当前已知的金额、毛利、风险、付款条件和资信。签约决策不低于投标决策层级。",
    ),
)
def level_facts(ctx: Context, _given: NoParameters) -> LevelFacts:
    """Gather the inputs of D2 and D3 (`ltc.md` 3); the body that took ATB is the floor of what follows (A12)."""
    opportunity = opportunity_of(ctx)
    said = ctx.data
    taken = BODIES.index(opportunity.atb_body) + 1 if opportunity.atb_body in BODIES else 1
    return LevelFacts(
        strategic=opportunity.strategic,
        amount=opportunity.amount or 0,
        customer_grade=_grade(ctx, opportunity),
        risk_level=opportunity.risk_level or "medium",
        margin_percent=opportunity.margin_percent,
        prepay_percent=said.get("prepay_percent"),
        last_payment_percent=said.get("last_payment_percent"),
        payment_days=said.get("payment_days"),
        credit_rating=said.get("credit_rating") or "",
        credit_overdue=bool(said.get("credit_overdue")),
        unlimited_liability=bool(said.get("unlimited_liability")),
        flow=opportunity.flow,
        floor_level=taken,
    )


class Level(BaseModel):
    """Which tier and body the tables gave, or count because sales management said so."""

    tier: Annotated[Tier, label("Tier", "商机分层")]
    body: Annotated[Body, label("Decision body", "决策层级")]


@service_task(
    "opportunity.set_level",
    label=Text("Record tier and level", "记录分层分级"),
    help=Text(
        "Writes tier and deciding body into the opportunity; what sales management changed by hand stays.",
        "将分层和决策层级写入商机；销售管理部人工调整过的结果保持有效。",
    ),
)
def set_level(ctx: Context, given: Level) -> Level:
    """Write what D2 and D3 said into the opportunity (`ltc.md` O1.3).

    Another tier that sales management settled on stays, and so does a higher body: no later gate is below it.
    """
    opportunity = opportunity_of(ctx)
    by_hand = operations.level_by_hand(opportunity)
    level = Level.model_validate(
        {
            "tier": by_hand.get("tier") or given.tier,
            "body": max(given.body, by_hand.get("body") or given.body, key=BODIES.index),
        }
    )
    opportunity.tier = level.tier
    operations.set_body(ctx.session, opportunity, level.body)
    return level


class Confirmed(BaseModel):
    """What the tables advise, and what sales management confirmed."""

    tier: Annotated[Tier, label("Tier advised", "建议分层")]
    body: Annotated[Body, label("Body advised", "建议决策层级")]
    tier_confirmed: Annotated[Tier | None, label("Tier confirmed", "确认分层")] = None
    body_confirmed: Annotated[Body | None, label("Body confirmed", "确认决策层级")] = None
    reason: Annotated[str | None, label("Reason of the change", "调整原因")] = None


class Settled(BaseModel):
    """What counts from now on."""

    tier: Annotated[Tier, label("Tier", "商机分层")]
    body: Annotated[str, label("Decision body", "决策层级")]
    level_lowered: Annotated[bool, label("Level lowered by hand", "人工下调层级")]


@service_task(
    "opportunity.settle_level",
    label=Text("Settle tier and level", "确定分层分级"),
    help=Text(
        "What sales management confirmed counts; a change of the advice needs its reason.",
        "以销售管理部的确认为准；与建议不一致必须说明原因。",
    ),
)
def settle_level(ctx: Context, given: Confirmed) -> Settled:
    """Let sales management's level count (`ltc.md` O1.3); raises ``RuleRefused`` for a change without a reason."""
    tier, body = given.tier_confirmed or given.tier, given.body_confirmed or given.body
    if (tier, body) != (given.tier, given.body) and not given.reason:
        raise RuleRefused(
            Text("Tier or level differs from what the tables advise.", "分层或决策层级与系统建议不一致。"),
            Text("Say why in the field for the reason.", "请在“调整原因”中说明理由。"),
            "level_reason",
        )
    opportunity = opportunity_of(ctx)
    opportunity.tier = tier
    operations.set_body(ctx.session, opportunity, body)
    operations.keep_level_by_hand(
        ctx.session,
        opportunity,
        tier=tier if tier != given.tier else None,
        body=body if BODIES.index(body) > BODIES.index(given.body) else None,
    )
    return Settled(
        tier=tier,
        body=body,
        level_lowered=BODIES.index(body) < BODIES.index(given.body) or LAYERS.index(tier) < LAYERS.index(given.tier),
    )


class Tracked(BaseModel):
    """How many actions are tracked from now on."""

    actions_opened: Annotated[int, label("Actions", "跟踪事项数")]


PROMISED_IN = ("fit_solution_check", "fit_delivery_check", "fit_commercial_check", "weigh_up")
"""The elements whose answers promise to close a gap."""


@service_task(
    "opportunity.track_gaps",
    label=Text("Track the actions", "登记跟踪事项"),
    help=Text(
        "What was promised to close gaps becomes actions with owner and day; an earlier round's are not repeated.",
        "弥补差距的措施转为带责任人和期限的跟踪事项；退回重新验证前的不重复登记。",
    ),
)
def track_gaps(ctx: Context, _given: NoParameters) -> Tracked:
    """Track what this round of the verification promised (`ltc.md` O1.2)."""
    began = inbox.last_submission(ctx.session, ctx.instance_id, "understand_opportunity")
    opened = 0
    for element in PROMISED_IN:
        said = inbox.last_submission(ctx.session, ctx.instance_id, element)
        if said is not None and (began is None or said.id > began.id):
            actions = list(said.answers.get("actions") or [])
            track(ctx, element, actions)
            opened += len(actions)
    return Tracked(actions_opened=opened)


class Formed(BaseModel):
    """Whether one person fills two posts."""

    ar_is_fr: Annotated[bool, label("AR is FR too", "AR 兼任 FR")]


@service_task(
    "opportunity.form_team",
    label=Text("Form the triangle", "组建铁三角"),
    help=Text(
        "AR, SR and FR join the case and are told, and whom nobody names any more leaves; key opportunities need a PD, "
        "strategic ones a sponsor too.",
        "AR、SR、FR 加入本流程并收到通知，不再指定的人员退出；重点及以上须有项目总监，战略商机还须有赞助人。",
    ),
)
def form_team(ctx: Context, _given: NoParameters) -> Formed:
    """Put the triangle into the case (`ltc.md` 1.1, O1.4); raises ``RuleRefused`` when somebody is missing."""
    opportunity = opportunity_of(ctx)
    needed = {"general": TEAM[:3], "key": TEAM[:4], "strategic": TEAM}.get(opportunity.tier or "general", TEAM[:3])
    for role in needed:
        if getattr(opportunity, f"{role}_id") is None:
            raise RuleRefused(
                Text("The team of such an opportunity needs this person.", "这一层级的商机必须配备该角色。"),
                Text("Name the person.", "请指定人员。"),
                f"{role}_id",
            )
    for role in TEAM:
        user_id = getattr(opportunity, f"{role}_id")
        if user_id is None:
            ctx.team.pop(role, None)
        elif ctx.team.get(role) != user_id:
            ctx.team[role] = user_id
            tell(ctx, user_id, "team", opportunity)
    return Formed(ar_is_fr=opportunity.ar_id == opportunity.fr_id)


class Needed(BaseModel):
    """Which documents the step needs, as the table D11 says."""

    documents: Annotated[str, label("Documents needed", "所需文档")]


class Missing(BaseModel):
    """What is missing."""

    documents_complete: Annotated[bool, label("Documents complete", "文档齐全")]
    documents_missing: Annotated[str, label("Missing documents", "缺少的文档")]


@service_task(
    "opportunity.check_documents",
    label=Text("Check the documents", "检查文档"),
    help=Text(
        "Compares what the table asks for with what has been answered so far.",
        "对照决策表检查各步骤要求的文档是否齐全。",
    ),
)
def check_documents(ctx: Context, given: Needed) -> Missing:
    """Say which documents of a step are missing (`ltc.md` D11)."""
    missing = documents.missing(opportunity_of(ctx), given.documents)
    names = Text(", ".join(each.en for each in missing), "、".join(each.zh for each in missing))
    return Missing(documents_complete=not missing, documents_missing=names.both() if missing else "")


@service_task(
    "opportunity.resume",
    label=Text("Take up again", "恢复推进"),
    help=Text("A suspended opportunity goes on; its AR is told.", "暂缓的商机恢复推进，并通知客户责任人。"),
)
def resume(ctx: Context, _given: NoParameters) -> None:
    """Go on with a suspended opportunity (`ltc.md` O1.6, suspend)."""
    opportunity = opportunity_of(ctx)
    opportunity.suspended_until = None
    ctx.session.flush()
    tell(ctx, opportunity.ar_id, "resumed", opportunity)
