"""The sentences of the notices about opportunities; ``{number}``, ``{opportunity}`` and ``{reason}`` are filled in."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

NOTICES = MappingProxyType(
    {
        "opportunity.team": Text(
            "You belong to the team of opportunity {number} {opportunity} now.",
            "您已加入商机 {number} {opportunity} 的项目组。",
        ),
        "opportunity.tender": Text(
            "The tender of {number} {opportunity} is out early: the solution starts now.",
            "{number} {opportunity} 提前发标，直接进入方案制定。",
        ),
        "opportunity.ended": Text(
            "Opportunity {number} {opportunity} has ended: {reason} Please write the win/loss report.",
            "商机 {number} {opportunity} 已结束：{reason}请填写赢单/丢单总结报告。",
        ),
        "opportunity.report_due": Text(
            "The win/loss report of {number} {opportunity} is still missing.",
            "商机 {number} {opportunity} 的赢单/丢单总结报告还没有提交。",
        ),
        "opportunity.deadline_near": Text(
            "The bid of {number} {opportunity} is due on {reason}.",
            "{number} {opportunity} 将于 {reason} 截标，请抓紧。",
        ),
        "opportunity.signed": Text(
            "The contract of {number} {opportunity} is signed and registered.",
            "{number} {opportunity} 的合同已签署并登记。",
        ),
        "opportunity.resumed": Text(
            "Opportunity {number} {opportunity} goes on: it may be decided again.",
            "商机 {number} {opportunity} 恢复推进，可再次提交决策。",
        ),
    }
)
"""By the kind of the notice."""
