"""Automatic steps of closing an opportunity: its result, the win/loss report and its reminders (`ltc.md` O5, D117)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.calendar import WorkingCalendar, working_minutes
from engine.database import zone_of
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.documents import operations as documents
from handlers.labels import label
from handlers.opportunity import operations
from handlers.opportunity.case import opportunity_of, said_in, tell
from handlers.opportunity.keeper import KIND
from handlers.opportunity.statuses import RESULTS


class NoParameters(BaseModel):
    """The opportunity of the case is all this step needs."""


class Ending(BaseModel):
    """How it ended, and how long people have for the report, in working time."""

    result: Annotated[Literal["won", "lost", "no_bid", "abandoned"], label("Result", "结果")]
    remind_after: Annotated[str, label("Remind after", "提醒时限")] = "P5D"
    flag_after: Annotated[str, label("Flag after", "打标记时限")] = "P10D"


class Ended(BaseModel):
    """When the missing report is asked for, and when it becomes a flag."""

    result: Annotated[str, label("Result", "结果")]
    remind_at: Annotated[str, label("Remind at", "提醒时间")]
    flag_at: Annotated[str, label("Flag at", "打标记时间")]
    has_pd: Annotated[bool, label("There is a PD", "有项目总监")]


@service_task(
    "opportunity.end",
    label=Text("Record the result", "记录商机结果"),
    help=Text(
        "Won, lost, not bid or abandoned; the win/loss report is due in ten working days.",
        "记录赢单、丢单、不投或放弃；十个工作日内提交总结报告。",
    ),
)
def end(ctx: Context, given: Ending) -> Ended:
    """Remember result and day, and ask AR and PD for the report (`ltc.md` O5, A16)."""
    opportunity = opportunity_of(ctx)
    zone = zone_of(ctx.session)
    calendar, told_at = WorkingCalendar(zone), _told_at(ctx)
    flag_at = calendar.add(told_at, working_minutes(given.flag_after))
    operations.end(
        ctx.session, opportunity, given.result,
        report_due_on=flag_at.astimezone(zone).date(), on=told_at.astimezone(zone).date(),
    )  # fmt: skip
    name = RESULTS[given.result]
    for user_id in {opportunity.ar_id, opportunity.pd_id} - {None, ctx.by.user_id}:
        ctx.notify(
            user_id, "opportunity.ended", number=opportunity.number, opportunity=opportunity.label,
            reason_en=f"{name.en}.", reason_zh=f"{name.zh}。",
        )  # fmt: skip
    return Ended(
        result=given.result,
        remind_at=calendar.add(told_at, working_minutes(given.remind_after)).isoformat(),
        flag_at=flag_at.isoformat(),
        has_pd=opportunity.pd_id is not None,
    )


def _told_at(ctx: Context) -> datetime:
    """Return when the result was known: a loss from the day on which the customer told us, anything else from now."""
    said = said_in(ctx, "record_result")
    if said.get("bid_result") != "lost":
        return ctx.now
    on = date.fromisoformat(said["told_on"])
    return min(WorkingCalendar(zone_of(ctx.session)).end_of(on), ctx.now)


@service_task(
    "opportunity.remind_report",
    label=Text("Remind of the report", "提醒提交总结"),
    help=Text("AR and PD are told that the win/loss report is missing.", "提醒 AR 和项目总监尽快提交总结报告。"),
)
def remind_report(ctx: Context, _given: NoParameters) -> None:
    """Remind AR and PD of the missing report (`ltc.md` O5, +5 working days)."""
    opportunity = opportunity_of(ctx)
    for user_id in {opportunity.ar_id, opportunity.pd_id}:
        tell(ctx, user_id, "report_due", opportunity)


class Filed(BaseModel):
    """When the report was accepted."""

    reported_at: Annotated[datetime, label("Reported at", "提交时间")]


@service_task(
    "opportunity.file_report",
    label=Text("File the report", "归档总结报告"),
    help=Text("The accepted report counts from now on.", "总结报告通过，即时生效。"),
)
def file_report(ctx: Context, _given: NoParameters) -> Filed:
    """Remember when the win/loss report was accepted, and keep it (`ltc.md` O5)."""
    opportunity = opportunity_of(ctx)
    operations.report(ctx.session, opportunity, now=ctx.now)
    documents.keep(ctx.session, KIND, opportunity.id, "report", by=ctx.by, now=ctx.now)
    return Filed(reported_at=opportunity.report_at or ctx.now)
