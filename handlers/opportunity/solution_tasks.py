"""Automatic steps of formulating and submitting the solution: tender clock, clauses, versions, submission (O3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel

from engine.calendar import WorkingCalendar, working_minutes
from engine.database import USUAL_ZONE, zone_of
from engine.errors import RuleRefused
from engine.inbox import queries as inbox
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers import days
from handlers.deciding import operations as deciding
from handlers.deciding import queries as decisions
from handlers.deciding.operations import About
from handlers.labels import label
from handlers.opportunity import documents, queries
from handlers.opportunity import offer_operations as offers
from handlers.opportunity.answers import fact
from handlers.opportunity.case import opportunity_of, said_in, tell
from handlers.opportunity.records import Opportunity

NEVER = datetime(2999, 12, 31, tzinfo=UTC).isoformat()
"""When a timer fires that has nothing to wait for: without a tender there is no deadline."""

WARN_BEFORE = (10, 5, 3)
"""How many working days before the deadline the team is warned (`ltc.md` O3)."""

TO_RECORD = "P1D"
"""Within how much working time a bid that was in before the deadline has to be recorded after it."""

DIMENSIONS = ("solution", "delivery", "legal", "finance")
GOES_ON = frozenset({"pass", "actions"})
REWORK = frozenset({"rework_solution", "rework_proposal"})
BIDS = frozenset({"go", "conditional"})
BEFORE_SUBMISSION = frozenset({"SOLUTION", "ATB_PENDING", "BID"})


class NoParameters(BaseModel):
    """The opportunity of the case is all this step needs."""


def today_of(ctx: Context) -> date:
    """Return the day on which the step runs, in the zone of the company."""
    return days.today_of(ctx.session, ctx.now)


def about(ctx: Context, element: str) -> About:
    """Return what a decision or an action of this case is about."""
    opportunity = opportunity_of(ctx)
    return About("opportunity", opportunity.id, ctx.unit_id, ctx.instance_id, element)


def tell_team(ctx: Context, event: str, opportunity: Opportunity, reason: str = "") -> None:
    """Leave a notice for everybody on the team, each once."""
    for user_id in {opportunity.ar_id, opportunity.sr_id, opportunity.fr_id, opportunity.pd_id} - {None}:
        tell(ctx, user_id, event, opportunity, reason)


def refuse_past(day: date | None, today: date, field: str) -> None:
    """Raise ``RuleRefused`` when ``day`` is over: nothing can be done by then any more."""
    if day is not None and day < today:
        raise is_over(day, field)


def is_over(day: date, field: str) -> RuleRefused:
    """Return the refusal of a day that has passed."""
    return RuleRefused(
        Text(f"{day.isoformat()} is over.", f"{day.isoformat()} 已经过去。"),
        Text("Look the date up and correct it.", "请核对并更正日期。"),
        field,
    )


@service_task(
    "opportunity.check_tender",
    label=Text("Check the dates of the tender", "核对标书日期"),
    help=Text(
        "A deadline that has passed is refused, and dates that contradict each other.",
        "截标日期早于今天、或各日期前后矛盾时不予通过。",
    ),
)
def check_tender(ctx: Context, _given: NoParameters) -> None:
    """Refuse dates that cannot be (`ltc.md` O3.1); raises ``RuleRefused``."""
    opportunity = opportunity_of(ctx)
    deadline = opportunity.tender_deadline
    refuse_past(deadline, today_of(ctx), "tender_deadline")
    for field, late in (("questions_until", False), ("opening_on", True)):
        said = fact(opportunity, "take_tender", field)
        day = date.fromisoformat(said) if said else None
        if day is not None and deadline is not None and (day < deadline if late else day > deadline):
            raise RuleRefused(
                Text(
                    "Questions end before the deadline, and bids are opened after it.",
                    "提问截止应早于截标，开标应晚于截标。",
                ),
                Text("Compare the dates with the bid document.", "请与标书核对日期。"),
                field,
            )


class Clauses(BaseModel):
    """What the analysis of the clauses, or the confirmed requirements, come to."""

    clause_count: Annotated[int, label("Clauses", "条款数")]
    musts_not_met: Annotated[int, label("Mandatory clauses not met", "未满足的强制条款数")]
    open_questions: Annotated[int, label("Questions to the customer", "待澄清问题数")]


@service_task(
    "opportunity.sum_up_clauses",
    label=Text("Sum up the clauses", "汇总条款分析"),
    help=Text(
        "Counts mandatory clauses that we do not meet, and questions to the customer.",
        "统计未满足的强制条款和需澄清的问题。",
    ),
)
def sum_up_clauses(ctx: Context, _given: NoParameters) -> Clauses:
    """Count what the four readers of the bid document found (`ltc.md` O3.1)."""
    opportunity = opportunity_of(ctx)
    rows = list(fact(opportunity, "confirm_requirements", "requirements", []) if not opportunity.has_tender else [])
    if opportunity.has_tender:
        for part in ("technical", "delivery", "legal", "payment"):
            rows += fact(opportunity, f"{part}_clauses", "clauses", [])
    return Clauses(
        clause_count=len(rows),
        musts_not_met=sum(row["force"] == "must" and row["comply"] == "no" for row in rows),
        open_questions=sum(bool(row.get("question")) for row in rows),
    )


class Clock(BaseModel):
    """The clock of the tender, and how far the work had come when a deadline interrupted it."""

    deadline_at: Annotated[str, label("Deadline", "截标时间")]
    submit_due: Annotated[str, label("Submit within", "递交时限")]
    solution_result: Annotated[str | None, label("Result of the solution review", "方案评审结论")]
    bid_decision: Annotated[str | None, label("Bid decision", "投标决策")]
    proposal_version: Annotated[int, label("Version of the proposal", "建议书版本")]
    proposal_passed: Annotated[bool, label("The proposal passed before", "建议书已通过评审")]


@service_task(
    "opportunity.tender_clock",
    label=Text("Set the clock of the tender", "设定截标时钟"),
    help=Text(
        "The bid is due at the end of that working day; the team is warned 10, 5 and 3 working days before.",
        "截标按当日下班时间计算；提前 10、5、3 个工作日提醒项目团队。",
    ),
)
def tender_clock(ctx: Context, _given: NoParameters) -> Clock:
    """Work out the moments that the deadline sets (`ltc.md` O3, SLA); a watch of its own warns the team."""
    opportunity = opportunity_of(ctx)
    deadline = opportunity.tender_deadline
    if deadline is not None:
        ctx.send(
            "tender.clock_set",
            opportunity.number,
            opportunity_id=opportunity.id,
            unit_id=ctx.unit_id,
            tender_deadline=deadline.isoformat(),
            **{f"warn_{days}_at": _morning(ctx, before(deadline, days)) for days in WARN_BEFORE},
        )
    return Clock(
        deadline_at=_end_of(ctx, deadline) if deadline else NEVER,
        submit_due="P1D",
        solution_result="pass" if _solution_passed(opportunity) else None,
        bid_decision="go" if _decided_to_bid(ctx) else None,
        proposal_version=int(fact(opportunity, offers.VERSIONS, "version", 0)),
        proposal_passed=proposal_passed(ctx),
    )


def proposal_passed(ctx: Context) -> bool:
    """Return whether the proposal as it is now passed its review: nobody reworked it, or has to, since then."""
    passed = inbox.last_submission(ctx.session, ctx.instance_id, "review_proposal")
    if passed is None or passed.answers["proposal_verdict"] not in GOES_ON:
        return False
    decided = inbox.last_submission(ctx.session, ctx.instance_id, "decide_bid")
    if decided is not None and decided.answers["bid_verdict"] in REWORK and decided.id > passed.id:
        return False
    later = (inbox.last_submission(ctx.session, ctx.instance_id, element) for element in ("make_solution", "revise"))
    return all(each is None or each.id < passed.id for each in later)


def _end_of(ctx: Context, day: date) -> str:
    return WorkingCalendar(zone_of(ctx.session)).end_of(day).isoformat()


def _morning(ctx: Context, day: date) -> str:
    return datetime.combine(day, time(9), zone_of(ctx.session)).isoformat()


def before(day: date, working_days: int) -> date:
    """Return the working day that lies ``working_days`` before ``day``."""
    calendar = WorkingCalendar(USUAL_ZONE)  # a day is a working day or not, wherever it is
    left = working_days
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working_day(day)
    return day


def _solution_passed(opportunity: Opportunity) -> bool:
    return (
        fact(opportunity, "review_overall", "solution_verdict") in GOES_ON
        and fact(opportunity, "review_deliverability", "delivery_verdict") in GOES_ON
    )


class DeadlineWarning(BaseModel):
    """Of which deadline the team is warned, and when."""

    opportunity_id: Annotated[int, label("Opportunity", "商机")]
    at: Annotated[datetime, label("Warn at", "提醒时间")]
    deadline: Annotated[date, label("Deadline", "截标日期")]


@service_task(
    "opportunity.warn_deadline",
    label=Text("Warn of the deadline", "截标提醒"),
    help=Text(
        "Tells the team how near the deadline is, unless the bid is in or the deadline was moved.",
        "提醒项目团队截标时间临近；已投标或已延期则不再提醒。",
    ),
)
def warn_deadline(ctx: Context, given: DeadlineWarning) -> None:
    """Tell the team that the deadline comes nearer (`ltc.md` O3, T); a warning whose day is over is left out."""
    opportunity = queries.get(ctx.session, given.opportunity_id)  # the watch is no case of the opportunity itself
    is_today = given.at.astimezone(zone_of(ctx.session)).date() == today_of(ctx)
    if is_today and opportunity.status in BEFORE_SUBMISSION and opportunity.tender_deadline == given.deadline:
        tell_team(ctx, "deadline_near", opportunity, given.deadline.isoformat())


class NewDeadline(BaseModel):
    """Whether we bid, and until when the bid has to be in, or on record as being in."""

    bid_decision: Annotated[str | None, label("Bid decision", "投标决策")]
    submitted: Annotated[bool, label("Submitted", "已递交")]
    deadline_at: Annotated[str, label("Deadline", "截标时间")]


@service_task(
    "opportunity.take_new_deadline",
    label=Text("Take what holds after the deadline", "登记截标后的处理结果"),
    help=Text(
        "An extended deadline must lie ahead. A bid that was in before the deadline is recorded within a working day. "
        "Otherwise the opportunity is not bid for.",
        "延期后的截标日期必须晚于现在；截标前已递交的，一个工作日内补登记；否则不再投标。",
    ),
)
def take_new_deadline(ctx: Context, _given: NoParameters) -> NewDeadline:
    """Go on with the customer's new deadline, record what was in before it, or stop (`ltc.md` O3).

    Raises ``RuleRefused`` for a new deadline that is over, and for a bid about which nobody had decided.
    """
    opportunity = opportunity_of(ctx)
    outcome = fact(opportunity, "after_deadline", "deadline_outcome")
    if outcome == "in_time":
        if not _decided_to_bid(ctx):
            raise RuleRefused(
                Text("Nobody has decided to bid yet.", "尚未作出投标决策，不可能已按时递交。"),
                Text("Choose another answer.", "请另选处理方式。"),
                "deadline_outcome",
            )
        until = WorkingCalendar(zone_of(ctx.session)).add(ctx.now, working_minutes(TO_RECORD))
        return NewDeadline(bid_decision="go", submitted=False, deadline_at=until.isoformat())
    passed = str(ctx.data["deadline_at"])
    if outcome != "extended":
        return NewDeadline(bid_decision="no_go", submitted=False, deadline_at=passed)
    deadline = opportunity.tender_deadline
    if deadline is not None and datetime.fromisoformat(_end_of(ctx, deadline)) <= ctx.now:
        raise is_over(deadline, "tender_deadline")
    return NewDeadline(bid_decision=None, submitted=False, deadline_at=passed)


def _decided_to_bid(ctx: Context) -> bool:
    decided = decisions.latest(ctx.session, "ATB", "opportunity", opportunity_of(ctx).id)
    return decided is not None and decided.verdict in BIDS


class Weighed(BaseModel):
    """What both reviews come to."""

    solution_result: Annotated[str, label("Result", "评审结论")]


@service_task(
    "opportunity.weigh_solution_review",
    label=Text("Weigh both reviews", "汇总两项评审"),
    help=Text(
        "The solution passes when both reviews let it pass; what is left to do is tracked.",
        "两项评审都通过才算通过；遗留问题转为跟踪事项。",
    ),
)
def weigh_solution_review(ctx: Context, _given: NoParameters) -> Weighed:
    """Take the worse of both reviews and track what they ask for (`ltc.md` O3.2)."""
    opportunity = opportunity_of(ctx)
    if not _solution_passed(opportunity):
        return Weighed(solution_result="rework")
    for element, table in (("review_overall", "actions"), ("review_deliverability", "delivery_actions")):
        track(ctx, element, said_in(ctx, element).get(table, []))
    return Weighed(solution_result="pass")


def track(ctx: Context, element: str, actions: list[dict[str, object]]) -> None:
    """Let each of ``actions`` be tracked until somebody has done it, and tell whose they are."""
    deciding.open_actions(ctx.session, about(ctx, element), actions, by=ctx.by, now=ctx.now)
    for each in actions:
        owner = each.get("owner_id")
        if isinstance(owner, int) and owner != ctx.by.user_id:
            due_on = str(each.get("due_on") or "")
            ctx.notify(owner, "action.assigned", case=ctx.label, action=str(each["text"]), due_on=due_on)


class Version(BaseModel):
    """Which version of the proposal this is."""

    proposal_version: Annotated[int, label("Version of the proposal", "建议书版本")]
    unlimited_liability: Annotated[bool, label("Unlimited liability or foreign law", "无限责任或非标法律条款")]


@service_task(
    "opportunity.number_proposal",
    label=Text("Number the version", "登记建议书版本"),
    help=Text(
        "Keeps price, margin, terms and files of this version, so that one can compare later.",
        "保存本版本的价格、毛利、条款与文件，便于以后比对。",
    ),
)
def number_proposal(ctx: Context, _given: NoParameters) -> Version:
    """Keep one more version of the proposal (`ltc.md` O3.3)."""
    opportunity = opportunity_of(ctx)
    said = {
        name: ctx.data.get(name)
        for name in (
            "discount_percent", "prepay_percent", "payment_days", "warranty_months", "penalty_percent", "liability",
            "standard_law", "delivery_promised_on",
        )
    }  # fmt: skip
    version = {
        "made_on": today_of(ctx).isoformat(),
        "price_offered": opportunity.price_offered,
        "margin_percent": opportunity.margin_percent,
        "changes": fact(opportunity, "revise", "revision_changes"),
        **said,
    }
    number = offers.keep_version(ctx.session, opportunity, version)
    return Version(
        proposal_version=number,
        unlimited_liability=ctx.data.get("liability") == "unlimited" or ctx.data.get("standard_law") is False,
    )


@service_task(
    "opportunity.keep_proposal_review",
    label=Text("Keep what is left to do", "登记建议书遗留问题"),
    help=Text("Open points of the review become tracked actions.", "评审遗留问题转为跟踪事项。"),
)
def keep_proposal_review(ctx: Context, _given: NoParameters) -> None:
    """Track what the review of the proposal left open (`ltc.md` O3.3); raises ``RuleRefused`` for missing parts."""
    said = said_in(ctx, "review_proposal")
    if said["proposal_verdict"] in GOES_ON and not said["parts_complete"]:
        raise RuleRefused(
            Text("A proposal with missing parts cannot pass.", "建议书内容不齐全，不能通过评审。"),
            Text("Choose “Rework” and say what is missing.", "请选择“返工”，并写明缺哪些部分。"),
            "proposal_verdict",
        )
    track(ctx, "review_proposal", said.get("proposal_actions", []))


class Wanted(BaseModel):
    """Which documents the step needs, as the table D11 says."""

    documents: Annotated[str, label("Documents needed", "所需文档")]


@service_task(
    "opportunity.require_documents",
    label=Text("Require the documents", "校验必备文档"),
    help=Text(
        "Refuses to go on while a document is missing that the table asks for.", "缺少决策表要求的文档时不予通过。"
    ),
)
def require_documents(ctx: Context, given: Wanted) -> None:
    """Refuse while a mandatory document is missing (`ltc.md` D11); raises ``RuleRefused``."""
    missing = documents.missing(opportunity_of(ctx), given.documents)
    if missing:
        raise RuleRefused(
            Text(
                f"Missing: {', '.join(each.en for each in missing)}.",
                f"缺少文档：{'、'.join(each.zh for each in missing)}。",
            ),
            Text("Complete the step in which it is made.", "请先完成相应步骤。"),
        )


class Submitted(BaseModel):
    """The proposal is with the customer."""

    submitted: Annotated[bool, label("Submitted", "已递交")]


@service_task(
    "opportunity.check_submission",
    label=Text("Check version and deadline", "核对版本与时限"),
    help=Text(
        "Refuses a version that was not decided about, a date after the deadline, an open bid bond.",
        "未经决策的版本、超过截标日期、保证金未缴均不予通过。",
    ),
)
def check_submission(ctx: Context, _given: NoParameters) -> Submitted:
    """Check what was submitted (`ltc.md` O3.8); raises ``RuleRefused``."""
    opportunity = opportunity_of(ctx)
    _check_version(ctx, "submit_proposal")
    _refuse_late(ctx, date.fromisoformat(str(ctx.data["submitted_on"])), "submitted_on")
    if fact(opportunity, "take_tender", "bid_bond") and ctx.data.get("bond_paid") != "paid":
        raise RuleRefused(
            Text("The tender asks for a bid bond that is not paid.", "标书要求投标保证金，尚未缴纳。"),
            Text("Have the bond paid first.", "请先缴纳保证金。"),
            "bond_paid",
        )
    return Submitted(submitted=True)


@service_task(
    "opportunity.check_resubmission",
    label=Text("Check the version", "核对重新递交的版本"),
    help=Text("Only the version that was decided about may go out.", "只能递交经决策的版本。"),
)
def check_resubmission(ctx: Context, _given: NoParameters) -> Submitted:
    """Check a revised proposal (`ltc.md` O3.9); raises ``RuleRefused``."""
    _check_version(ctx, "resubmit")
    return Submitted(submitted=True)


@service_task(
    "opportunity.check_hand_in",
    label=Text("Check the day of the offer", "核对递交日期"),
    help=Text(
        "Refuses a day after the customer's deadline.",
        "递交日期不能晚于客户截止日期。",
    ),
)
def check_hand_in(ctx: Context, _given: NoParameters) -> Submitted:
    """Check an offer of the company's own four steps (`ltc.md` 5); raises ``RuleRefused``."""
    on = date.fromisoformat(said_in(ctx, "hand_in")["handed_in_on"])
    _refuse_late(ctx, on, "handed_in_on")
    return Submitted(submitted=True)


def _refuse_late(ctx: Context, on: date, field: str) -> None:
    deadline = opportunity_of(ctx).tender_deadline
    if deadline is not None and on > deadline:
        raise RuleRefused(
            Text("That is after the deadline of the tender.", "递交日期晚于截标日期。"),
            Text("Correct the date; or wait for the customer's new deadline.", "请更正日期，或等待客户延期。"),
            field,
        )


def _check_version(ctx: Context, element: str) -> None:
    sent, decided = fact(opportunity_of(ctx), element, "version_sent"), ctx.data.get("proposal_version")
    if sent != decided:
        raise RuleRefused(
            Text(f"Version {decided} was decided about, not {sent}.", f"经决策的是第 {decided} 版，不是第 {sent} 版。"),
            Text("Send the version that was decided about.", "请递交经决策的版本。"),
            "version_sent",
        )
