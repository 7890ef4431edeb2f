"""Automatic steps of milestones and obligations: taken up, delivered, accepted, late (`ltc.md` C2.1, C2.2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.contract import concern_operations, milestone_operations, queries, refusals
from handlers.contract.case import contract_of, resolve_flag, said, tell, tell_role, today
from handlers.contract.given import NoParameters, Number, Position
from handlers.contract.ladders import NEVER, late_step
from handlers.contract.records import Milestone
from handlers.contract.statuses import CANCELLED
from handlers.days import check_happened
from handlers.labels import label

WARN_DAYS = 30
"""How long before its end a bond, a warranty or an insurance is called to mind."""


class Begun(BaseModel):
    """The milestone that was taken up."""

    milestone_no: Annotated[int, label("Milestone", "里程碑序号")]
    milestone_subject: Annotated[str, label("Which milestone", "里程碑")]
    milestone_step: Annotated[Literal["deliver", "reported", "bill", "none"], label("What is due", "接下来做什么")]
    milestone_amount: Annotated[int, label("Amount (fen)", "金额（分）")]
    planned_on: Annotated[str, label("Planned on", "计划日期")]
    actual_on: Annotated[str | None, label("Finished on", "实际完成日期")] = None


def stone_of(ctx: Context, no: int) -> Milestone:
    """Return milestone ``no`` of the case's contract; raises ``NotFound``."""
    return queries.milestone(ctx.session, contract_of(ctx).id, no)


@service_task(
    "contract.begin_milestone",
    label=Text("Take up a milestone", "载入里程碑"),
    help=Text(
        "What is due of it as of now; after a change it is taken up anew.", "载入里程碑的最新计划；变更后重新载入。"
    ),
)
def begin_milestone(ctx: Context, given: Number) -> Begun:
    """Take up a milestone as it is planned now, reported by delivery before or not (`ltc.md` C2.1 M1, M2)."""
    contract = contract_of(ctx)
    stones = queries.milestones(ctx.session, contract.id)
    stone = next((each for each in stones if each.no == given.no), None)
    if stone is None:
        raise refusals.unknown_milestone(given.no)
    milestone_operations.begin(ctx.session, stone, now=ctx.now)
    reported = stone.facts.get(milestone_operations.REPORTED)
    step: Literal["deliver", "reported", "bill", "none"] = "reported" if reported else "deliver"
    if stone.evidence == "none":
        step = "bill"
    return Begun(
        milestone_no=stone.no,
        milestone_subject=f"{stone.no}/{len(stones)} {stone.name}",
        milestone_step="none" if stone.status == CANCELLED else step,
        milestone_amount=stone.amount,
        planned_on=stone.planned_on.isoformat(),
        actual_on=reported["actual_on"] if reported else None,
    )


class Delivered(BaseModel):
    """Which milestone was finished when; without a day: today."""

    no: Annotated[int, label("Milestone", "里程碑序号", ge=1)]
    actual_on: Annotated[date | None, label("Finished on", "实际完成日期")] = None


class DeliveredOn(BaseModel):
    """When it was finished."""

    actual_on: Annotated[str, label("Finished on", "实际完成日期")]


def _deliver(ctx: Context, given: Delivered, facts: dict[str, Any]) -> DeliveredOn:
    stone = stone_of(ctx, given.no)
    on = given.actual_on or today(ctx)
    check_happened("actual_on", on, today(ctx))
    milestone_operations.deliver(ctx.session, stone, on=on, facts=facts)
    resolve_flag(ctx, "MILESTONE_OVERDUE", "delivered", subject=str(stone.no), day=on.isoformat())
    tell_role(ctx, "fr", "milestone_done", contract_of(ctx), milestone=stone.name)
    return DeliveredOn(actual_on=on.isoformat())


@service_task(
    "contract.record_delivery",
    label=Text("Record a delivery", "登记里程碑完成"),
    help=Text("Keeps day and evidence; the flag of being late is resolved.", "保存完成日期与证据，逾期标记随之解除。"),
)
def record_delivery(ctx: Context, given: Delivered) -> DeliveredOn:
    """Keep that a milestone was finished, from the form (`ltc.md` C2.1 M2); raises ``RuleRefused``."""
    return _deliver(ctx, given, said(ctx, "deliver_milestone"))


@service_task(
    "contract.record_report",
    label=Text("Record a report of delivery", "登记交付上报"),
    help=Text("The same when delivery reported it by message.", "交付系统通过消息上报完成时使用。"),
)
def record_report(ctx: Context, given: Delivered) -> DeliveredOn:
    """Keep that a milestone was finished, as a message says (`ltc.md` C2.1 M2); raises ``RuleRefused``."""
    kept = stone_of(ctx, given.no).facts.get(milestone_operations.REPORTED, {})
    return _deliver(ctx, given, {"reported_by": "message", "by": ctx.by.user_id, **kept})


class Accepted(BaseModel):
    """Which milestone the customer accepted when."""

    no: Annotated[int, label("Milestone", "里程碑序号", ge=1)]
    accepted_on: Annotated[date, label("Accepted on", "验收日期")]


@service_task(
    "contract.record_acceptance",
    label=Text("Record an acceptance", "登记验收"),
    help=Text("The milestone can be invoiced now.", "里程碑具备开票条件。"),
)
def record_acceptance(ctx: Context, given: Accepted) -> None:
    """Keep that the customer accepted (`ltc.md` C2.1 M3)."""
    stone = stone_of(ctx, given.no)
    milestone_operations.accept(ctx.session, stone, on=given.accepted_on, facts=said(ctx, "accept_milestone"))


class Refused(BaseModel):
    """Which milestone the customer refused, and whether a dispute is opened."""

    no: Annotated[int, label("Milestone", "里程碑序号", ge=1)]
    disputed: Annotated[bool | None, label("Open a dispute", "同时发起争议")] = None


@service_task(
    "contract.record_refusal",
    label=Text("Record a refusal", "登记拒收"),
    help=Text("Back to delivery; if wanted, a dispute is opened.", "里程碑退回交付；需要时自动发起争议流程。"),
)
def record_refusal(ctx: Context, given: Refused) -> None:
    """Send a milestone back to delivery (`ltc.md` C2.1 M3)."""
    contract, stone = contract_of(ctx), stone_of(ctx, given.no)
    milestone_operations.refuse(ctx.session, stone, facts=said(ctx, "accept_milestone"))
    tell_role(ctx, "delivery_pm", "milestone_refused", contract, milestone=stone.name)
    if given.disputed:
        ctx.send("dispute.opened", None, record_id=contract.id, unit_id=contract.unit_id, opened_by=ctx.by.user_id)


class Overdue(BaseModel):
    """The step of being late that was reached just now (1, 7, 30; else 0), and by how many days it is late."""

    overdue_days: Annotated[int, label("Step of being late", "逾期档位")]
    days_late: Annotated[int, label("Days late", "逾期天数")]


@service_task(
    "contract.note_overdue",
    label=Text("Escalate a late milestone", "升级逾期里程碑"),
    help=Text(
        "A day late: delivery and FR are told; a week: the sales manager; a month: the region steps in. The table of "
        "quality flags is asked with the days. What a dispute holds up is not late.",
        "逾期 1 天通知交付与 FR，7 天通知销售主管，30 天由地区部督办；逾期天数供质量标记决策表使用。"
        "因争议暂停的不算逾期。",
    ),
)
def note_overdue(ctx: Context, given: Number) -> Overdue:
    """Escalate a late milestone, each step once (`ltc.md` C2.1 M2); the diagram asks the table D9 for the flag."""
    contract, stone = contract_of(ctx), stone_of(ctx, given.no)
    late, step = (today(ctx) - stone.planned_on).days, late_step(stone, today(ctx))
    if not step:
        return Overdue(overdue_days=0, days_late=0 if stone.suspended_by else max(late, 0))
    milestone_operations.mark_overdue(ctx.session, stone, step)
    for role in ("delivery_pm", "fr") if step == 1 else ("fr", "ar", "sales_manager"):
        tell_role(ctx, role, "milestone_late", contract, milestone=stone.name, days=str(late))
    return Overdue(overdue_days=step, days_late=late)


class Added(BaseModel):
    """The milestones that a change added."""

    milestone_first: Annotated[int, label("First new milestone", "首个新增里程碑")]
    added_count: Annotated[int, label("New milestones", "新增里程碑数")]


@service_task(
    "contract.new_milestones",
    label=Text("Look for new milestones", "查找新增里程碑"),
    help=Text("Those that a change added and nobody has begun.", "找出变更新增且尚未启动的里程碑。"),
)
def new_milestones(ctx: Context, _given: NoParameters) -> Added:
    """Find what a change added beside the running milestones (`ltc.md` C2.3)."""
    found = queries.milestones_to_begin(ctx.session, contract_of(ctx).id)
    for stone in found:
        milestone_operations.begin(ctx.session, stone, now=ctx.now)
    return Added(milestone_first=found[0].no if found else 0, added_count=len(found))


class BegunObligation(BaseModel):
    """The obligation that was taken up."""

    obligation_no: Annotated[int, label("Obligation", "义务序号")]
    obligation_name: Annotated[str, label("What has to be done", "义务内容")]
    obligation_due_on: Annotated[str, label("Due on", "到期日")]
    obligation_warn_on: Annotated[str, label("Called to mind on", "提醒日")]
    obligation_owner_id: Annotated[int | None, label("Owner", "责任人")]


@service_task(
    "contract.begin_obligation",
    label=Text("Take up an obligation", "载入义务"),
    help=Text(
        "Bonds, warranties and insurances are called to mind thirty days before they end.",
        "保函、质保和保险在到期前 30 天提醒。",
    ),
)
def begin_obligation(ctx: Context, given: Position) -> BegunObligation:
    """Take up the open obligation at ``position`` (`ltc.md` C2.2)."""
    found = queries.open_obligations(ctx.session, contract_of(ctx).id)[given.position]
    warn = found.due_on - timedelta(days=WARN_DAYS)
    runs_out = found.kind in {"bond", "warranty", "insurance"} and warn > today(ctx)
    return BegunObligation(
        obligation_no=found.no,
        obligation_name=found.name,
        obligation_due_on=found.due_on.isoformat(),
        obligation_warn_on=warn.isoformat() if runs_out else NEVER,
        obligation_owner_id=found.owner_id,
    )


@service_task(
    "contract.warn_of_obligation",
    label=Text("Call an obligation to mind", "提醒义务"),
    help=Text("Tells its owner, AR and contract manager.", "通知责任人、AR 与合同经理。"),
)
def warn_of_obligation(ctx: Context, given: Number) -> None:
    """Tell people that an obligation is due or late (`ltc.md` C2.2)."""
    contract = contract_of(ctx)
    found = queries.obligation(ctx.session, contract.id, given.no)
    more = {"obligation": found.name, "day": found.due_on.isoformat()}
    tell(ctx, found.owner_id, "obligation", contract, **more)
    for role in ("contract_mgr", "ar"):
        tell_role(ctx, role, "obligation", contract, **more)


class ObligationOutcome(BaseModel):
    """What became of an obligation."""

    no: Annotated[int, label("Obligation", "义务序号", ge=1)]
    outcome: Annotated[Literal["met", "waived"], label("Outcome", "结果")]


@service_task(
    "contract.record_obligation",
    label=Text("Record an obligation", "登记义务结果"),
    help=Text("Met or no longer needed, with day and remark.", "登记已履行或不再需要，以及日期和说明。"),
)
def record_obligation(ctx: Context, given: ObligationOutcome) -> None:
    """Keep what became of an obligation (`ltc.md` C2.2)."""
    found = queries.obligation(ctx.session, contract_of(ctx).id, given.no)
    note = said(ctx, "meet_obligation").get("obligation_note")
    concern_operations.end_obligation(ctx.session, found, given.outcome.upper(), on=today(ctx), note=note)
