"""Automatic steps of signing: deviations, the body that decides, the follow-up, the contract itself (`ltc.md` O4.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import gt, lt
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from engine.calendar import WorkingCalendar, working_minutes
from engine.database import zone_of
from engine.errors import RuleRefused
from engine.service_tasks import Context, service_task
from engine.text import Text
from handlers.authority.records import LIABILITIES
from handlers.contract import deviations
from handlers.contract import operations as contracts
from handlers.contract.signed import SignedContract, read_milestones, read_obligations
from handlers.labels import label
from handlers.opportunity import bargain
from handlers.opportunity import offer_operations as offers
from handlers.opportunity.answers import fact
from handlers.opportunity.case import opportunity_of, said_in, tell
from handlers.opportunity.operations import BODIES
from handlers.opportunity.records import Opportunity
from handlers.opportunity.solution_tasks import DIMENSIONS, NoParameters

WHOLE = 100
TEAM = ("ar", "sr", "fr", "pd", "contract_mgr", "delivery_pm")
Body = Literal["rep", "region", "company"]


class Compared(BaseModel):
    """Where the draft departs from the reviewed proposal."""

    deviation_count: Annotated[int, label("Deviations", "偏离数")]
    deviations_told: Annotated[str | None, label("Which deviations", "偏离明细")]
    deviates_solution: Annotated[bool, label("In the solution", "方案偏离")]
    deviates_delivery: Annotated[bool, label("In delivery", "交付偏离")]
    deviates_legal: Annotated[bool, label("In commercial and legal terms", "商法偏离")]
    deviates_finance: Annotated[bool, label("In finance", "财经偏离")]
    review_of: Annotated[str, label("What is reviewed", "评审对象")]
    unlimited_liability: Annotated[bool, label("Unlimited liability or foreign law", "无限责任或非标法律条款")]


@service_task(
    "opportunity.compare_contract",
    label=Text("Compare with the reviewed proposal", "与已评审建议书比对"),
    help=Text(
        "Price, margin, payment, warranty, penalties, liability, law, delivery and clauses of the draft against the "
        "version that was reviewed.",
        "将合同稿的价格、毛利、预付、账期、质保、违约金、责任、法律适用、交期和条款与已评审版本逐项比对。",
    ),
)
def compare_contract(ctx: Context, _given: NoParameters) -> Compared:
    """Find the deviations (`ltc.md` O4.2a); raises ``RuleRefused`` when the payment clauses do not make 100 %."""
    opportunity = opportunity_of(ctx)
    draft = said_in(ctx, "draft_contract")
    total = sum(row["percent"] for row in draft["milestones"])
    if total != WHOLE:
        raise RuleRefused(
            Text(f"The payment clauses make {total} percent.", f"付款条款合计 {total}%，不是 100%。"),
            Text("Correct the parts so that they make 100.", "请调整各节点比例，使合计为 100%。"),
            "milestones",
        )
    found = [*_worked_out(ctx, opportunity), *draft.get("deviations", [])]
    offers.keep_deviations(ctx.session, opportunity, found)
    deviates = {f"deviates_{name}": any(row["dimension"] == name for row in found) for name in DIMENSIONS}
    return Compared(
        deviation_count=len(found),
        deviations_told=deviations.told(deviations.read(found)),
        review_of="deviations",
        unlimited_liability=ctx.data.get("liability") == "unlimited" or ctx.data.get("standard_law") is False,
        **deviates,
    )


def _worked_out(ctx: Context, opportunity: Opportunity) -> list[dict[str, Any]]:
    reviewed, draft = _reviewed(ctx, opportunity), ctx.data
    rows: list[dict[str, Any]] = []

    def note(clause: str, dimension: str, before: object, now: object) -> None:
        rows.append({"clause": clause, "dimension": dimension, "reviewed": str(before), "drafted": str(now)})

    def compare(clause: str, dimension: str, name: str, now: Any, worse: Callable[[Any, Any], bool]) -> None:
        before = reviewed.get(name)
        if before is not None and now is not None and worse(now, before):
            note(clause, dimension, before, now)

    compare("price", "finance", "price_offered", opportunity.contract_amount, lt)
    compare("margin", "finance", "margin_percent", opportunity.margin_percent, lt)
    compare("prepayment", "finance", "prepay_percent", draft.get("prepay_percent"), lt)
    compare("payment", "finance", "payment_days", draft["payment_days"], gt)
    compare("warranty", "legal", "warranty_months", draft.get("warranty_months"), gt)
    compare("penalties", "legal", "penalty_percent", draft.get("penalty_percent"), gt)
    compare("liability", "legal", "liability", draft["liability"], _reaches_further)
    compare("delivery", "delivery", "delivery_promised_on", draft["contract_delivery_on"], lt)
    if reviewed.get("standard_law") is True and draft.get("standard_law") is False:
        note("law", "legal", "usual", "foreign")
    if not draft["standard_clauses"]:
        note("clauses", "legal", "library", "own")
    return rows


def _reviewed(ctx: Context, opportunity: Opportunity) -> Mapping[str, Any]:
    """Return the figures of the version that was reviewed last; in the four-step flow, those of the quotation."""
    versions = fact(opportunity, offers.VERSIONS, "versions", [])
    if versions:
        reviewed: Mapping[str, Any] = versions[-1]
        return reviewed
    quoted = said_in(ctx, "price_offer")
    limitless = quoted.get("unlimited_liability")
    return quoted if limitless is None else {**quoted, "liability": "unlimited" if limitless else "capped"}


def _reaches_further(now: str, before: str) -> bool:
    return LIABILITIES.index(now) > LIABILITIES.index(before)


class AtLeast(BaseModel):
    """The body that the table names."""

    body: Annotated[Body, label("Body", "决策层级")]


class SigningBody(BaseModel):
    """The body that decides about signing."""

    atc_body: Annotated[Body, label("Body", "决策层级")]


@service_task(
    "opportunity.signing_level",
    label=Text("Find who decides", "确定签约决策层级"),
    help=Text("Never below the body that took the bid decision.", "不低于投标决策的层级。"),
)
def signing_level(ctx: Context, given: AtLeast) -> SigningBody:
    """Name the body that decides about signing (`ltc.md` D3, A12)."""
    taken = opportunity_of(ctx).atb_body or BODIES[0]
    bodies: dict[int, Body] = {0: "rep", 1: "region", 2: "company"}
    return SigningBody(atc_body=bodies[max(BODIES.index(given.body), BODIES.index(taken))])


class Patience(BaseModel):
    """How long the signed contract may take to come back, in working time."""

    within: Annotated[str, label("Back within", "返签时限")] = "P10D"


class FollowUp(BaseModel):
    """When somebody asks for the signed contract."""

    signature_due_at: Annotated[str, label("Ask at", "跟进时间")]


@service_task(
    "opportunity.signature_clock",
    label=Text("Set the follow-up", "设定返签跟进"),
    help=Text(
        "Ten working days, or until the day that the customer named.",
        "十个工作日未返签则提醒；客户另有承诺的按承诺日期。",
    ),
)
def signature_clock(ctx: Context, given: Patience) -> FollowUp:
    """Set when the contract has to be back (`ltc.md` O4.2e, T)."""
    calendar = WorkingCalendar(zone_of(ctx.session))
    named = fact(opportunity_of(ctx), "ask_signature", "expected_back_on")
    if named is not None and ctx.data.get("signature_outcome") == "wait":
        end = calendar.end_of(date.fromisoformat(named))
        if end > ctx.now:
            return FollowUp(signature_due_at=end.isoformat())
    return FollowUp(signature_due_at=calendar.add(ctx.now, working_minutes(given.within)).isoformat())


class Registered(BaseModel):
    """The contract that came of it."""

    signed: Annotated[bool, label("Signed", "已签约")]
    contract_id: Annotated[int, label("Contract", "合同")]
    contract_number: Annotated[str, label("Contract number", "合同编号")]


@service_task(
    "opportunity.register_contract",
    label=Text("Register the contract", "登记合同"),
    help=Text(
        "Makes the contract with its milestones from the payment clauses; its own flow starts at once.",
        "按付款条款生成合同与里程碑，合同流程随即启动。",
    ),
)
def register_contract(ctx: Context, _given: NoParameters) -> Registered:
    """Register the signed contract and tell of it with ``contract.signed`` (`ltc.md` O4.2f)."""
    opportunity, data, draft = opportunity_of(ctx), ctx.data, said_in(ctx, "draft_contract")
    signed_on = date.fromisoformat(str(data["signed_on"]))
    body: Body = data.get("atc_body") or "rep"
    departures = fact(opportunity, offers.DEVIATIONS, "rows", [])
    contract = contracts.register_contract(
        ctx.session,
        SignedContract(
            name=opportunity.name or opportunity.label,
            customer=opportunity.customer_name,
            customer_id=opportunity.customer_id,
            amount=opportunity.contract_amount or 0,
            signed_on=signed_on,
            unit_id=ctx.unit_id,
            body=body,
            opportunity_id=opportunity.id,
            margin_percent=opportunity.margin_percent,
            planned_cost=data.get("price_cost"),
            strategic=opportunity.strategic,
            deviations=len(departures),
            deviation_rows=departures,
            delivery_on=date.fromisoformat(str(data["contract_delivery_on"])),
            warranty_months=draft.get("warranty_months"),
            penalty_cap=draft.get("penalty_percent"),
            milestones=read_milestones(draft["milestones"]),
            obligations=read_obligations(draft.get("obligations", [])),
            **{f"{role}_id": ctx.team.get(role) for role in TEAM},
            **{name: data.get(name) for name in ("customer_number", "liability", "payment_days", "seal")},
            give_get=bargain.list_of(opportunity),
        ),
        by=ctx.by,
        now=ctx.now,
    )
    offers.sign(ctx.session, opportunity, contract.id)
    tell(ctx, opportunity.ar_id, "signed", opportunity)
    ctx.send(
        "contract.signed",
        contract.number,
        record_id=contract.id,
        contract_id=contract.id,
        opportunity_id=opportunity.id,
        number=contract.number,
        customer=contract.customer_name,
        amount=contract.amount,
        unit_id=contract.unit_id,
        org_level=opportunity.org_level,
        **{f"{role}_id": ctx.team.get(role) for role in TEAM},
    )
    return Registered(signed=True, contract_id=contract.id, contract_number=contract.number)
