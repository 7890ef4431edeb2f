"""Automatic steps of pre-bid guidance: gaps, the agreement of key decision-makers, an early tender (`ltc.md` O2)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.labels import label
from handlers.opportunity.answers import fact
from handlers.opportunity.case import opportunity_of, tell


class NoParameters(BaseModel):
    """The opportunity of the case is all this step needs."""


class Gaps(BaseModel):
    """How we stand against the best rival of each demand."""

    demands_ahead: Annotated[int, label("Demands where we lead", "我方领先的诉求数")]
    demands_behind: Annotated[int, label("Demands where we are behind", "我方落后的诉求数")]
    strongest_rival: Annotated[str, label("Strongest rival", "最强对手")]


@service_task(
    "opportunity.draw_gaps",
    label=Text("Draw the gaps", "计算差距"),
    help=Text(
        "For every demand: our mark against the best rival's; the differences are kept with the opportunity.",
        "逐项诉求对比我方与最强对手的得分，差距保存在商机中。",
    ),
)
def draw_gaps(ctx: Context, _given: NoParameters) -> Gaps:
    """Compare us with the best rival demand by demand (`ltc.md` O2.3)."""
    opportunity = opportunity_of(ctx)
    best: dict[str, dict[str, Any]] = {}
    for row in fact(opportunity, "compare_with_rivals", "matrix", []):
        known = best.get(row["demand"])
        if known is None or row["rival_score"] > known["rival_score"]:
            best[row["demand"]] = row
    gaps = [
        {"demand": demand, "rival": row["rival"], "gap": row["our_score"] - row["rival_score"]}
        for demand, row in best.items()
    ]
    opportunity.facts = {**opportunity.facts, "draw_gaps": {"gaps": gaps}}
    ctx.session.flush()
    behind: dict[str, int] = {}
    for each in gaps:
        behind[each["rival"]] = behind.get(each["rival"], 0) - each["gap"]
    return Gaps(
        demands_ahead=sum(each["gap"] > 0 for each in gaps),
        demands_behind=sum(each["gap"] < 0 for each in gaps),
        strongest_rival=max(behind, key=lambda rival: behind[rival]) if behind else "",
    )


class Agreement(BaseModel):
    """Which kinds of key decision-makers agree with our vision."""

    economic_agreed: Annotated[Literal["yes", "no"], label("An economic KDM agrees", "经济型决策者认可")]
    technical_agreed: Annotated[Literal["yes", "no"], label("A technical KDM agrees", "技术型决策者认可")]
    kdm_agreed: Annotated[bool, label("Agreement is enough", "认可是否足够")]


@service_task(
    "opportunity.kdm_agreement",
    label=Text("Check who agrees", "核对决策者认可"),
    help=Text(
        "At least one economic and one technical key decision-maker must agree with our vision.",
        "至少一位经济型、一位技术型关键决策者认可我方构想。",
    ),
)
def kdm_agreement(ctx: Context, _given: NoParameters) -> Agreement:
    """Check the exit of the guidance (`ltc.md` O2.7)."""
    opportunity = opportunity_of(ctx)
    walked = [each for each in fact(opportunity, "guidance_path", "kdms", []) if each.get("agrees")]
    confirmed = fact(opportunity, "confirm_nurturing", "kdms_agreed", [])
    roles = {each.get("kdm_role") for each in [*walked, *confirmed]}
    economic, technical = "economic" in roles, "technical" in roles
    return Agreement(
        economic_agreed="yes" if economic else "no",
        technical_agreed="yes" if technical else "no",
        kdm_agreed=economic and technical,
    )


class Tender(BaseModel):
    """What the tender says."""

    tender_deadline: Annotated[date | None, label("Tender deadline", "投标截止日期")] = None


class Skipped(BaseModel):
    """The guidance was cut short."""

    guidance_incomplete: Annotated[bool, label("Guidance incomplete", "引导不完整")]
    has_tender: Annotated[bool, label("Bid document", "有标书")]


@service_task(
    "opportunity.cut_guidance",
    label=Text("Cut the guidance short", "提前结束引导"),
    help=Text(
        "The tender came early: the guidance counts as incomplete and the team is told.",
        "提前发标：标前引导记为不完整，并通知项目组。",
    ),
)
def cut_guidance(ctx: Context, given: Tender) -> Skipped:
    """Jump to the solution because the tender is out (`ltc.md` O2.7)."""
    opportunity = opportunity_of(ctx)
    opportunity.guidance_incomplete = opportunity.has_tender = True
    opportunity.tender_deadline = given.tender_deadline or opportunity.tender_deadline
    ctx.session.flush()
    for user_id in {opportunity.ar_id, opportunity.sr_id, opportunity.fr_id, opportunity.pd_id}:
        tell(ctx, user_id, "tender", opportunity)
    return Skipped(guidance_incomplete=True, has_tender=True)
