"""The documents of an opportunity from the negotiation to its end (`ltc.md` 2.2, O4 and O5)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.text import Text
from handlers.authority.records import Authority
from handlers.contract import deviations
from handlers.customer.records import CustomerCredit
from handlers.deciding.records import GATES
from handlers.documents.catalogue import document
from handlers.documents.gates import BODIES, decided, decisions
from handlers.documents.model import (
    NOTHING,
    Axis,
    Moment,
    Money,
    Part,
    Prose,
    Radar,
    Signature,
    Signatures,
    Table,
    Value,
)
from handlers.documents.opportunities import KIND
from handlers.documents.opportunity_heads import forms, four_dimensions, head
from handlers.documents.parts import day, signatures
from handlers.documents.sources import NO, YES, Sources
from handlers.opportunity import bargain
from handlers.opportunity.answers import fact
from handlers.opportunity.offer_operations import DEVIATIONS
from handlers.opportunity.records import Opportunity
from handlers.organisation.queries import ancestors

MOST_ASSESSMENTS = 20


@document(
    "credit_file",
    KIND,
    Text("Customer credit file", "客户资信评估档案"),
    elements=("opportunity_credit", "opportunity_credit_confirm"),
    kept_at=("ATC",),
)
def credit_file(known: Sources) -> Sequence[Part]:
    """Rating, limit, exposure and overdue history of the customer, as confirmed for this opportunity (O4.1a)."""
    one: Opportunity = known.record
    kept = known.session.scalars(
        sa.select(CustomerCredit)
        .where(CustomerCredit.customer_id == one.customer_id)
        .order_by(CustomerCredit.assessed_on.desc(), CustomerCredit.id.desc())
        .limit(MOST_ASSESSMENTS)
    ).all()
    columns = (
        Text("Assessed on", "评估日期"), Text("Rating", "等级"), Text("Limit", "授信额度"), Text("Exposure", "敞口"),
        Text("Overdue", "逾期金额"), Text("Assessed by", "评估人"),
    )  # fmt: skip
    rows = tuple(
        (
            day(each.assessed_on) or NOTHING, each.rating, Money(fen=each.credit_limit), Money(fen=each.exposure),
            Money(fen=each.overdue_amount), known.person(each.assessed_by),
        )
        for each in kept
    )  # fmt: skip
    history: list[Part] = [Table(title=Text("Assessments", "历次评估"), columns=columns, rows=rows)] if rows else []
    return [head(known), *history, *forms(known, ("opportunity_credit", "opportunity_credit_confirm"))]


@document(
    "give_get_list",
    KIND,
    Text("Give/get list", "得让清单"),
    elements=("opportunity_give_get",),
    kept_at=("ATC", "ATX"),
)
def give_get_list(known: Sources) -> Sequence[Part]:
    """What we give, what we get for it, and what was used (O4.1b)."""
    return [head(known), *known.answers("opportunity_give_get"), *_standing(known)]


def _standing(known: Sources) -> list[Part]:
    one: Opportunity = known.record
    rows = [row for row in bargain.list_of(one) if "floor_holds" in row]
    if not rows:
        return []
    columns = (
        Text("Item", "事项"), Text("Floor", "底线"), Text("Where it stands", "谈成条件"), Text("Used", "已使用"),
        Text("The floor holds", "守住底线"), Text("Why below the floor", "突破底线的理由"),
    )  # fmt: skip
    cells = tuple(
        (
            row["item"], row["floor"], row.get("stands_at") or NOTHING, YES if row.get("used") else NO,
            YES if row["floor_holds"] else NO, row.get("floor_why") or NOTHING,
        )
        for row in rows
    )  # fmt: skip
    return [Table(title=Text("What became of it", "得让结果"), columns=columns, rows=cells)]


FACTORS = ("need", "alternatives", "time", "information", "relations", "legitimacy")
"""What strength is made of; the form asks for each, of us and of them (`ltc.md` O4.1c)."""


@document(
    "strength_sheet",
    KIND,
    Text("Strength assessment", "实力评估表"),
    elements=("opportunity_strength",),
    kept_at=("ATC",),
)
def strength_sheet(known: Sources) -> Sequence[Part]:
    """Both sides from 1 to 5, what follows from it, tactics (O4.1c)."""
    given = known.latest("opportunity_strength")
    titles = {each.name: each.label for each in given.fields} if given is not None else {}
    pictures: list[Part] = []
    for side, title in (("us", Text("Our strength", "我方实力")), ("them", Text("Their strength", "对方实力"))):
        names = [f"{factor}_{side}" for factor in FACTORS if f"{factor}_{side}" in titles]
        values = {name: known.answer("opportunity_strength", name) for name in names}
        axes = tuple(Axis(label=titles[name], value=value) for name, value in values.items())
        if len(axes) > 2 and all(isinstance(value, int) for value in values.values()):
            pictures.append(Radar(title=title, axes=axes))
    return [head(known), *pictures, *known.answers("opportunity_strength")]


@document(
    "negotiation_minutes",
    KIND,
    Text("Negotiation plan and minutes", "谈判准备与纪要"),
    elements=("opportunity_prepare", "opportunity_round"),
    kept_at=("ATC",),
)
def negotiation_minutes(known: Sources) -> Sequence[Part]:
    """The plan, the four questions about authority, every round with the terms it moved (O4.1d, O4.1e)."""
    return [head(known), *known.answers("opportunity_prepare"), *known.answers("opportunity_round", every=True)]


LIABILITIES = {
    "capped": Text("up to the amount of the contract", "以合同金额为限"),
    "raised": Text("beyond the amount of the contract", "超出合同金额"),
    "unlimited": Text("without a limit", "无限责任"),
}


@document(
    "authority_letter",
    KIND,
    Text("Letter of authority", "谈判授权书"),
    elements=("opportunity_prepare", "opportunity_extension_request"),
    kept_at=("ATX", "ATC"),
)
def authority_letter(known: Sources) -> Sequence[Part]:
    """What the team may agree to: grants to its people, its unit and those above, extensions for this case (D10)."""
    one: Opportunity = known.record
    people = [each for each in (bargain.lead_of(one), one.ar_id, one.sr_id, one.pd_id) if each is not None]
    units = sa.select(ancestors(one.unit_id).c.id)
    grants = known.session.scalars(
        sa.select(Authority)
        .where(
            sa.or_(
                Authority.opportunity_id == one.id,
                sa.and_(
                    Authority.opportunity_id.is_(None),
                    sa.or_(Authority.user_id.in_(people), Authority.unit_id.in_(units)),
                ),
            )
        )
        .order_by(Authority.valid_from, Authority.id)
    ).all()
    columns = (
        Text("To", "被授权方"), Text("By", "授权级别"), Text("Amount up to", "金额上限"),
        Text("Margin from", "毛利下限"), Text("Discount up to", "折扣上限"), Text("Payment up to", "账期上限"),
        Text("Liability", "责任"), Text("Delay up to", "延期上限"), Text("From", "起"), Text("Until", "止"),
    )  # fmt: skip
    table = Table(title=Text("Grants", "授权"), columns=columns, rows=tuple(_grant(known, each) for each in grants))
    givers = signatures(
        (Text("Granted by", "授权人"), NOTHING, None), (Text("Received by", "被授权人"), NOTHING, None)
    )  # fmt: skip
    return [
        head(known),
        *([table] if grants else []),
        *forms(known, ("opportunity_extension_request", "opportunity_extension_decision"), every=True),
        *decided(known, "ATX"),
        givers,
    ]


def _grant(known: Sources, grant: Authority) -> tuple[Value, ...]:
    return (
        known.person(grant.user_id) or known.unit(grant.unit_id),
        BODIES.get(grant.level, grant.level),
        Money(fen=grant.max_amount),
        f"{grant.min_margin_percent} %",
        f"{grant.max_discount_percent} %",
        Text(f"{grant.max_payment_days} days", f"{grant.max_payment_days} 天"),
        LIABILITIES.get(grant.max_liability, grant.max_liability),
        Text(f"{grant.max_delay_days} days", f"{grant.max_delay_days} 天"),
        day(grant.valid_from) or NOTHING,
        day(grant.valid_to) or NOTHING,
    )


@document(
    "signing_report",
    KIND,
    Text("Signing decision report", "签约决策报告"),
    elements=("opportunity_signing_report", "opportunity_contract_draft"),
    kept_at=("ATC",),
)
def signing_report(known: Sources) -> Sequence[Part]:
    """The final terms, what deviates from the reviewed proposal, risks, then the decision (O4.2a to O4.2d)."""
    return [
        head(known),
        *_deviations(known),
        *forms(known, ("opportunity_signing_report", "opportunity_contract_draft")),
        *four_dimensions(known),
        *decided(known, "ATC"),
    ]


def _deviations(known: Sources) -> list[Part]:
    one: Opportunity = known.record
    if known.latest("opportunity_contract_draft") is None:
        return []
    found = deviations.read(fact(one, DEVIATIONS, "rows", []))
    none = Text("The contract departs nowhere from the reviewed proposal.", "合同与已评审建议书一致，无偏离。")
    return [*deviations.table(found)] or [Prose(text=none)]


@document(
    "signature_sheet",
    KIND,
    Text("Contract: signature sheet", "合同签署单"),
    elements=("opportunity_sign_contract",),
    kept_at=("report",),
)
def signature_sheet(known: Sources) -> Sequence[Part]:
    """Who signed for both sides, when, under which number (O4.2e)."""
    return [
        head(known),
        *forms(known, ("opportunity_sign_contract", "opportunity_signature_late")),
        *known.answers("opportunity_contract_draft"),
    ]


@document(
    "decision_minutes",
    KIND,
    Text("Minutes of the decisions", "决策会议纪要"),
    elements=(
        "opportunity_ati", "opportunity_bid_decision", "opportunity_extension_decision", "opportunity_signing_decision",
    ),
    kept_at=("ATI", "ATB", "ATX", "ATC"),
)  # fmt: skip
def decision_minutes(known: Sources) -> Sequence[Part]:
    """Every decision about the opportunity with minutes, conditions and what became of them."""
    found = decisions(known, *GATES)
    signed = tuple(
        Signature(role=GATES[each.gate], name=known.person(each.decided_by), at=Moment(at=each.decided_at))
        for each in found
    )
    return [head(known), *decided(known, *GATES), *([Signatures(lines=signed)] if signed else [])]


@document(
    "win_loss_report",
    KIND,
    Text("Win/loss report", "赢单/丢单总结报告"),
    elements=("opportunity_report",),
    kept_at=("report",),
)
def win_loss_report(known: Sources) -> Sequence[Part]:
    """Result, winner, reasons, what worked and what failed, lessons (O5)."""
    names = ("opportunity_result", "opportunity_report", "opportunity_report_pd", "opportunity_report_accept")
    return [head(known), *forms(known, names)]
