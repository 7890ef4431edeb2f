"""Automatic steps around gates: writing a decision down, tracking what its conditions ask for (`ltc.md` 2.2, 2.3)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel

from engine.database import zone_of
from engine.errors import Fault, RuleRefused
from engine.inbox import queries as inbox
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.deciding import operations
from handlers.deciding.operations import About, Verdict
from handlers.labels import label


class Decided(BaseModel):
    """A decision that a human task of this case took."""

    gate: Annotated[str, label("Gate", "决策点")]
    verdict: Annotated[str, label("Verdict", "决策结论")]
    decided_in: Annotated[str, label("Decided in the task", "决策任务")]
    proposed_in: Annotated[str, label("Proposed in the task", "提出任务")]
    body: Annotated[str | None, label("Body", "决策层级")] = None
    advice: Annotated[str | None, label("Advice", "系统建议")] = None
    against_advice: Annotated[bool, label("Against the advice", "与建议不一致")] = False
    until: Annotated[date | None, label("Suspended until", "暂缓至")] = None
    proposed_by: Annotated[
        int | None, label("Proposed by, where the task occurs many times", "提出人（多次出现时）")
    ] = None


class Recorded(BaseModel):
    """The decision as it was written down."""

    decision_id: Annotated[int, label("Decision", "决策")]
    decision_round: Annotated[int, label("Round", "第几次决策")]
    open_conditions: Annotated[int, label("Conditions to track", "待跟踪条件数")]


@service_task(
    "deciding.record",
    label=Text("Record the decision", "记录决策"),
    help=Text(
        "Keeps verdict, reason and minutes; conditions become tracked actions. Who proposes does not decide.",
        "保存结论、理由和纪要；每项条件转为带责任人和期限的跟踪事项。提出人不能参与决策。",
    ),
)
def record(ctx: Context, given: Decided) -> Recorded:
    """Write the decision down (`ltc.md` O1.6, O3.7, O4.2d, C2.3, C3.2).

    Raises ``RuleRefused`` to its proposer, and for a suspension that is over when it begins.
    """
    if ctx.record_type is None or ctx.record_id is None:
        raise Fault(instance=ctx.instance_id, element=ctx.element, problem="this case has no record to decide about")
    if given.until is not None and given.until <= ctx.now.astimezone(zone_of(ctx.session)).date():
        raise RuleRefused(
            Text(f"{given.until.isoformat()} does not lie ahead.", f"{given.until.isoformat()} 不晚于今天。"),
            Text("Suspend until a day to come.", "请把暂缓日期设在今天之后。"),
            "suspended_until",
        )
    answers, _ = _said_in(ctx, given.decided_in)
    _, proposer = _said_in(ctx, given.proposed_in)
    about = About(ctx.record_type, ctx.record_id, ctx.unit_id, ctx.instance_id, given.decided_in)
    conditions = answers.get("conditions") or []
    made = operations.decide(
        ctx.session,
        given.gate,
        about,
        Verdict(
            given.verdict,
            body=given.body,
            advice=given.advice,
            against_advice=given.against_advice,
            reason=answers.get("reason"),
            minutes=answers.get("minutes"),
            until=given.until,
        ),
        conditions=conditions,
        proposed_by=given.proposed_by or proposer,
        by=ctx.by,
        now=ctx.now,
    )
    _tell_owners(ctx, conditions)
    return Recorded(decision_id=made.id, decision_round=made.round, open_conditions=len(conditions))


class Asked(BaseModel):
    """A human task of this case whose answers name actions."""

    named_in: Annotated[str, label("Named in the task", "来源任务")]
    field: Annotated[str, label("Table of the form", "表单中的表格")] = "actions"


class Opened(BaseModel):
    """How many actions are tracked now."""

    actions_opened: Annotated[int, label("Actions", "跟踪事项数")]


@service_task(
    "deciding.track",
    label=Text("Track the actions", "跟踪事项"),
    help=Text(
        "Every line of the table (text, owner, day) becomes an action that its owner ticks off.",
        "表格中的每一行（事项、责任人、期限）转为跟踪事项，由责任人完成后勾选。",
    ),
)
def track(ctx: Context, given: Asked) -> Opened:
    """Track the actions that a form named: mitigations, follow-ups (`ltc.md` O1.2)."""
    if ctx.record_type is None or ctx.record_id is None:
        raise Fault(instance=ctx.instance_id, element=ctx.element, problem="this case has no record")
    answers, _ = _said_in(ctx, given.named_in)
    actions = answers.get(given.field) or []
    about = About(ctx.record_type, ctx.record_id, ctx.unit_id, ctx.instance_id, given.named_in)
    operations.open_actions(ctx.session, about, actions, by=ctx.by, now=ctx.now)
    _tell_owners(ctx, actions)
    return Opened(actions_opened=len(actions))


def _said_in(ctx: Context, element: str) -> tuple[dict[str, Any], int | None]:
    """Return the last answers given at ``element`` of this case, and by whom; nothing if it was never reached."""
    found = inbox.last_submission(ctx.session, ctx.instance_id, element)
    return (dict(found.answers), found.by) if found is not None else ({}, None)


def _tell_owners(ctx: Context, actions: list[dict[str, Any]]) -> None:
    for each in actions:
        if each.get("owner_id") != ctx.by.user_id:
            ctx.notify(
                each.get("owner_id"), "action.assigned",
                case=ctx.label, action=each["text"], due_on=each.get("due_on") or "",
            )  # fmt: skip
