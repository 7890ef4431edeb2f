"""Automatic steps around authority: looking it up, asking the body above, granting more for one deal (D10, O4.1f)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.database import zone_of
from engine.errors import RuleRefused
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.authority import operations, queries
from handlers.authority.operations import LEVELS, Limits
from handlers.authority.records import Authority
from handlers.labels import label
from handlers.opportunity.answers import fact
from handlers.opportunity.case import opportunity_of


class NoParameters(BaseModel):
    """The opportunity of the case is all this step needs."""


class Granted(BaseModel):
    """How far the team may go."""

    has_grant: Annotated[bool, label("Authorised", "已授权")]
    grant_level: Annotated[str | None, label("Granted by", "授权层级")] = None
    grant_amount: Annotated[int | None, label("Up to (fen)", "金额上限（分）")] = None
    grant_discount: Annotated[int | None, label("Discount granted (%)", "授权折扣（%）")] = None
    grant_margin: Annotated[int | None, label("Least margin (%)", "最低毛利率（%）")] = None
    grant_days: Annotated[int | None, label("Payment granted (days)", "授权账期（天）")] = None


@service_task(
    "authority.check",
    label=Text("Look up the authority", "核对授权"),
    help=Text(
        "Finds the grant in force: for this deal, for the person who leads, for the unit or a unit above.",
        "查找有效授权：本项目专项授权、主谈人授权、本组织或上级组织授权。",
    ),
)
def check(ctx: Context, _given: NoParameters) -> Granted:
    """Answer the first two questions before a negotiation (`ltc.md` O4.1d)."""
    grant = grant_of(ctx)
    if grant is None:
        return Granted(has_grant=False)
    return Granted(
        has_grant=True,
        grant_level=grant.level,
        grant_amount=grant.max_amount,
        grant_discount=grant.max_discount_percent,
        grant_margin=grant.min_margin_percent,
        grant_days=grant.max_payment_days,
    )


def grant_of(ctx: Context) -> Authority | None:
    """Return the grant that holds today for the negotiation of this case, or ``None``."""
    opportunity = opportunity_of(ctx)
    team = fact(opportunity, "prepare", "team_roles", [])
    leads = next((row["user_id"] for row in team if row["part"] == "lead"), None)
    return queries.in_force(
        ctx.session,
        unit_id=ctx.unit_id,
        user_id=leads,
        opportunity_id=opportunity.id,
        on=ctx.now.astimezone(zone_of(ctx.session)).date(),
    )


class Above(BaseModel):
    """Who may extend the authority."""

    atx_body: Annotated[str, label("Body", "决策层级")]


@service_task(
    "authority.extension_level",
    label=Text("Find who may grant it", "确定审批层级"),
    help=Text("One level above the one that granted what we have.", "由现有授权的上一级决策团队审批。"),
)
def extension_level(ctx: Context, _given: NoParameters) -> Above:
    """Go one level above the granting one, the company being the highest (`ltc.md` O4.1f)."""
    grant = grant_of(ctx)
    if grant is None:
        return Above(atx_body=opportunity_of(ctx).body or LEVELS[0])
    return Above(atx_body=LEVELS[min(LEVELS.index(grant.level) + 1, len(LEVELS) - 1)])


class Extension(BaseModel):
    """What the body decided about the authority."""

    verdict: Annotated[Literal["granted", "refused", "stop"], label("Verdict", "决策结论")]
    body: Annotated[Literal["rep", "region", "company"], label("Body", "决策层级")]
    decision_id: Annotated[int, label("Decision", "决策")]
    valid_until: Annotated[date | None, label("Valid until", "有效期至")] = None


@service_task(
    "authority.extend",
    label=Text("Extend the authority", "登记专项授权"),
    help=Text(
        "When it is granted, the terms on the table may be agreed to in this deal, until the day that was set.",
        "同意时，本项目可按当前条件成交，授权到期自动失效。",
    ),
)
def extend(ctx: Context, given: Extension) -> None:
    """Grant for this deal what lies on the table (`ltc.md` O4.1f, P20); raises ``RuleRefused`` for a past day."""
    if given.verdict != "granted":
        return
    today = ctx.now.astimezone(zone_of(ctx.session)).date()
    if given.valid_until is None or given.valid_until < today:
        raise RuleRefused(
            Text("The extension would be over before it begins.", "授权有效期早于今天。"),
            Text("Choose a day from today on.", "请选择今天或以后的日期。"),
            "ext_granted_until",
        )
    opportunity, data, held = opportunity_of(ctx), ctx.data, grant_of(ctx)
    operations.grant(
        ctx.session,
        Limits(
            max_amount=max(opportunity.amount or 0, held.max_amount if held else 0),
            min_margin_percent=_least(opportunity.margin_percent, held.min_margin_percent if held else None),
            max_discount_percent=_most(data.get("discount_percent"), held.max_discount_percent if held else None),
            max_payment_days=_most(data.get("payment_days"), held.max_payment_days if held else None),
            max_liability=data.get("liability") or "capped",
            max_delay_days=_most(data.get("delay_days"), held.max_delay_days if held else None),
        ),
        level=given.body,
        unit_id=ctx.unit_id,
        user_id=None if ctx.unit_id is not None else ctx.by.user_id,
        opportunity_id=opportunity.id,
        valid_from=today,
        valid_to=given.valid_until,
        decision_id=given.decision_id,
        by=ctx.by,
        now=ctx.now,
    )


def _most(*said: int | None) -> int:
    return max((each for each in said if each is not None), default=0)


def _least(*said: int | None) -> int:
    return min((each for each in said if each is not None), default=0)
