"""What identifies an opportunity, and the pieces that several of its documents share."""

from __future__ import annotations

from collections.abc import Sequence

from engine.text import Text
from handlers.documents.gates import BODIES
from handlers.documents.model import Axis, Facts, Part, Radar, Value
from handlers.documents.parts import day, facts, money
from handlers.documents.sources import Sources
from handlers.opportunity.records import Opportunity
from handlers.opportunity.statuses import RESULTS, STATUSES, TIERS

SOURCES = {"lead": Text("From a lead", "来自线索"), "market": Text("Found in the market", "市场发现")}
DIMENSIONS = (
    ("solution", Text("Solution", "解决方案")),
    ("delivery", Text("Delivery", "交付")),
    ("legal", Text("Commercial and legal", "商法")),
    ("finance", Text("Finance", "财经")),
)
"""The four dimensions of a review (`ltc.md` O3.4)."""


def head(known: Sources) -> Facts:
    """Return what identifies an opportunity."""
    one: Opportunity = known.record
    return facts(
        None,
        (Text("Number", "商机编号"), one.number),
        (Text("Customer", "客户"), one.customer_name),
        (Text("Opportunity", "商机名称"), one.name),
        (Text("Status", "状态"), STATUSES.get(one.status)),
        (Text("Source", "来源"), SOURCES.get(one.source, one.source)),
        (Text("Unit", "所属部门"), known.unit(one.unit_id)),
        (Text("Amount", "金额"), money(one.amount)),
        (Text("Layer", "分层"), TIERS.get(one.tier or "", one.tier)),
        (Text("Deciding body", "决策级别"), BODIES.get(one.body or "", one.body)),
        (Text("Decision expected", "预计决策时间"), day(one.expected_decision_on)),
        (Text("Tender deadline", "投标截止日"), day(one.tender_deadline)),
        (Text("Result", "结果"), RESULTS.get(one.result or "", one.result)),
        *team(known),
    )


def team(known: Sources) -> tuple[tuple[Text, Value | None], ...]:
    """Return the people of the triangle and around it."""
    one: Opportunity = known.record
    return (
        (Text("AR", "客户责任人（AR）"), known.person(one.ar_id)),
        (Text("SR", "解决方案责任人（SR）"), known.person(one.sr_id)),
        (Text("FR", "履约责任人（FR）"), known.person(one.fr_id)),
        (Text("Project director", "项目总监"), known.person(one.pd_id)),
        (Text("Sponsor", "项目赞助人"), known.person(one.sponsor_id)),
    )


def four_dimensions(known: Sources) -> list[Part]:
    """Return the four scores as a radar, once one of them is known."""
    one: Opportunity = known.record
    scores = {name: getattr(one, f"score_{name}") for name, _ in DIMENSIONS}
    if not any(score is not None for score in scores.values()):
        return []
    axes = tuple(Axis(label=label, value=scores[name]) for name, label in DIMENSIONS)
    return [Radar(title=Text("Four-dimension review", "四维评审"), axes=axes)]


def forms(known: Sources, names: Sequence[str], *, every: bool = False) -> list[Part]:
    """Return what was answered in these forms, one after the other."""
    return [part for name in names for part in known.answers(name, every=every)]
