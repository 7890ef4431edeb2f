"""Automatic steps of disputes and risks (`ltc.md` C2.4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.contract import concern_operations, queries
from handlers.contract.case import contract_of, said, tell, tell_role, today, working_day_after
from handlers.contract.given import NoParameters, Number
from handlers.contract.own_case import OfContract, facts_of, named_person, take_case
from handlers.labels import label

TEAM_TIME, LEGAL_TIME = "P10D", "P20D"
"""Working time that FR and contract manager, then commercial-legal have to settle a dispute (`ltc.md` C2.4)."""
SETTLED_AT = {
    "team": "dispute_settle",
    "legal": "dispute_legal",
    "decision": "dispute_decide",
    "outside": "dispute_outside",
}


AGREED_AT = "dispute_agree"
"""Where the contract manager agrees to what FR settled: the first stage is theirs together."""


class BegunDispute(OfContract):
    """The dispute that was numbered."""

    dispute_no: Annotated[int, label("Dispute", "争议序号")]
    opened_by: Annotated[int | None, label("Opened by", "登记人")]


@service_task(
    "contract.begin_dispute",
    label=Text("Number a dispute", "争议编号"),
    help=Text(
        "CT-…/D1, D2 … of one contract; the contract is in dispute from now on.",
        "按合同连续编号 D1、D2……，合同进入争议中。",
    ),
)
def begin_dispute(ctx: Context, _given: NoParameters) -> BegunDispute:
    """Open a dispute of the contract (`ltc.md` C2.4)."""
    contract = contract_of(ctx)
    dispute = concern_operations.open_dispute(ctx.session, contract, by=ctx.by, now=ctx.now)
    take_case(ctx, contract, f"D{dispute.no}")
    return BegunDispute(
        **facts_of(ctx, contract), dispute_no=dispute.no, opened_by=named_person(ctx, contract, "opened_by")
    )


class Registered(BaseModel):
    """What the dispute is called, and until when the team tries."""

    dispute_subject: Annotated[str, label("Dispute", "争议")]
    team_until: Annotated[str, label("Team tries until", "团队协商截止")]


@service_task(
    "contract.record_dispute",
    label=Text("Register a dispute", "登记争议"),
    help=Text(
        "Holds up the milestones named in it; AR and contract manager are told, FR gets the task.",
        "暂停争议涉及的里程碑，通知 AR 和合同经理；协商任务由 FR 办理。",
    ),
)
def record_dispute(ctx: Context, given: Number) -> Registered:
    """Keep what the dispute is about (`ltc.md` C2.4); raises ``RuleRefused`` for milestones that do not exist."""
    contract = contract_of(ctx)
    dispute = queries.dispute(ctx.session, contract.id, given.no)
    concern_operations.describe_dispute(ctx.session, contract, dispute, said(ctx, "dispute_register"))
    until = working_day_after(ctx, TEAM_TIME).isoformat()
    for role in ("ar", "contract_mgr"):
        tell_role(ctx, role, "dispute_opened", contract, dispute=f"D{dispute.no}", day=until)
    return Registered(dispute_subject=f"D{dispute.no} {dispute.subject}", team_until=until)


class Passed(BaseModel):
    """To whom the dispute goes."""

    no: Annotated[int, label("Dispute", "争议序号", ge=1)]
    stage: Annotated[Literal["legal", "decision", "outside"], label("Who is next", "下一处理层级")]


class Until(BaseModel):
    """Until when the next ones try; their answer is still to come."""

    legal_until: Annotated[str, label("Until", "截止日期")]
    dispute_outcome: Annotated[None, label("Outcome", "结果")] = None


@service_task(
    "contract.pass_dispute",
    label=Text("Pass a dispute on", "争议升级"),
    help=Text("To commercial-legal, the decision team, or outside.", "依次升级到商法、决策团队、外部途径。"),
)
def pass_dispute(ctx: Context, given: Passed) -> Until:
    """Take a dispute up the ladder (`ltc.md` C2.4, A20)."""
    contract = contract_of(ctx)
    dispute = queries.dispute(ctx.session, contract.id, given.no)
    concern_operations.next_stage(ctx.session, dispute, given.stage, _tried(ctx, dispute.stage))
    for role in ("ar", "contract_mgr"):
        tell_role(ctx, role, "dispute_passed", contract, dispute=f"D{dispute.no}")
    return Until(legal_until=working_day_after(ctx, LEGAL_TIME).isoformat())


def _tried(ctx: Context, stage: str) -> dict[str, Any]:
    """Return what was answered at a stage of the dispute, by both of those who answer for the first."""
    answers = said(ctx, SETTLED_AT[stage])
    return {**said(ctx, AGREED_AT), **answers} if stage == "team" else answers


class Closed(BaseModel):
    """How a dispute ended."""

    no: Annotated[int, label("Dispute", "争议序号", ge=1)]
    outcome: Annotated[str, label("Outcome", "结果")]


@service_task(
    "contract.close_dispute",
    label=Text("Close a dispute", "关闭争议"),
    help=Text(
        "The milestones that it held up go on: they are invoiced, and what became due meanwhile is asked for.",
        "恢复因争议暂停的里程碑：继续开票，补办争议期间到期的催办与催收。",
    ),
)
def close_dispute(ctx: Context, given: Closed) -> None:
    """Close a dispute (`ltc.md` C2.4)."""
    contract = contract_of(ctx)
    dispute = queries.dispute(ctx.session, contract.id, given.no)
    answers = _tried(ctx, dispute.stage)
    freed = concern_operations.close_dispute(
        ctx.session, contract, dispute, answers, outcome=given.outcome, now=ctx.now
    )
    for role in ("ar", "contract_mgr", "fr"):
        tell_role(ctx, role, "dispute_closed", contract, dispute=f"D{dispute.no}")
    if contract.status == "EXECUTING":
        for number in freed:
            ctx.send("dispute.closed", contract.number, dispute_no=dispute.no, milestone_no=number)


class BegunRisk(OfContract):
    """The risk that was numbered."""

    risk_no: Annotated[int, label("Risk", "风险序号")]
    raised_by: Annotated[int | None, label("Raised by", "登记人")]


@service_task(
    "contract.begin_risk",
    label=Text("Number a risk", "风险编号"),
    help=Text("CT-…/R1, R2 … of one contract.", "按合同连续编号 R1、R2……。"),
)
def begin_risk(ctx: Context, _given: NoParameters) -> BegunRisk:
    """Put a risk into the register (`ltc.md` C2.4)."""
    contract = contract_of(ctx)
    risk = concern_operations.raise_risk(ctx.session, contract, by=ctx.by, now=ctx.now)
    take_case(ctx, contract, f"R{risk.no}")
    return BegunRisk(**facts_of(ctx, contract), risk_no=risk.no, raised_by=named_person(ctx, contract, "raised_by"))


class Rated(BaseModel):
    """Which risk was rated in which task."""

    no: Annotated[int, label("Risk", "风险序号", ge=1)]
    form: Annotated[str, label("Rated in the task", "评估任务")]


class Score(BaseModel):
    """How much a risk weighs."""

    risk_score: Annotated[int, label("Score", "风险分值")]
    risk_subject: Annotated[str, label("Risk", "风险")]
    risk_owner_id: Annotated[int | None, label("Owner", "责任人")]


@service_task(
    "contract.rate_risk",
    label=Text("Rate a risk", "评估风险"),
    help=Text(
        "Probability times effect; from 15 on the contract is at risk.", "概率×影响；15 分及以上合同标记为有风险。"
    ),
)
def rate_risk(ctx: Context, given: Rated) -> Score:
    """Work out the score of a risk (`ltc.md` C2.4, A20); raises ``RuleRefused`` for a deadline in the past."""
    contract = contract_of(ctx)
    risk = queries.risk(ctx.session, contract.id, given.no)
    score = concern_operations.rate_risk(ctx.session, contract, risk, said(ctx, given.form), today=today(ctx))
    return Score(
        risk_score=score, risk_subject=f"R{risk.no} {risk.description[:80]}", risk_owner_id=risk.owner_id
    )  # fmt: skip


class RiskState(BaseModel):
    """What became of a risk."""

    no: Annotated[int, label("Risk", "风险序号", ge=1)]
    state: Annotated[str | None, label("How it stands", "当前状态")] = None


@service_task(
    "contract.close_risk",
    label=Text("Close a risk", "关闭风险"),
    help=Text("No longer a risk, come true, or the contract is over.", "已消除、已发生或合同已结束。"),
)
def close_risk(ctx: Context, given: RiskState) -> None:
    """Take a risk off the open ones (`ltc.md` C2.4)."""
    contract = contract_of(ctx)
    risk = queries.risk(ctx.session, contract.id, given.no)
    status = "OCCURRED" if given.state == "occurred" else "CLOSED"
    concern_operations.close_risk(ctx.session, contract, risk, status, now=ctx.now)
    tell(ctx, risk.owner_id, "risk_closed", contract, risk=f"R{risk.no}")
