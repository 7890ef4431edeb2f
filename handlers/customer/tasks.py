"""Automatic steps around the credit of a customer (`ltc.md` O4.1a)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.database import zone_of
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.customer import operations, queries
from handlers.labels import label
from handlers.opportunity.answers import fact
from handlers.opportunity.case import opportunity_of

GOOD_FOR_MONTHS = 12
"""A credit file that is older has to be built anew (`ltc.md` O4.1a)."""

Rating = Literal["A", "B", "C", "D"]


class NoParameters(BaseModel):
    """The customer of the case is all this step needs."""


class CreditFile(BaseModel):
    """What the credit file says; money in fen."""

    credit_state: Annotated[Literal["none", "old", "current"], label("Credit file", "资信档案")]
    credit_rating: Annotated[str | None, label("Rating", "信用等级")] = None
    credit_limit: Annotated[int | None, label("Limit (fen)", "信用额度（分）")] = None
    credit_exposure: Annotated[int | None, label("Open (fen)", "占用（分）")] = None
    overdue_amount: Annotated[int | None, label("Overdue (fen)", "逾期（分）")] = None
    credit_assessed_on: Annotated[str | None, label("Assessed on", "评估日期")] = None
    credit_overdue: Annotated[bool, label("Something is overdue", "存在逾期")] = False


@service_task(
    "customer.fetch_credit",
    label=Text("Fetch the credit file", "调取资信档案"),
    help=Text(
        "Finds the newest assessment of the customer; one older than twelve months does not count.",
        "查找客户最近一次资信评估；超过 12 个月视为过期。",
    ),
)
def fetch_credit(ctx: Context, _given: NoParameters) -> CreditFile:
    """Look up the customer's credit (`ltc.md` O4.1a, D101)."""
    customer_id = opportunity_of(ctx).customer_id
    found = queries.credit(ctx.session, customer_id) if customer_id is not None else None
    if found is None:
        return CreditFile(credit_state="none")
    today = ctx.now.astimezone(zone_of(ctx.session)).date()
    return CreditFile(
        credit_state="current" if today <= _good_until(found.assessed_on) else "old",
        credit_rating=found.rating,
        credit_limit=found.credit_limit,
        credit_exposure=found.exposure,
        overdue_amount=found.overdue_amount,
        credit_assessed_on=found.assessed_on.isoformat(),
        credit_overdue=found.overdue_amount > 0,
    )


def _good_until(day: date) -> date:
    """Return the day twelve months later; of 29 February, the 28th."""
    year = day.year + GOOD_FOR_MONTHS // 12
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


class Assessed(BaseModel):
    """The assessment as finance made it; money in fen."""

    credit_rating: Annotated[Rating, label("Rating", "信用等级")]
    credit_limit: Annotated[int, label("Limit (fen)", "信用额度（分）", ge=0)]
    credit_exposure: Annotated[int, label("Open (fen)", "占用（分）", ge=0)]
    overdue_amount: Annotated[int, label("Overdue (fen)", "逾期（分）", ge=0)]


class Kept(BaseModel):
    """What the terms depend on."""

    credit_overdue: Annotated[bool, label("Something is overdue", "存在逾期")]
    credit_state: Annotated[Literal["current"], label("Credit file", "资信档案")]


@service_task(
    "customer.keep_credit",
    label=Text("Keep the credit file", "归档资信档案"),
    help=Text("Adds the assessment to the customer's file; earlier ones stay.", "写入客户资信档案，历史评估保留。"),
)
def keep_credit(ctx: Context, given: Assessed) -> Kept:
    """Add an assessment to the customer's file (`ltc.md` O4.1a)."""
    opportunity = opportunity_of(ctx)
    if opportunity.customer_id is not None:
        operations.assess_credit(
            ctx.session,
            opportunity.customer_id,
            rating=given.credit_rating,
            credit_limit=given.credit_limit,
            exposure=given.credit_exposure,
            overdue_amount=given.overdue_amount,
            overdue_history=fact(opportunity, "build_credit", "overdue_history"),
            source=fact(opportunity, "build_credit", "credit_source"),
            on=ctx.now.astimezone(zone_of(ctx.session)).date(),
            by=ctx.by,
            now=ctx.now,
        )
    return Kept(credit_overdue=given.overdue_amount > 0, credit_state="current")
