"""Automatic steps around authority: looking it up, asking the body above, granting more for one deal (D10, O4.1f)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from engine.database import zone_of
from engine.errors import RuleRefused
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.authority import operations, queries
from handlers.authority.operations import LEVELS, Limits
from handlers.authority.records import LIABILITIES, Authority
from handlers.labels import label
from handlers.opportunity.bargain import lead_of
from handlers.opportunity.case import opportunity_of
from handlers.opportunity.records import Opportunity


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
    grant_liability: Annotated[str | None, label("Liability granted", "授权责任上限")] = None
    grant_delay: Annotated[int | None, label("Sooner than we can deliver, granted (days)", "授权提前交付（天）")] = None


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
        grant_liability=grant.max_liability,
        grant_delay=grant.max_delay_days,
    )


def grant_of(ctx: Context) -> Authority | None:
    """Return the grant that holds today for the negotiation of this case, or ``None``."""
    opportunity = opportunity_of(ctx)
    return queries.in_force(
        ctx.session,
        unit_id=ctx.unit_id,
        user_id=lead_of(opportunity),
        opportunity_id=opportunity.id,
        on=ctx.now.astimezone(zone_of(ctx.session)).date(),
    )


class AskedFor(BaseModel):
    """What the table D10 says of the authority that is asked for."""

    judged: Annotated[Literal["inside", "ask", "forbidden"], label("Judged as", "授权判断")] = "ask"


class Above(BaseModel):
    """Who may extend the authority."""

    atx_body: Annotated[str, label("Body", "决策层级")]


@service_task(
    "authority.extension_level",
    label=Text("Find who may grant it", "确定审批层级"),
    help=Text(
        "One level above the one that granted what we have. What nobody may agree to is refused.",
        "由现有授权的上一级决策团队审批；禁止让步的条件不予受理。",
    ),
)
def extension_level(ctx: Context, given: AskedFor) -> Above:
    """Go one level above the granting one, the company being the highest (`ltc.md` O4.1f).

    Raises ``RuleRefused`` for what the table D10 forbids.
    """
    if given.judged == "forbidden":
        raise RuleRefused(
            Text("Nobody may agree to terms so far beyond the grant.", "所申请的条件突破底线，不可授权。"),
            Text("Ask for less, and take the rest back to the table.", "请缩小申请范围，其余条件回到谈判桌上谈。"),
        )
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
        "When it is granted, the terms that were asked for may be agreed to in this deal, until the day that was set.",
        "同意后，本项目可按申请的条件成交，授权到期自动失效。",
    ),
)
def extend(ctx: Context, given: Extension) -> None:
    """Grant for this deal what was asked for (`ltc.md` O4.1f, P20); raises ``RuleRefused`` for a past day."""
    if given.verdict != "granted":
        return
    today = ctx.now.astimezone(zone_of(ctx.session)).date()
    if given.valid_until is None or given.valid_until < today:
        raise RuleRefused(
            Text("The extension would be over before it begins.", "授权有效期早于今天。"),
            Text("Choose a day from today on.", "请选择今天或以后的日期。"),
            "ext_granted_until",
        )
    opportunity, held = opportunity_of(ctx), grant_of(ctx)
    operations.grant(
        ctx.session,
        _widened(opportunity, ctx.data, held),
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


def _widened(opportunity: Opportunity, data: Mapping[str, Any], held: Authority | None) -> Limits:
    """Return the limits that were asked for, each at least as wide as in what is ``held``.

    Where the request names no limit of its own, the terms on the table count.
    """

    def asked(name: str, on_the_table: str) -> int | None:
        limit: int | None = data.get(f"ext_{name}", data.get(on_the_table))
        return limit

    liabilities = [data.get("ext_liability") or data.get("liability"), held.max_liability if held else None]
    known = [LIABILITIES.index(each) for each in liabilities if each is not None]
    return Limits(
        max_amount=_most(data.get("ext_amount", opportunity.amount), held.max_amount if held else None),
        min_margin_percent=_least(
            data.get("ext_margin", opportunity.margin_percent), held.min_margin_percent if held else None
        ),
        max_discount_percent=_most(asked("discount", "discount_percent"), held.max_discount_percent if held else None),
        max_payment_days=_most(asked("days", "payment_days"), held.max_payment_days if held else None),
        max_liability=LIABILITIES[max(known, default=0)],
        max_delay_days=_most(asked("delay", "delay_days"), held.max_delay_days if held else None),
    )


def _most(*said: int | None) -> int:
    return max((each for each in said if each is not None), default=0)


def _least(*said: int | None) -> int:
    return min((each for each in said if each is not None), default=0)
