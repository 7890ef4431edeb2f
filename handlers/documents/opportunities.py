"""The documents of an opportunity from its verification to the bid (`ltc.md` 2.2, O1 to O3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.text import Text
from handlers.documents.catalogue import document
from handlers.documents.gates import decided
from handlers.documents.leads import CELLS
from handlers.documents.model import Cell, NineCells, Part, Value
from handlers.documents.opportunity_heads import DIMENSIONS, forms, four_dimensions, head
from handlers.documents.parts import facts, signatures
from handlers.documents.sources import Given, Sources
from handlers.opportunity.records import Opportunity

KIND = "opportunity"
UNDERSTANDING = (
    "opportunity_understand", "opportunity_fit_solution", "opportunity_fit_delivery", "opportunity_fit_commercial",
    "opportunity_weigh", "opportunity_level", "opportunity_team",
)  # fmt: skip
PATHS = ("guidance_path_from_reasons", "guidance_path_from_vision")
TENDER = ("opportunity_tender", "opportunity_clauses", "opportunity_requirements")
SOLUTION = ("opportunity_overall_solution", "opportunity_solution_review", "opportunity_deliverability")
PROPOSAL = (
    "opportunity_proposal_technical", "opportunity_proposal_delivery", "opportunity_proposal_price",
    "opportunity_proposal_terms", "opportunity_proposal_revise", "opportunity_proposal_review",
)  # fmt: skip
REVIEWS = tuple(f"opportunity_review_{name}" for name, _ in DIMENSIONS)


@document(
    "opportunity_verification",
    KIND,
    Text("Opportunity verification record", "机会点验证记录"),
    elements=UNDERSTANDING,
    kept_at=("ATI",),
)
def opportunity_verification(known: Sources) -> Sequence[Part]:
    """Demand, budget, delivery; whether the company can satisfy them; layer and level; the triangle (O1.1 to O1.4)."""
    return [head(known), *forms(known, UNDERSTANDING)]


@document(
    "approval_report",
    KIND,
    Text("Project approval report", "立项申请报告"),
    elements=("opportunity_request",),
    kept_at=("ATI",),
)
def approval_report(known: Sources) -> Sequence[Part]:
    """Objective, value, risks, plan, resources and cost of the pursuit, then the decision (O1.5, O1.6)."""
    one: Opportunity = known.record
    return [
        head(known),
        *known.answers("opportunity_request"),
        *decided(known, "ATI"),
        signatures((Text("AR", "客户责任人（AR）"), known.person(one.ar_id), None)),
    ]


@document(
    "competitor_sheet",
    KIND,
    Text("Competitor sheet", "竞争分析表"),
    elements=("guidance_rivals", "guidance_matrix", "guidance_existing_vision"),
    kept_at=("ATI", "ATB"),
)
def competitor_sheet(known: Sources) -> Sequence[Part]:
    """Demands, rivals, us and them against each demand, whose vision leads (O2.1 to O2.3, O2.5b)."""
    names = ("guidance_demands", "guidance_rivals", "guidance_matrix", "guidance_existing_vision")
    return [head(known), *forms(known, names), *known.answers("competitive_strategy")]


@document(
    "value_proposition",
    KIND,
    Text("Value proposition", "价值主张"),
    elements=("guidance_value",),
    kept_at=("ATB",),
)
def value_proposition(known: Sources) -> Sequence[Part]:
    """For each decision-maker the problem, our way, the proof, the value, the risk of not acting (O2.6)."""
    names = (
        "guidance_demands",
        "guidance_value",
        "guidance_value_review",
        "guidance_delivery_review",
        "guidance_waiver",
    )
    return [head(known), *forms(known, names)]


@document(
    "nine_cell_board",
    KIND,
    Text("Nine-cell guidance board", "引导九宫格"),
    elements=PATHS,
    kept_at=("ATB",),
)
def nine_cell_board(known: Sources) -> Sequence[Part]:
    """One board for each decision-maker who was guided, the last one of each (O2.5)."""
    parts: list[Part] = [head(known)]
    last: dict[str, Given] = {}
    for path in PATHS:
        last |= {str(each.answers.get("kdm_name", "")): each for each in known.every(path)}
    for name, given in last.items():
        post = given.answers.get("kdm_post")
        called = f"{name} · {post}" if post else name
        rows = {str(row.get("cell")): row for row in given.answers.get("cells", ())}
        cells = tuple(Cell(key=key, lines=_lines(known, given, rows.get(key, {}))) for key in CELLS)
        parts.append(NineCells(title=Text(called, called), cells=cells))
        asked = tuple(
            (each.label, known.value(each, given.answers.get(each.name)) or None)
            for each in given.fields
            if each.kind != "table"
        )
        parts.append(facts(None, *asked))
    return parts


def _lines(known: Sources, given: Given, row: Mapping[str, Any]) -> tuple[Value, ...]:
    """Return question, answer, day and evidence of one cell, under no heading: the board has little room."""
    columns = next((each.fields for each in given.fields if each.name == "cells"), ())
    said = (known.value(column, row.get(column.name)) for column in columns if column.name != "cell")
    return tuple(value for value in said if value)


@document(
    "bid_analysis",
    KIND,
    Text("Bid document analysis", "标书分析"),
    elements=TENDER,
    kept_at=("ATB",),
)
def bid_analysis(known: Sources) -> Sequence[Part]:
    """The tender, clause by clause; without one, the requirements that the customer confirmed (O3.1)."""
    return [head(known), *known.answers("opportunity_tender"), *forms(known, TENDER[1:], every=True)]


@document(
    "solution_review",
    KIND,
    Text("Overall solution and its review", "总体方案与评审"),
    elements=SOLUTION,
    kept_at=("ATB",),
)
def solution_review(known: Sources) -> Sequence[Part]:
    """The solution, whether the value proposition took effect, whether it can be delivered (O3.2)."""
    return [head(known), *forms(known, SOLUTION)]


@document(
    "proposal",
    KIND,
    Text("Proposal", "建议书"),
    elements=PROPOSAL,
    kept_at=("ATB", "ATC"),
)
def proposal(known: Sources) -> Sequence[Part]:
    """Technical part, delivery, price, terms, revisions, review (O3.3)."""
    return [head(known), *forms(known, PROPOSAL)]


@document(
    "four_dimension_opinions",
    KIND,
    Text("Four-dimension opinions", "四维评审意见"),
    elements=REVIEWS,
    kept_at=("ATB", "ATC"),
)
def four_dimension_opinions(known: Sources) -> Sequence[Part]:
    """Score, opinion, risks, red flag and conditions of the four reviewers (O3.4)."""
    signed = []
    for name, (_, label) in zip(REVIEWS, DIMENSIONS, strict=True):
        given = known.latest(name)
        if given is not None:
            signed.append((label, known.person(given.by), given.at))
    return [head(known), *four_dimensions(known), *forms(known, REVIEWS), signatures(*signed)]


@document(
    "bid_report",
    KIND,
    Text("Bid decision report", "投标决策报告"),
    elements=("opportunity_bid_report",),
    kept_at=("ATB",),
)
def bid_report(known: Sources) -> Sequence[Part]:
    """Summary, scores, advice, risks and actions, rivals, then the decision (O3.5 to O3.7)."""
    one: Opportunity = known.record
    advised = facts(
        Text("Advice of the rules", "规则建议"),
        (Text("Bid score", "投标得分"), None if one.bid_score is None else str(one.bid_score)),
        (Text("Advice", "建议"), ADVICE.get(one.advice or "", one.advice)),
        (Text("Red flag", "红线"), RED_FLAG if one.red_flag else None),
    )
    return [
        head(known),
        *known.answers("opportunity_bid_report"),
        *four_dimensions(known),
        *([advised] if advised.rows else []),
        *decided(known, "ATB"),
    ]


ADVICE = {
    "GO": Text("Go", "建议投标"),
    "CONDITIONAL": Text("Conditional go", "有条件投标"),
    "NO-GO": Text("No-go", "建议不投"),
}
RED_FLAG = Text("raised", "已触发")


@document(
    "clarification_log",
    KIND,
    Text("Presentation and clarification log", "宣讲与澄清记录"),
    elements=("opportunity_present", "opportunity_clarify", "opportunity_submit"),
    kept_at=("ATC",),
)
def clarification_log(known: Sources) -> Sequence[Part]:
    """When and how the proposal was handed in and presented, every question with its answer (O3.8, O3.9)."""
    return [
        head(known),
        *forms(known, ("opportunity_submit", "opportunity_present", "opportunity_clarify"), every=True),
        *known.answers("opportunity_result"),
    ]
