"""Automatic steps of nurturing, closing and converting leads (`ltc.md` L3, L4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.database import zone_of
from engine.errors import NotFound, RuleRefused
from engine.inbox import queries as inbox
from engine.service_tasks import BusinessError, Context, service_task
from engine.text import Text
from handlers.labels import label
from handlers.lead import operations, queries
from handlers.lead.answers import fact
from handlers.lead.case import lead_of, leave_team, tell
from handlers.lead.statuses import OWNED
from handlers.lead.tasks import NoParameters
from handlers.opportunity import operations as opportunities
from handlers.opportunity.records import FOUR_STEP
from handlers.organisation import queries as organisation
from handlers.organisation.roles import LEAD_MANAGER

NURTURING = "NURTURING"
Level = Literal["none", "beat", "warn", "manager", "reclaim"]


class Patience(BaseModel):
    """After how many days without activity somebody acts (`ltc.md` L3, cadence)."""

    warn_days: Annotated[int, label("Warn the owner after (days)", "提醒责任人（天）", ge=1)] = 30
    manager_days: Annotated[int, label("Tell the lead manager after (days)", "提醒线索经理（天）", ge=1)] = 45
    reclaim_days: Annotated[int, label("Reclaim after (days)", "收回线索（天）", ge=1)] = 60


class Idle(BaseModel):
    """How long nothing has happened."""

    idle_days: Annotated[int, label("Days without activity", "未跟进天数")]
    level: Annotated[Level, label("What to do", "处理级别")]


@service_task(
    "lead.stale_check",
    label=Text("Check for silence", "检查是否久未跟进"),
    help=Text(
        "The beat of its grade (7, 14 or 30 days) over, the owner hears what suits the lead's temperature. 30 days "
        "without activity warn the owner, 45 tell the lead manager, 60 are reason to reclaim.",
        "超过等级对应的跟进频次（7、14 或 30 天），按冷、温、热提示责任人做什么；"
        "30 天无跟进提醒责任人，45 天提醒线索经理，60 天可收回线索池。",
    ),
)
def stale_check(ctx: Context, given: Patience) -> Idle:
    """Tell how long a lead has been silent; each level is reported once (`ltc.md` L3, ``lead_stale_check``)."""
    lead = lead_of(ctx)
    idle = (ctx.now - lead.last_activity_at).days
    limits: tuple[tuple[int, Level], ...] = (
        (given.reclaim_days, "reclaim"), (given.manager_days, "manager"), (given.warn_days, "warn"),
        (lead.beat_days or queries.USUAL_BEAT, "beat"),
    )  # fmt: skip
    level: Level = next((name for days, name in limits if idle >= days), "none")
    if level == "reclaim" and lead.status != NURTURING:
        level = "manager"  # nobody nurtures it, so there is nobody to take it from
    if level == "beat" and lead.status not in OWNED:
        level = "none"  # it lies in the pool: nobody's turn
    before = lead.stale_level
    if operations.remember_stale_level(ctx.session, lead, level):
        if before == "none":
            tell(ctx, lead.owner_id, f"beat_{lead.maturity or 'warm'}", lead)
        if level != "beat":
            tell(ctx, lead.owner_id, "stale", lead)
        if level in {"manager", "reclaim"} and lead.unit_id is not None:
            for user_id in organisation.holders_near(ctx.session, LEAD_MANAGER, lead.unit_id, now=ctx.now):
                tell(ctx, user_id, "stale_manager", lead)
    return Idle(idle_days=idle, level=level)


class Longest(BaseModel):
    """How long a lead is nurtured at most."""

    days: Annotated[int, label("Days at most", "最长天数", ge=1)] = 180


class NurturingTime(BaseModel):
    """Since when the lead is nurtured, and when a decision is forced."""

    nurtured_since: Annotated[str, label("Nurtured since", "培育开始")]
    nurture_until: Annotated[str, label("Nurtured at most until", "最长培育至")]


@service_task(
    "lead.nurture_clock",
    label=Text("Set the longest nurturing time", "设定最长培育期"),
    help=Text(
        "Counts from the first time, whatever is decided in between and whoever owns the lead; waking it begins anew.",
        "从首次培育算起，中途决定继续培育或更换责任人不重新计时；关闭后再唤醒才重新计时。",
    ),
)
def nurture_clock(ctx: Context, given: Longest) -> NurturingTime:
    """Set when the nurturing is over and a decision forced (`ltc.md` L3.7)."""
    since = ctx.data.get("nurtured_since") or ctx.now.isoformat()
    until = datetime.fromisoformat(since) + timedelta(days=given.days)
    return NurturingTime(nurtured_since=since, nurture_until=until.isoformat())


class ExitFacts(BaseModel):
    """What the decision table ``lead_exit`` asks for."""

    pain_acknowledged: Annotated[bool, label("Pain acknowledged", "客户认可痛点")]
    kdm_met: Annotated[bool, label("Decision-maker met", "已见关键决策者")]
    amount_and_date_known: Annotated[bool, label("Amount and date known", "金额和时间已明确")]
    idle_days: Annotated[int, label("Days without activity", "未跟进天数")]
    nurturing_step: Annotated[int, label("Last step completed", "已完成的培育步骤")]


@service_task(
    "lead.exit_facts",
    label=Text("Collect the facts for handling", "汇总处理依据"),
    help=Text(
        "What is known about pain, decision-makers, amount, date and silence.",
        "汇总痛点、关键决策者、金额、时间和跟进情况。",
    ),
)
def exit_facts(ctx: Context, _given: NoParameters) -> ExitFacts:
    """Collect what D1b asks for (`ltc.md` L3.7)."""
    lead = lead_of(ctx)
    decided_on = lead.purchase_planned_on or lead.expected_decision_on
    return ExitFacts(
        pain_acknowledged=lead.pain_acknowledged,
        kdm_met=lead.kdm_met,
        amount_and_date_known=bool(lead.amount) and decided_on is not None,
        idle_days=(ctx.now - lead.last_activity_at).days,
        nurturing_step=lead.nurturing_step,
    )


class Proposed(BaseModel):
    """What the owner proposes, and what the table ``lead_exit`` advises."""

    handling: Annotated[Literal["close", "nurture", "new_owner", "convert"], label("Handling", "处理方式")]
    advice: Annotated[Literal["CLOSE", "NURTURE", "NURTURE_NEW_OWNER", "CONVERT"], label("Advice", "系统建议")]


class Settled(BaseModel):
    """When to look at the lead again, if ever."""

    reawaken_on: Annotated[str | None, label("Look again on", "再次唤醒日期")] = None


GOES_ON = frozenset({"nurture", "new_owner"})
"""What lets the nurturing go on."""

ADVISED = MappingProxyType(
    {"close": "CLOSE", "nurture": "NURTURE", "new_owner": "NURTURE_NEW_OWNER", "convert": "CONVERT"}
)
"""What each handling follows."""


@service_task(
    "lead.check_handling",
    label=Text("Check the proposal", "核对处理意见"),
    help=Text(
        "Who proposes otherwise than advised says why; steps 5 and 6 count as done when their answers are there.",
        "与系统建议不一致须说明理由；第 5、6 步须有填写记录才算完成。",
    ),
)
def check_handling(ctx: Context, given: Proposed) -> Settled:
    """Refuse a proposal against the advice without a reason (`ltc.md` L3.7, D1b); raises ``RuleRefused``.

    Closing has a reason of its own. A day on which to look again counts only if this proposal names it.
    """
    lead = lead_of(ctx)
    said = inbox.last_submission(ctx.session, ctx.instance_id, "propose_handling")
    again = said.answers.get("reawaken_on") if said is not None else None
    lead.reawaken_on = date.fromisoformat(again) if again else None
    _must_lie_ahead(ctx, lead.reawaken_on)
    _within_time(ctx, given.handling)
    differs = given.handling != "close" and ADVISED[given.handling] != given.advice
    if differs and not fact(lead, "propose_handling", "handling_reason"):
        raise RuleRefused(
            Text("This differs from the advice.", "处理意见与系统建议不一致。"),
            Text("Say why: whoever confirms it will read the reason.", "请说明理由，确认人会看到。"),
            "handling_reason",
        )
    skipped = {"create_vision", "acknowledge_solution"} - lead.facts.keys()
    if given.handling == "convert" and skipped and fact(lead, "propose_handling", "vision_steps_done"):
        raise RuleRefused(
            Text("Step 5 or step 6 has not been done for this lead.", "该线索的第 5 步或第 6 步尚未完成。"),
            Text(
                "Answer No and say why they were skipped, or go on nurturing.", "请选“否”并说明跳过的理由，或继续培育。"
            ),
            "vision_steps_done",
        )
    ctx.session.flush()
    return Settled(reawaken_on=again)


def _within_time(ctx: Context, handling: str) -> None:
    until = ctx.data.get("nurture_until")
    if handling in GOES_ON and until is not None and datetime.fromisoformat(until) <= ctx.now:
        raise RuleRefused(
            Text("The longest time of nurturing is over.", "已到最长培育期，不能继续培育。"),
            Text(
                "Convert the lead, or close it with a day on which to look at it again.",
                "请转商机，或关闭线索并填写再次唤醒日期。",
            ),
            "handling",
        )


def _must_lie_ahead(ctx: Context, day: date | None) -> None:
    if day is not None and day <= ctx.now.astimezone(zone_of(ctx.session)).date():
        raise RuleRefused(
            Text(f"{day.isoformat()} does not lie ahead.", f"{day.isoformat()} 不晚于今天。"),
            Text("Look at the lead again on a day to come, or close it for good.", "请填今天之后的日期，或留空。"),
            "reawaken_on",
        )


class Reclaimed(BaseModel):
    """Who had the lead."""

    former_owner_id: Annotated[int | None, label("Former owner", "原责任人")]


@service_task(
    "lead.reclaim",
    label=Text("Reclaim to the pool", "收回线索池"),
    help=Text("The owner leaves the case; the lead can be distributed again.", "责任人退出本流程，线索可重新分发。"),
)
def reclaim(ctx: Context, _given: NoParameters) -> Reclaimed:
    """Take the lead back into the pool (`ltc.md` L2.4, L3)."""
    lead = lead_of(ctx)
    former = operations.reclaim(ctx.session, lead, now=ctx.now)
    leave_team(ctx)
    tell(ctx, former, "reclaimed", lead)
    return Reclaimed(former_owner_id=former)


class Closing(BaseModel):
    """Why the lead is closed; left empty: what the last form said."""

    reason: Annotated[str | None, label("Reason", "关闭原因")] = None
    reawaken_on: Annotated[date | None, label("Look again on", "再次唤醒日期")] = None


@service_task(
    "lead.close",
    label=Text("Close the lead", "关闭线索"),
    help=Text("Closes the lead with a reason and tells the submitter.", "注明原因关闭线索，并通知提交人。"),
)
def close(ctx: Context, given: Closing) -> None:
    """Close the lead (`ltc.md` L3.7); raises the BPMN error ``no_reason``."""
    lead = lead_of(ctx)
    reason = given.reason or lead.close_reason
    if not reason:
        raise BusinessError("no_reason", f"lead {lead.number or lead.id} was closed without a reason")
    operations.close(ctx.session, lead, reason=reason, reawaken_on=given.reawaken_on or lead.reawaken_on, now=ctx.now)
    tell(ctx, lead.submitter_id, "closed", lead)


class Woken(BaseModel):
    """The lead begins anew."""

    nurtured_since: Annotated[None, label("Nurtured since", "培育开始")]


@service_task(
    "lead.reawaken",
    label=Text("Reawaken the lead", "唤醒线索"),
    help=Text(
        "Takes up a closed lead again; its nurturing time begins anew.", "重新跟进已关闭的线索，培育期重新计时。"
    ),
)
def reawaken(ctx: Context, _given: NoParameters) -> Woken:
    """Take up a closed lead again and tell its owner (`ltc.md` L3.7)."""
    lead = lead_of(ctx)
    operations.reawaken(ctx.session, lead, now=ctx.now)
    tell(ctx, lead.owner_id, "reawakened", lead)
    return Woken(nurtured_since=None)


class CreditFor(BaseModel):
    """What the submitter is credited for."""

    event: Annotated[Literal["valid", "converted"], label("Credit for", "功劳类型")] = "converted"


@service_task(
    "lead.credit_submitter",
    label=Text("Credit the submitter", "为提交人记功"),
    help=Text(
        "Counts once per lead and event in the all-staff marketing figures.", "计入全员营销贡献，每条线索每类只计一次。"
    ),
)
def credit_submitter(ctx: Context, given: CreditFor) -> None:
    """Credit the submitter (`ltc.md` L4)."""
    lead = lead_of(ctx)
    if operations.credit(ctx.session, lead, given.event, now=ctx.now) and given.event == "converted":
        tell(ctx, lead.submitter_id, "converted", lead)


class Created(BaseModel):
    """The opportunity."""

    opportunity_id: Annotated[int, label("Opportunity", "商机")]
    opportunity_number: Annotated[str, label("Opportunity number", "商机编号")]


@service_task(
    "lead.create_opportunity",
    label=Text("Create the opportunity", "生成商机"),
    help=Text(
        "Copies customer, decision-makers, pains, rivals, vision and evidence, and links the two.",
        "带入客户、关键决策者、痛点、竞争对手、构想和证据，并相互关联。",
    ),
)
def create_opportunity(ctx: Context, _given: NoParameters) -> Created:
    """Convert the lead (`ltc.md` L4); sends the message that starts the unit's opportunity flow with this record."""
    lead = lead_of(ctx)
    made = opportunities.create_from_lead(ctx.session, lead, by=ctx.by, now=ctx.now)
    ctx.send(
        "opportunity.created_four_step" if made.flow == FOUR_STEP else "opportunity.created",
        business_key=made.number,
        record_id=made.id,
        unit_id=made.unit_id,
        opportunity_id=made.id,
        opportunity_number=made.number,
        lead_id=lead.id,
        lead_number=lead.number,
        source=made.source,
    )
    return Created(opportunity_id=made.id, opportunity_number=made.number)


class MeetingOf(BaseModel):
    """Whose leads are sorted; left empty: the unit of the case."""

    unit_id: Annotated[int | None, label("Unit", "组织")] = None


class Agenda(BaseModel):
    """The meeting called."""

    meeting_id: Annotated[int, label("Meeting", "会议")]
    lead_count: Annotated[int, label("Leads on the agenda", "议程线索数")]


@service_task(
    "lead.meeting_agenda",
    label=Text("Prepare the lead meeting", "生成线索例会议程"),
    help=Text(
        "Lists what is to be sorted and what has gone silent; hot leads do not wait for it.",
        "列出待梳理和久未跟进的线索；热线索不等例会。",
    ),
)
def meeting_agenda(ctx: Context, given: MeetingOf) -> Agenda:
    """Build the agenda of the fortnightly lead meeting and tell the lead managers (`ltc.md` L2.1)."""
    unit_id = given.unit_id or ctx.unit_id
    if unit_id is None:
        raise NotFound(unit=None)
    leads = queries.agenda(ctx.session, unit_id, now=ctx.now)
    meeting = operations.call_meeting(ctx.session, unit_id, [lead.id for lead in leads], now=ctx.now)
    for user_id in organisation.holders_near(ctx.session, LEAD_MANAGER, unit_id, now=ctx.now):
        ctx.notify(user_id, "lead.meeting", number=str(meeting.id), lead=str(len(leads)), reason="")
    return Agenda(meeting_id=meeting.id, lead_count=len(leads))
