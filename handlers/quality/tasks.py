"""Automatic steps that raise and resolve quality flags (`ltc.md` D9, D117)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel

from engine.errors import Fault
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.labels import label
from handlers.organisation import queries as organisation
from handlers.quality import operations
from handlers.quality.records import KINDS


class Flag(BaseModel):
    """Which flag; ``kind`` empty, or ``when`` false: none."""

    kind: Annotated[str, label("Kind of flag", "标记类型")]
    severity: Annotated[str, label("Severity", "严重程度")] = "medium"
    tell: Annotated[str, label("Role to tell", "通知角色")] = ""
    subject: Annotated[str, label("Subject", "对象")] = ""
    what: Annotated[str, label("What it is about, for people", "对象说明")] = ""
    days_late: Annotated[int, label("Days late", "超期天数")] = 0
    when: Annotated[bool, label("Only when", "触发条件")] = True


class Raised(BaseModel):
    """Whether a flag stands now."""

    flag_raised: Annotated[bool, label("Flag raised", "已打标记")]


@service_task(
    "quality.raise",
    label=Text("Raise a quality flag", "打质量标记"),
    help=Text(
        "The flag stands until its cause is cured and is never deleted; the role named is told. Raised again it can "
        "only become graver.",
        "标记保留到问题解决，永不删除，同时通知指定角色；重复触发只会升级，不会重复打标。",
    ),
)
def raise_flag(ctx: Context, given: Flag) -> Raised:
    """Raise a flag on the record of the case, once per cause; tell the role when it is new or has become graver."""
    if not given.kind or not given.when:
        return Raised(flag_raised=False)
    record_type, record_id = _record(ctx)
    _, new = operations.raise_flag(
        ctx.session,
        given.kind,
        record_type,
        record_id,
        unit_id=ctx.unit_id,
        severity=given.severity,
        subject=given.subject,
        detail=given.model_dump(include={"what", "days_late"}, exclude_defaults=True),
        by=ctx.by,
        now=ctx.now,
    )
    if new and given.tell:
        kind = KINDS[given.kind]
        for user_id in organisation.holders_near(ctx.session, given.tell, ctx.unit_id, now=ctx.now):
            ctx.notify(user_id, "quality.raised", flag_en=kind.en, flag_zh=kind.zh)
    return Raised(flag_raised=True)


class Cure(BaseModel):
    """Which flag is cured, and how."""

    kind: Annotated[str, label("Kind of flag", "标记类型")]
    resolution: Annotated[str | None, label("How it was cured: a code or a sentence", "解决方式（代码或文字）")] = None
    subject: Annotated[str, label("Subject", "对象")] = ""


class Resolved(BaseModel):
    """How many flags were resolved."""

    flags_resolved: Annotated[int, label("Flags resolved", "已解除标记数")]


@service_task(
    "quality.resolve",
    label=Text("Resolve a quality flag", "解除质量标记"),
    help=Text("Marks the flag resolved; it stays as history.", "将标记置为已解决，历史保留。"),
)
def resolve(ctx: Context, given: Cure) -> Resolved:
    """Resolve the open flags of a cause on the record of the case; without one this does nothing."""
    record_type, record_id = _record(ctx)
    count = operations.resolve(
        ctx.session,
        given.kind,
        record_type,
        record_id,
        subject=given.subject,
        resolution=given.resolution,
        by=ctx.by,
        now=ctx.now,
    )
    return Resolved(flags_resolved=count)


def _record(ctx: Context) -> tuple[str, int]:
    if ctx.record_type is None or ctx.record_id is None:
        raise Fault(instance=ctx.instance_id, element=ctx.element, problem="this case has no record to flag")
    return ctx.record_type, ctx.record_id
