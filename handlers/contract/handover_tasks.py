"""Automatic steps of registering and handing over a contract (`ltc.md` C1)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.contract import brought, clearing_operations, operations, queries, refusals
from handlers.contract.answers import fact
from handlers.contract.case import (
    contract_of,
    resolve_flag,
    role_name,
    said,
    team_of,
    tell,
    tell_role,
    today,
    working_day_after,
)
from handlers.contract.given import NoParameters, Position
from handlers.contract.key_terms import READERS, compare, registered, told
from handlers.contract.own_case import OfContract, facts_of
from handlers.contract.records import Contract
from handlers.contract.signed import read_milestones, read_obligations
from handlers.contract.statuses import CANCELLED
from handlers.labels import label

MIDDLE, LARGE = 100_000_000, 500_000_000
"""Amounts in fen from which a hand-over is middle and large (`ltc.md` D7: 100 and 500 万)."""
MANY_DEVIATIONS = 3
MEETING_TIME = "P5D"
"""Working time from the signature within which the hand-over meeting is held (`ltc.md` C1.1)."""
RECEIVERS = ("fr", "delivery_pm", "finance", "procurement")
"""Who reads the package before the meeting, by the field ``<role>_id`` of the plan (`ltc.md` C1.1, C1.3)."""


class Registered(OfContract):
    """What the steps behind need to know of the contract."""

    strategic: Annotated[bool, label("Strategic", "战略项目")]
    deviations: Annotated[int, label("Deviations", "偏离项数")]
    signed_on: Annotated[str, label("Signed on", "签约日期")]
    planned_cost: Annotated[int | None, label("Planned cost (fen)", "计划成本（分）")]
    fr_id: Annotated[int | None, label("FR", "履行责任人")]
    contract_mgr_id: Annotated[int | None, label("Contract manager", "合同经理")]
    delivery_pm_id: Annotated[int | None, label("Delivery project manager", "交付项目经理")]


@service_task(
    "contract.register",
    label=Text("Register the contract", "登记合同"),
    help=Text(
        "Number, unit and team of the case become those of the contract.", "将合同编号、所属单位和项目团队登记到流程。"
    ),
)
def register(ctx: Context, _given: NoParameters) -> Registered:
    """Put the case at the contract's unit, with the contract's team and number (`ltc.md` 2.3)."""
    contract = contract_of(ctx)
    ctx.business_key, ctx.unit_id, ctx.label = contract.number, contract.unit_id, contract.label
    ctx.team.update(team_of(contract))
    return Registered(
        **facts_of(ctx, contract),
        strategic=contract.strategic,
        deviations=contract.deviations,
        signed_on=contract.signed_on.isoformat(),
        planned_cost=contract.planned_cost,
        fr_id=contract.fr_id,
        contract_mgr_id=contract.contract_mgr_id,
        delivery_pm_id=contract.delivery_pm_id,
    )


class Within(BaseModel):
    """How long the hand-over may take."""

    within: Annotated[str, label("Working time allowed", "工作时限")] = "P10D"


class HandoverDue(BaseModel):
    """When the hand-over is due."""

    handover_due_on: Annotated[str, label("Hand-over due on", "交接截止日期")]


@service_task(
    "contract.handover_due",
    label=Text("When the hand-over is due", "计算交接期限"),
    help=Text("Counts working days; AR and contract manager are told.", "按工作日计算，并通知 AR 和合同经理。"),
)
def handover_due(ctx: Context, given: Within) -> HandoverDue:
    """Set the day by which the hand-over is complete (`ltc.md` C1, SLA)."""
    contract = contract_of(ctx)
    day = working_day_after(ctx, given.within).isoformat()
    for role in ("ar", "contract_mgr"):
        tell_role(ctx, role, "signed", contract, day=day)
    return HandoverDue(handover_due_on=day)


class Size(BaseModel):
    """How large a contract is for its hand-over: 1 small, 2 middle, 3 large."""

    size: Annotated[int, label("Size (1 to 3)", "规模（1–3）")]


@service_task(
    "contract.weigh_handover",
    label=Text("Weigh the hand-over", "评估交接规模"),
    help=Text(
        "One value of amount, deviations and strategic customers, for the decision table handover_form.",
        "按金额、偏离项数和是否战略项目得出规模值，供决策表使用。",
    ),
)
def weigh_handover(ctx: Context, _given: NoParameters) -> Size:
    """Work out the size of the hand-over (`ltc.md` D7)."""
    contract = contract_of(ctx)
    if contract.strategic or contract.amount >= LARGE or contract.deviations > MANY_DEVIATIONS:
        return Size(size=3)
    return Size(size=2 if contract.amount >= MIDDLE or contract.deviations > 0 else 1)


class Collected(BaseModel):
    """How many people read the package, and what is known already that belongs into it."""

    reader_count: Annotated[int, label("Readers", "预读人数")]
    negotiated: Annotated[str | None, label("Given and got", "谈判得让")]
    customers_people: Annotated[str | None, label("Decision-makers", "客户关键决策人")]
    customer_credit: Annotated[str, label("Credit", "资信等级")]
    earlier_projects: Annotated[str | None, label("Lessons of earlier projects", "以往项目经验教训")]


@service_task(
    "contract.collect_package",
    label=Text("Collect the package", "汇集交接资料"),
    help=Text(
        "Puts the people of the plan into the team and finds what is known: the negotiation's give and get, the "
        "customer's decision-makers and credit, the lessons of earlier projects.",
        "将交接计划中的人员加入团队，并汇集已有资料：谈判得让、客户关键决策人与资信、以往项目的经验教训。",
    ),
)
def collect_package(ctx: Context, _given: NoParameters) -> Collected:
    """Form the team of the hand-over and collect what is known (`ltc.md` C1.1, C1.2, P24); raises ``RuleRefused``."""
    contract = contract_of(ctx)
    if not contract.handover_rejections:
        _check_day_of_meeting(ctx, contract)
    for role in ("contract_mgr", "fr", "delivery_pm"):
        chosen = ctx.data.get(f"{role}_id")
        if isinstance(chosen, int):
            ctx.team[role] = chosen
    operations.set_team(ctx.session, contract, ctx.team)
    return Collected(
        reader_count=len(_receivers(ctx)),
        negotiated=brought.negotiated(contract),
        customers_people=brought.customers_people(ctx.session, contract),
        customer_credit=brought.credit(ctx.session, contract),
        earlier_projects=brought.earlier_projects(ctx.session, contract),
    )


def _check_day_of_meeting(ctx: Context, contract: Contract) -> None:
    """Refuse a day more than five working days after the signature, unless these are over (`ltc.md` C1.1)."""
    last = working_day_after(ctx, MEETING_TIME, since=contract.signed_on)
    if contract.handover_on is not None and today(ctx) <= last < contract.handover_on:
        raise refusals.handover_too_late(contract.handover_on, last)


def _receivers(ctx: Context) -> list[tuple[str, int]]:
    people = ((role, ctx.data.get(f"{role}_id")) for role in RECEIVERS)
    return [(role, user_id) for role, user_id in people if isinstance(user_id, int)]


@service_task(
    "contract.take_package",
    label=Text("Take over the package", "登记交接包内容"),
    help=Text(
        "Obligations and corrected milestones of the package become those of the contract.",
        "将交接包中的义务清单和更正后的里程碑登记到合同。",
    ),
)
def take_package(ctx: Context, _given: NoParameters) -> None:
    """Take over obligations and milestones (`ltc.md` C1.2, C2.2); raises ``RuleRefused`` when they do not add up."""
    contract = contract_of(ctx)
    answers = said(ctx, "package_sales")
    if answers.get("obligations"):
        operations.plan_obligations(ctx.session, contract, read_obligations(answers["obligations"]))
    if answers.get("milestones"):
        if contract.started_early:
            raise refusals.already_executing()
        operations.plan_milestones(ctx.session, contract, read_milestones(answers["milestones"]))
        operations.replace_baseline(ctx.session, contract, by=ctx.by, now=ctx.now)


class Reader(BaseModel):
    """Who reads."""

    reader_id: Annotated[int, label("Reader", "预读人")]
    reader_role: Annotated[str, label("Role of the reader", "预读人角色")]


@service_task(
    "contract.next_reader",
    label=Text("Whose turn to read", "确定预读人"),
    help=Text("The receivers named in the plan of the hand-over, one each.", "交接计划中指定的接收方，逐人预读。"),
)
def next_reader(ctx: Context, given: Position) -> Reader:
    """Name the receiver at ``position`` (`ltc.md` C1.3)."""
    role, user_id = _receivers(ctx)[given.position]
    return Reader(reader_id=user_id, reader_role=role_name(role))


class ReaderRole(BaseModel):
    """As what somebody read."""

    role: Annotated[str, label("Role of the reader", "预读人角色")]


class Questions(BaseModel):
    """What was asked so far."""

    questions_count: Annotated[int, label("Questions", "疑问数")]


@service_task(
    "contract.note_questions",
    label=Text("Keep the questions", "汇总疑问"),
    help=Text("All questions stand ready for the meeting.", "汇总各方疑问，供交接会讨论。"),
)
def note_questions(ctx: Context, given: ReaderRole) -> Questions:
    """Keep the questions of one reader with the contract (`ltc.md` C1.3)."""
    contract = contract_of(ctx)
    answers = said(ctx, "read_package")
    total = operations.add_questions(
        ctx.session, contract, answers.get("questions", []), role=given.role, by_id=answers.get("by")
    )
    return Questions(questions_count=total)


class Compared(BaseModel):
    """Whether the four sheets agree with each other and with the contract, and where not."""

    terms_alike: Annotated[bool, label("All alike", "理解一致")]
    mismatch_count: Annotated[int, label("Terms that differ", "分歧条款数")]
    mismatches: Annotated[str, label("Who says what", "各方填写")]


@service_task(
    "contract.compare_terms",
    label=Text("Compare the key terms", "比对关键条款"),
    help=Text(
        "AR, SR, FR and delivery answered the same sheet on their own; every difference is named, also from the price, "
        "delivery date, payment plan, warranty and cap of penalties that are registered.",
        "AR、SR、FR 与交付各自独立填写同一份关键条款表，系统逐项列出分歧，并与登记的合同金额、交付日期、付款计划、"
        "质保期和违约金上限核对。",
    ),
)
def compare_terms(ctx: Context, _given: NoParameters) -> Compared:
    """Compare the four sheets with each other and with the contract (`ltc.md` C1.5, D132)."""
    contract = contract_of(ctx)
    sheets = {role: said(ctx, element) for element, role in READERS.items()}
    known = registered(contract, queries.milestones(ctx.session, contract.id))
    differing = compare(sheets, known)
    operations.keep_mismatches(ctx.session, contract, differing, known=known)
    return Compared(terms_alike=not differing, mismatch_count=len(differing), mismatches=told(differing).both())


class Rejections(BaseModel):
    """How often it was rejected."""

    handover_rejections: Annotated[int, label("Rejections", "退回次数")]


@service_task(
    "contract.reject_handover",
    label=Text("Reject the hand-over", "退回交接"),
    help=Text("Liability stays with sales; AR and SR are told what is missing.", "责任仍在销售，通知 AR 与 SR 补充。"),
)
def reject_handover(ctx: Context, _given: NoParameters) -> Rejections:
    """Count the rejection (`ltc.md` C1.6, P22)."""
    contract = contract_of(ctx)
    for role in ("ar", "sr", "contract_mgr"):
        tell_role(ctx, role, "handover_rejected", contract)
    return Rejections(handover_rejections=operations.reject_handover(ctx.session, contract))


@service_task(
    "contract.record_waiver",
    label=Text("Record the waiver", "登记提前开工豁免"),
    help=Text("Work may begin before the hand-over; delivery and AR are told.", "允许交接前开工，并通知交付与 AR。"),
)
def record_waiver(ctx: Context, _given: NoParameters) -> None:
    """Remember that execution starts early by a written waiver (`ltc.md` C1)."""
    contract = contract_of(ctx)
    operations.start_early(ctx.session, contract)
    for role in ("delivery_pm", "ar"):
        tell_role(ctx, role, "started_early", contract)


class DueOn(BaseModel):
    """When the hand-over was due."""

    due_on: Annotated[date, label("Hand-over due on", "交接截止日期")]


class HandoverLate(BaseModel):
    """By how much the hand-over is late."""

    days_late: Annotated[int, label("Days late", "超期天数")]


@service_task(
    "contract.note_handover_late",
    label=Text("Note the late hand-over", "登记交接超期"),
    help=Text(
        "Counts the days for the table of quality flags; AR and contract manager are told.",
        "计算超期天数，供质量标记决策表使用，并通知 AR 和合同经理。",
    ),
)
def note_handover_late(ctx: Context, given: DueOn) -> HandoverLate:
    """Note a hand-over that is not accepted in time (`ltc.md` C1); the diagram asks the table D9 for the flag."""
    contract = contract_of(ctx)
    operations.mark_handover_late(ctx.session, contract)
    for role in ("ar", "contract_mgr"):
        tell_role(ctx, role, "handover_late", contract)
    return HandoverLate(days_late=(today(ctx) - given.due_on).days)


class Delivery(BaseModel):
    """The delivery project, and how many obligations are to be met beside it."""

    delivery_number: Annotated[str, label("Delivery project", "交付项目编号")]
    obligation_count: Annotated[int, label("Obligations", "义务数")]


@service_task(
    "contract.open_delivery",
    label=Text("Open the delivery project", "启动交付项目"),
    help=Text(
        "Delivery project with number, team, milestones and baseline; the flag of a late hand-over is resolved.",
        "建立交付项目：编号、团队、里程碑、基线；交接超期标记随之解除。",
    ),
)
def open_delivery(ctx: Context, _given: NoParameters) -> Delivery:
    """Open delivery (`ltc.md` C1.7)."""
    contract = contract_of(ctx)
    number = operations.open_delivery(ctx.session, contract, now=ctx.now)
    operations.set_team(ctx.session, contract, ctx.team)
    resolve_flag(ctx, "HANDOVER_LATE", "handed_over")
    for user_id in dict.fromkeys(ctx.team.values()):
        tell(ctx, user_id, "handed_over", contract, delivery=number)
    return Delivery(delivery_number=number, obligation_count=len(queries.open_obligations(ctx.session, contract.id)))


class Execution(BaseModel):
    """How many milestones are to be worked through."""

    milestone_first: Annotated[int, label("First milestone", "首个里程碑序号")]
    milestone_count: Annotated[int, label("Milestones", "里程碑数")]


@service_task(
    "contract.begin_execution",
    label=Text("Begin execution", "开始执行"),
    help=Text("Counts the milestones that run side by side from now on.", "统计需要并行推进的里程碑。"),
)
def begin_execution(ctx: Context, _given: NoParameters) -> Execution:
    """Let the milestones begin (`ltc.md` C2.1)."""
    return Execution(milestone_first=1, milestone_count=len(queries.milestones(ctx.session, contract_of(ctx).id)))


class Claims(BaseModel):
    """What is still owed for what was delivered."""

    claim_count: Annotated[int, label("Claims to clear", "待清理款项数")]


@service_task(
    "contract.terminate",
    label=Text("Record the termination", "登记提前终止"),
    help=Text(
        "What has not been delivered is taken out; everybody is told to stop.", "未交付的里程碑取消，通知各方停止履行。"
    ),
)
def terminate(ctx: Context, _given: NoParameters) -> Claims:
    """End the contract before its time, for the reason that was reported (`ltc.md` C2.5)."""
    contract = contract_of(ctx)
    reason = fact(contract, "propose_termination", "termination_reason", "other")
    operations.terminate(ctx.session, contract, reason=reason, on=today(ctx))
    resolve_flag(ctx, "HANDOVER_LATE", "ended_early")
    for stone in queries.milestones(ctx.session, contract.id):
        if stone.status == CANCELLED:
            resolve_flag(ctx, "MILESTONE_OVERDUE", "ended_early", subject=str(stone.no))
    for user_id in dict.fromkeys(ctx.team.values()):
        tell(ctx, user_id, "terminated", contract)
    return Claims(claim_count=len(clearing_operations.begin(ctx.session, contract)))
