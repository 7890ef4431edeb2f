"""Automatic steps of collecting, verifying and distributing leads (`ltc.md` L1, L2)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Literal, get_args

from pydantic import BaseModel

from engine.calendar import WorkingCalendar, working_minutes
from engine.database import zone_of
from engine.errors import NotFound, RuleRefused
from engine.service_tasks import BusinessError, Context, service_task
from engine.text import Text
from handlers.labels import label
from handlers.lead import operations, queries, routing, scoring
from handlers.lead.case import lead_of, leave_team, tell
from handlers.lead.records import Lead
from handlers.organisation import queries as organisation

Event = Literal[
    "submitted", "verified", "invalid", "returned", "merged", "distributed", "accepted", "refused", "reclaimed",
    "closed", "converted", "reawakened",
]  # fmt: skip


Maturity = Literal["hot", "warm", "cold"]


class NoParameters(BaseModel):
    """The lead of the case is all this step needs."""


class Checked(BaseModel):
    """What the check found."""

    complete: Annotated[bool, label("Complete", "资料完整")]
    missing: Annotated[str, label("Missing fields", "缺少的字段")]
    org_level: Annotated[str, label("Level of the unit", "组织层级")]
    maturity: Annotated[Maturity | None, label("Maturity", "成熟度")]
    secrecy: Annotated[bool, label("Confidential", "保密线索")]
    has_team: Annotated[bool, label("A team looks after it", "有对口团队")]


NEEDED = MappingProxyType(
    {
        "title": Text("title", "线索名称"),
        "customer_name": Text("customer", "客户名称"),
        "unit_id": Text("unit", "区域/代表处"),
        "channel": Text("channel", "线索来源"),
        "problem": Text("problem", "客户的问题或痛点"),
        "product_areas": Text("product areas", "产品/解决方案领域"),
    }
)
"""The columns without which a lead cannot be verified (`ltc.md` L1.3, the fields marked with ``*``)."""


@service_task(
    "lead.check",
    label=Text("Check the lead", "检查线索"),
    help=Text(
        "Is everything needed there? Also tells the unit's level and whether a team looks after such leads.",
        "检查必填资料是否齐全，并给出组织层级和是否有对口团队。",
    ),
)
def check(ctx: Context, _given: NoParameters) -> Checked:
    """Check completeness, put the case at the lead's unit (`ltc.md` L1.4)."""
    lead = lead_of(ctx)
    if lead.submitter_id is None:
        lead.submitter_id = ctx.started_by
    if lead.unit_id is None:
        lead.unit_id = ctx.unit_id or _home_of(ctx, lead.submitter_id)
    ctx.session.flush()
    ctx.unit_id = lead.unit_id
    ctx.label = lead.label or ctx.label
    missing = [words for name, words in NEEDED.items() if not getattr(lead, name)]
    names = Text(", ".join(each.en for each in missing), "、".join(each.zh for each in missing))
    level = organisation.unit(ctx.session, lead.unit_id).level if lead.unit_id is not None else "rep"
    return Checked(
        complete=not missing,
        missing=names.both() if missing else "",
        org_level=level,
        maturity=_maturity_of(lead),
        secrecy=lead.secrecy,
        has_team=routing.team_exists(ctx.session, lead),
    )


def _maturity_of(lead: Lead) -> Maturity | None:
    """Return the lead's maturity; what another system may have sent instead counts as unknown."""
    known: tuple[Maturity, ...] = get_args(Maturity)
    return next((each for each in known if each == lead.maturity), None)


def _home_of(ctx: Context, user_id: int | None) -> int | None:
    return organisation.user(ctx.session, user_id).unit_id if user_id is not None else None


class Numbered(BaseModel):
    """The number given."""

    number: Annotated[str, label("Lead number", "线索编号")]


@service_task(
    "lead.number",
    label=Text("Number the lead", "线索编号"),
    help=Text("Gives the next number of the month, LD-yyyymm-nnnn, without gaps.", "按月连续编号 LD-年月-序号。"),
)
def number(ctx: Context, _given: NoParameters) -> Numbered:
    """Give the lead its number, which is the case's business key (`ltc.md` L1.4)."""
    ctx.business_key = operations.number(ctx.session, lead_of(ctx), now=ctx.now)
    return Numbered(number=ctx.business_key)


class WhatIsAlike(BaseModel):
    """When two leads count as one."""

    days: Annotated[int, label("Days to look back", "回溯天数", ge=1, le=3650)] = queries.DUPLICATE_DAYS
    least_percent: Annotated[int, label("Similarity from (%)", "相似度下限（%）", ge=1, le=100)] = queries.ALIKE_PERCENT


class Duplicates(BaseModel):
    """The most similar lead, if any."""

    duplicate_suspected: Annotated[bool, label("Duplicate suspected", "疑似重复")]
    duplicate_of: Annotated[int | None, label("Similar lead", "相似线索")]
    duplicate_percent: Annotated[int, label("Similarity (%)", "相似度（%）")]


@service_task(
    "lead.find_duplicates",
    label=Text("Look for duplicates", "查找重复线索"),
    help=Text(
        "Same customer and a similar need within 180 days. Only flags, never deletes.",
        "同一客户、相似需求、180 天之内。只提示，不删除。",
    ),
)
def find_duplicates(ctx: Context, given: WhatIsAlike) -> Duplicates:
    """Flag the most similar earlier lead to the lead manager (`ltc.md` L1.4)."""
    lead = lead_of(ctx)
    found = queries.similar_to(ctx.session, lead, days=given.days, least_percent=given.least_percent)
    best = found[0] if found else None
    lead.duplicate_of_id = best.lead.id if best else None
    ctx.session.flush()
    return Duplicates(
        duplicate_suspected=best is not None,
        duplicate_of=best.lead.id if best else None,
        duplicate_percent=best.percent if best else 0,
    )


class ScoreWeights(BaseModel):
    """Points per criterion (`ltc.md` D1)."""

    fit: Annotated[int, label("Strategic fit", "战略匹配", ge=0, le=100)] = 20
    need: Annotated[int, label("Need proven", "需求真实", ge=0, le=100)] = 20
    maturity: Annotated[int, label("Maturity", "成熟度", ge=0, le=100)] = 15
    win: Annotated[int, label("Chance to win", "赢单机会", ge=0, le=100)] = 15
    budget: Annotated[int, label("Budget known", "预算明确", ge=0, le=100)] = 10
    kdm: Annotated[int, label("Decision-maker reachable", "可接触关键决策者", ge=0, le=100)] = 10
    amount: Annotated[int, label("Amount", "金额", ge=0, le=100)] = 10


class Scored(BaseModel):
    """The score."""

    score: Annotated[int, label("Score", "评分")]
    maturity: Annotated[Maturity | None, label("Maturity", "成熟度")]


@service_task(
    "lead.score",
    label=Text("Score the lead", "线索评分"),
    help=Text("0 to 100 points from seven weighted criteria.", "按七项加权标准给出 0–100 分。"),
)
def score(ctx: Context, given: ScoreWeights) -> Scored:
    """Score the lead (`ltc.md` D1, L2.2b)."""
    lead = lead_of(ctx)
    points = operations.score(ctx.session, lead, scoring.Weights(**given.model_dump()))
    return Scored(score=points, maturity=_maturity_of(lead))


class Graded(BaseModel):
    """What the decision table ``lead_priority`` said; a lead manager may override the grade."""

    grade: Annotated[Literal["A", "B", "C"], label("Grade", "等级")]
    priority: Annotated[int, label("Priority", "优先级", ge=1, le=9)]
    beat_days: Annotated[int, label("Nurture beat (days)", "培育频次（天）", ge=1)]
    grade_override: Annotated[Literal["A", "B", "C"] | None, label("Grade overridden to", "人工调整等级")] = None


class FinalGrade(BaseModel):
    """The grade that counts."""

    grade: Annotated[str, label("Grade", "等级")]


@service_task(
    "lead.grade",
    label=Text("Record the grade", "记录线索等级"),
    help=Text(
        "Writes grade, priority and beat of the decision table into the lead.",
        "将决策表给出的等级、优先级和频次写入线索。",
    ),
)
def grade(ctx: Context, given: Graded) -> FinalGrade:
    """Write the grade into the lead; a lead manager's override wins (`ltc.md` L2.2b)."""
    value = given.grade_override or given.grade
    operations.grade(ctx.session, lead_of(ctx), value, priority=given.priority, beat_days=given.beat_days)
    return FinalGrade(grade=value)


@service_task(
    "lead.acknowledge",
    label=Text("Thank the submitter", "告知提交人已收到"),
    help=Text("Leaves the submitter a notice with the lead's number.", "向提交人发送带编号的回执通知。"),
)
def acknowledge(ctx: Context, _given: NoParameters) -> None:
    """Tell the submitter that the lead has arrived (`ltc.md` L1.4)."""
    lead = lead_of(ctx)
    ctx.notify(lead.submitter_id, "lead.submitted", number=lead.number or "", lead=lead.label)


class Announcement(BaseModel):
    """What happened to the lead."""

    event: Annotated[Event, label("What happened", "事件")]


@service_task(
    "lead.announce",
    label=Text("Tell the submitter", "通知提交人"),
    help=Text("Leaves the submitter a notice about what became of the lead.", "将线索进展通知提交人。"),
)
def announce(ctx: Context, given: Announcement) -> None:
    """Tell the submitter what became of the lead (`ltc.md` L2, events)."""
    lead = lead_of(ctx)
    tell(ctx, lead.submitter_id, given.event, lead)


class HowToRoute(BaseModel):
    """Which way the decision table ``lead_routing`` chose, and which roles own and help."""

    routing: Annotated[Literal["least_load", "named_owner", "lead_manager"], label("Routing", "分发方式")] = (
        "least_load"
    )
    owner_role: Annotated[str, label("Role of the owner", "责任人角色")] = "sr"
    co_owner_role: Annotated[str, label("Role of the helper", "协助人角色")] = "ar"


class Proposal(BaseModel):
    """Whom the lead manager is proposed."""

    proposed_owner_id: Annotated[int | None, label("Proposed owner", "建议责任人")]
    proposed_co_owner_id: Annotated[int | None, label("Proposed helper", "建议协助人")]
    has_team: Annotated[bool, label("A team looks after it", "有对口团队")]


@service_task(
    "lead.propose_owner",
    label=Text("Propose an owner", "建议线索责任人"),
    help=Text(
        "The member of the region's product or industry team who owns fewest leads; the region's AR helps.",
        "从区域对口产品或行业团队中推荐手头线索最少的人，并由区域 AR 协助。",
    ),
)
def propose_owner(ctx: Context, given: HowToRoute) -> Proposal:
    """Propose owner and helper (`ltc.md` D6, L2.3); confidential leads go to a named owner, so nobody is proposed."""
    lead = lead_of(ctx)
    owner = None
    if given.routing == "least_load":
        owner = routing.propose_owner(ctx.session, lead, role=given.owner_role, now=ctx.now)
    return Proposal(
        proposed_owner_id=owner,
        proposed_co_owner_id=routing.propose_co_owner(ctx.session, lead, role=given.co_owner_role, now=ctx.now),
        has_team=routing.team_exists(ctx.session, lead),
    )


class Owners(BaseModel):
    """Who takes the lead; left empty: whom the last form named. All times are working time."""

    owner_id: Annotated[int | None, label("Owner", "线索责任人")] = None
    co_owner_id: Annotated[int | None, label("Helper (AR)", "协助人（AR）")] = None
    first_contact_within: Annotated[str, label("First contact within", "首次联系时限")] = "P1D"
    accept_within: Annotated[str, label("Accept within", "接收时限")] = "P1D"
    whole_triangle: Annotated[bool, label("The whole triangle at once", "立即组成铁三角")] = False


class Assigned(BaseModel):
    """Who answers for the lead now."""

    owner_id: Annotated[int, label("Owner", "线索责任人")]
    co_owner_id: Annotated[int | None, label("Helper (AR)", "协助人（AR）")]
    first_contact_by: Annotated[str, label("First contact by", "首次联系截止")]
    back_to_pool_at: Annotated[str, label("Back to the pool at", "退回线索池时间")]


PATIENCE = 2
"""A lead that nobody accepts goes back to the pool after this many times the time allowed (`ltc.md` L2.4, 200 %)."""


@service_task(
    "lead.assign",
    label=Text("Hand the lead to its owner", "分发给责任人"),
    help=Text(
        "Owner, helping AR and FR join the case, as named; first contact and acceptance get deadlines in working time.",
        "责任人、协助 AR 及 FR（如已指定）加入本流程，并按工作时间给出首次联系和接收的截止时间。",
    ),
)
def assign(ctx: Context, given: Owners) -> Assigned:
    """Put owner and helpers into the case's team (`ltc.md` L2.3, L3).

    Raises the BPMN error ``no_owner``, and ``RuleRefused`` when the whole triangle is wanted and the FR is missing.
    """
    lead = lead_of(ctx)
    owner_id = given.owner_id if given.owner_id is not None else lead.owner_id
    co_owner_id = given.co_owner_id if given.co_owner_id is not None else lead.co_owner_id
    if owner_id is None:
        raise BusinessError("no_owner", f"lead {lead.number or lead.id} was distributed without an owner")
    if given.whole_triangle and lead.fr_id is None:
        raise RuleRefused(
            Text("A hot lead has its triangle at once: AR, SR and FR.", "热线索须立即组成铁三角：AR、SR、FR。"),
            Text("Name the FR; early on it may be the AR.", "请指定 FR，早期可由 AR 兼任。"),
            "fr_id",
        )
    _check_people(ctx, owner_id, co_owner_id, lead.fr_id)
    calendar = WorkingCalendar(zone_of(ctx.session))
    by = calendar.add(ctx.now, working_minutes(given.first_contact_within))
    patient_until = calendar.add(ctx.now, PATIENCE * working_minutes(given.accept_within))
    operations.assign(ctx.session, lead, owner_id=owner_id, co_owner_id=co_owner_id, first_contact_by=by)
    leave_team(ctx)
    triangle = {"lead_owner": owner_id, "ar": co_owner_id, "fr": lead.fr_id}
    ctx.team.update({role: user_id for role, user_id in triangle.items() if user_id is not None})
    tell(ctx, owner_id, "assigned", lead)
    for helper in {co_owner_id, lead.fr_id} - {owner_id, None}:
        tell(ctx, helper, "helping", lead)
    return Assigned(
        owner_id=owner_id,
        co_owner_id=co_owner_id,
        first_contact_by=by.isoformat(),
        back_to_pool_at=patient_until.isoformat(),
    )


def _check_people(ctx: Context, *user_ids: int | None) -> None:
    for user_id in user_ids:
        if user_id is not None and not organisation.user(ctx.session, user_id).active:
            raise NotFound(user=user_id)


class Refusals(BaseModel):
    """How often owners refused so far."""

    refusals: Annotated[int, label("Refusals so far", "已拒收次数", ge=0)] = 0


@service_task(
    "lead.count_refusal",
    label=Text("Count the refusal", "记录拒收"),
    help=Text(
        "The refusing owner leaves the case; two refusals go to sales management.",
        "拒收人退出本流程；两次拒收后由销售管理部决定。",
    ),
)
def count_refusal(ctx: Context, given: Refusals) -> Refusals:
    """Count one more refusal and let the owner go (`ltc.md` L2.4)."""
    lead = lead_of(ctx)
    tell(ctx, lead.submitter_id, "refused", lead)
    lead.owner_id = lead.co_owner_id = lead.fr_id = lead.first_contact_by = None
    ctx.session.flush()
    leave_team(ctx)
    return Refusals(refusals=given.refusals + 1)


class MergeInto(BaseModel):
    """The lead that goes on."""

    into: Annotated[int | None, label("Merge into lead", "并入线索")] = None


class Merged(BaseModel):
    """The lead that goes on."""

    merged_into: Annotated[int, label("Merged into lead", "已并入线索")]


@service_task(
    "lead.merge",
    label=Text("Merge the lead", "合并线索"),
    help=Text(
        "The lead goes on as part of another one; its submitter is told.", "将本线索并入另一条线索，并通知提交人。"
    ),
)
def merge(ctx: Context, given: MergeInto) -> Merged:
    """Merge into the lead named, or the one that looked like it; raises the BPMN error ``cannot_merge``."""
    lead = lead_of(ctx)
    wanted = given.into or lead.facts.get("verify_lead", {}).get("merge_into") or lead.duplicate_of_id
    into = operations.locked(ctx.session, wanted) if wanted is not None else None
    if into is None:
        raise BusinessError("cannot_merge", "there is no lead to merge into")
    try:
        operations.merge(ctx.session, lead, into, now=ctx.now)
    except operations.UnfitMerge as error:
        raise BusinessError("cannot_merge", str(error)) from error
    tell(ctx, into.owner_id, "absorbed", lead)
    return Merged(merged_into=into.id)
