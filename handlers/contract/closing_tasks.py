"""Automatic steps of closing and evaluating a contract (`ltc.md` C3)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel

from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.contract import operations, queries, refusals
from handlers.contract.case import contract_of, said, tell, today
from handlers.contract.given import NoParameters
from handlers.labels import label
from handlers.money import written


class OpenItems(BaseModel):
    """What is still open of the contract."""

    open_milestones: Annotated[int, label("Milestones not settled", "未结清里程碑")]
    open_invoices: Annotated[int, label("Invoices not paid", "未收发票")]
    open_amount: Annotated[int, label("Money still open (fen)", "未收金额（分）")]
    open_obligations: Annotated[int, label("Obligations not met", "未了义务")]
    open_changes: Annotated[int, label("Changes not closed", "未关闭变更")]
    open_disputes: Annotated[int, label("Disputes not closed", "未关闭争议")]
    open_items: Annotated[int, label("Open items", "遗留事项数")]


@service_task(
    "contract.closing_check",
    label=Text("Count what is open", "盘点遗留事项"),
    help=Text(
        "Milestones, invoices, money, obligations, changes and disputes.", "统计里程碑、发票、款项、义务、变更与争议。"
    ),
)
def closing_check(ctx: Context, _given: NoParameters) -> OpenItems:
    """Count what is still open (`ltc.md` C3.1)."""
    open_ = queries.position(ctx.session, contract_of(ctx))
    return OpenItems(
        open_milestones=open_.milestones,
        open_invoices=open_.invoices,
        open_amount=open_.open_amount,
        open_obligations=open_.obligations,
        open_changes=open_.changes,
        open_disputes=open_.disputes,
        open_items=open_.milestones + open_.obligations + open_.changes + open_.disputes,
    )


class Closing(BaseModel):
    """What was decided about closing."""

    verdict: Annotated[Literal["close", "open_items", "not_yet"], label("Decision", "决策")]
    body: Annotated[str, label("Body", "决策层级")]


@service_task(
    "contract.decide_closing",
    label=Text("Record the closing decision", "登记关闭决策"),
    help=Text("Closing without open items is refused while something is open.", "仍有遗留事项时，不能选择“关闭”。"),
)
def decide_closing(ctx: Context, given: Closing) -> None:
    """Keep the decision (`ltc.md` C3.2, ATCC); raises ``RuleRefused`` for a clean closing with open items."""
    contract = contract_of(ctx)
    if given.verdict == "not_yet":
        return
    open_ = queries.position(ctx.session, contract)
    if given.verdict == "close" and not open_.all_clear:
        unpaid = written(open_.open_amount)
        raise refusals.still_open(
            Text(
                f"{open_.milestones} milestones, {open_.obligations} obligations, {open_.changes} changes, "
                f"{open_.disputes} disputes and {unpaid.en} open",
                f"里程碑 {open_.milestones} 项、义务 {open_.obligations} 项、变更 {open_.changes} 项、"
                f"争议 {open_.disputes} 项和未收款 {unpaid.zh}",
            )
        )
    operations.close(ctx.session, contract, verdict=given.verdict, on=today(ctx))


@service_task(
    "contract.note_asked",
    label=Text("Remember that the customer was asked", "登记满意度调查发出"),
    help=Text("The day from which fifteen days count.", "从该日起计 15 天。"),
)
def note_asked(ctx: Context, _given: NoParameters) -> None:
    """Remember when the questionnaire went out (`ltc.md` C3.3)."""
    told = said(ctx, "ask_customer").get("asked_on")
    operations.ask_satisfaction(
        ctx.session, contract_of(ctx), on=date.fromisoformat(told) if told else today(ctx)
    )  # fmt: skip


class Scores(BaseModel):
    """The customer's scores, 1 to 10 each."""

    score_product: Annotated[int, label("Product", "产品", ge=1, le=10)]
    score_delivery: Annotated[int, label("Delivery", "交付", ge=1, le=10)]
    score_service: Annotated[int, label("Service", "服务", ge=1, le=10)]
    score_interface: Annotated[int, label("People they deal with", "对接人员", ge=1, le=10)]
    score_overall: Annotated[int, label("Overall", "总体", ge=1, le=10)]


@service_task(
    "contract.record_satisfaction",
    label=Text("Keep the scores", "登记满意度"),
    help=Text("From the telephone or from the customer's own answer.", "来自电话回访或客户线上答复。"),
)
def record_satisfaction(ctx: Context, given: Scores) -> None:
    """Keep how satisfied the customer is (`ltc.md` C3.3)."""
    operations.answer_satisfaction(ctx.session, contract_of(ctx), given.model_dump())


@service_task(
    "contract.record_no_answer",
    label=Text("Keep that no answer came", "登记未答复"),
    help=Text("After fifteen days the evaluation goes on without.", "满 15 天无答复，继续评价。"),
)
def record_no_answer(ctx: Context, _given: NoParameters) -> None:
    """Keep that the customer did not answer (`ltc.md` C3.3)."""
    operations.answer_satisfaction(ctx.session, contract_of(ctx), None)


class Figures(BaseModel):
    """What really happened."""

    final_amount: Annotated[int, label("Price at the end (fen)", "最终金额（分）")]
    collection_days: Annotated[int | None, label("Days from invoice to money", "平均回款天数")]
    days_late: Annotated[int, label("Days late", "延期天数")]
    changes_made: Annotated[int, label("Changes", "变更次数")]


@service_task(
    "contract.evaluation_figures",
    label=Text("Work out the figures", "计算实际数据"),
    help=Text("Price, days to the money, days late, changes.", "最终金额、回款天数、延期天数、变更次数。"),
)
def evaluation_figures(ctx: Context, _given: NoParameters) -> Figures:
    """Work out what really happened (`ltc.md` C3.4)."""
    contract = contract_of(ctx)
    return Figures(
        final_amount=contract.worth,
        collection_days=queries.collection_days(ctx.session, contract.id),
        days_late=queries.days_late(ctx.session, contract.id),
        changes_made=queries.changes_made(ctx.session, contract.id),
    )


class Costs(BaseModel):
    """What it really cost."""

    actual_cost: Annotated[int, label("Actual cost (fen)", "实际成本（分）", ge=0)]
    penalties: Annotated[int, label("Penalties (fen)", "违约金（分）", ge=0)]


class Margin(BaseModel):
    """What was earned."""

    actual_margin: Annotated[int | None, label("Actual margin %", "实际毛利率 %")]


@service_task(
    "contract.record_evaluation",
    label=Text("Keep the evaluation", "登记评价"),
    help=Text("Works out the actual margin from price, cost and penalties.", "按价格、成本与违约金计算实际毛利率。"),
)
def record_evaluation(ctx: Context, given: Costs) -> Margin:
    """Keep budget against reality (`ltc.md` C3.4)."""
    contract = contract_of(ctx)
    operations.evaluate(
        ctx.session,
        contract,
        actual_cost=given.actual_cost,
        penalties=given.penalties,
        days_late=queries.days_late(ctx.session, contract.id),
        collection_days=queries.collection_days(ctx.session, contract.id),
        now=ctx.now,
    )
    return Margin(actual_margin=contract.actual_margin_percent)


@service_task(
    "contract.keep_lessons",
    label=Text("Put the lessons into the library", "经验教训入库"),
    help=Text("Everybody who prepares a hand-over finds them.", "供后续项目交接与策划时查阅。"),
)
def keep_lessons(ctx: Context, _given: NoParameters) -> None:
    """Keep the lessons (`ltc.md` C3.5)."""
    rows = said(ctx, "lessons").get("lessons", [])
    operations.add_lessons(ctx.session, contract_of(ctx), rows, by=ctx.by, now=ctx.now)


@service_task(
    "contract.suggest_lead",
    label=Text("Capture a new lead", "提交新线索"),
    help=Text("The circle closes: what the customer needs next becomes a lead.", "闭环：客户的新需求转为线索。"),
)
def suggest_lead(ctx: Context, _given: NoParameters) -> None:
    """Send the need that the closing found as a lead (`ltc.md` C3.5, M ``lead.captured``)."""
    contract = contract_of(ctx)
    found = said(ctx, "lessons")
    ctx.send(
        "lead.captured",
        None,
        title=found.get("lead_title"),
        customer=contract.customer_name,
        channel="delivery_maintenance",
        source_detail=contract.number,
        problem=found.get("lead_problem"),
        heard=found.get("lead_problem"),
        seen_on=today(ctx).isoformat(),
        product_areas="service",
        maturity="warm",
        unit_id=contract.unit_id,
    )


@service_task(
    "contract.archive",
    label=Text("Archive the contract", "合同归档"),
    help=Text("Its open risks end with it; the team is told and released.", "关闭遗留风险，通知并释放团队。"),
)
def archive(ctx: Context, _given: NoParameters) -> None:
    """Archive (`ltc.md` C3.6): risks still watched end with the contract, the team is released."""
    contract = contract_of(ctx)
    for risk in queries.open_risks(ctx.session, contract.id):
        if risk.score is not None:
            ctx.send("contract.over", f"{contract.number}/R{risk.no}")
    for user_id in dict.fromkeys(ctx.team.values()):
        tell(ctx, user_id, "archived", contract)
