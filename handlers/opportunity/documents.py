"""Which documents a step of an opportunity asks for, and where what they say is answered (`ltc.md` D11, 2.4)."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text
from handlers.opportunity.records import Opportunity

NAMES = MappingProxyType(
    {
        "verification_record": Text("Verification record", "商机验证记录"),
        "approval_report": Text("Approval report", "立项申请报告"),
        "risk_list": Text("Risk list", "风险清单"),
        "pursuit_plan": Text("Plan of the pursuit", "项目运作计划"),
        "competitor_sheet": Text("Competitor sheet", "竞争对手分析表"),
        "demand_matrix": Text("Matrix of demands", "诉求对比矩阵"),
        "nine_cell_board": Text("Nine-cell board", "九宫格引导记录"),
        "value_proposition": Text("Value proposition", "价值主张"),
        "bid_analysis": Text("Bid analysis", "标书分析"),
        "solution_review": Text("Solution review", "方案评审记录"),
        "proposal": Text("Proposal", "建议书"),
        "four_dimension_opinions": Text("Four-dimension opinions", "四维评审意见"),
        "bid_report": Text("Bid decision report", "投标决策报告"),
        "give_get_list": Text("Give/get list", "得让清单"),
        "credit_file": Text("Credit file", "资信评估档案"),
        "strength_sheet": Text("Strength assessment", "实力评估表"),
        "signing_report": Text("Signing decision report", "签约决策报告"),
        "win_loss_report": Text("Win/loss report", "赢单/丢单总结报告"),
    }
)
"""Every document that the table D11 may ask for."""

ANSWERED_IN = MappingProxyType(
    {
        "verification_record": (("understand_opportunity", None),),
        "approval_report": (("request_approval", None),),
        "risk_list": (("request_approval", "risks"),),
        "pursuit_plan": (("request_approval", "plan"),),
        "competitor_sheet": (("collect_rivals", "rivals"),),
        "demand_matrix": (("compare_with_rivals", "matrix"),),
        "nine_cell_board": (("guidance_path", "kdms"), ("confirm_nurturing", "kdms_agreed")),
        "value_proposition": (("value_proposition", "propositions"),),
        "bid_analysis": (("technical_clauses", "clauses"), ("confirm_requirements", "requirements")),
        "solution_review": (("review_overall", None), ("review_solution", None)),
        "proposal": (("technical_part", "technical_files"), ("outline_offer", "solution_outline")),
        "four_dimension_opinions": (("review_solution", None),),
        "bid_report": (("write_bid_report", "report_summary"),),
        "credit_file": (("build_credit", "credit_source"), ("confirm_credit", None)),
        "give_get_list": (("give_get", "give_get"),),
        "strength_sheet": (("strength", "strength_conclusion"),),
        "signing_report": (("write_signing_report", "signing_summary"),),
        "win_loss_report": (("write_report", "lessons"),),
    }
)
"""Where a document's content is answered: element and field, any of them will do; without a field: anything there."""


def missing(opportunity: Opportunity, wanted: str) -> list[Text]:
    """Return the names of the documents among ``wanted`` (keys, separated by commas) that say nothing yet.

    A document that is not answered in the verification or the guidance is its own step's to see to.
    """
    keys = [key.strip() for key in wanted.split(",") if key.strip()]
    return [NAMES[key] for key in keys if key in ANSWERED_IN and not _is_there(opportunity, key)]


def _is_there(opportunity: Opportunity, key: str) -> bool:
    for element, field in ANSWERED_IN[key]:
        said = opportunity.facts.get(element)
        if said and (field is None or said.get(field)):
            return True
    return False
