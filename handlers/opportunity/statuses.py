"""The statuses of an opportunity (`ltc.md` 2.2), its tiers and its results, in both languages."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

STATUSES = MappingProxyType(
    {
        "NEW": Text("New", "新建"),
        "VERIFYING": Text("Being verified", "验证中"),
        "ATI_PENDING": Text("Awaiting project approval", "待立项决策"),
        "APPROVED": Text("Approved", "已立项"),
        "REJECTED": Text("Rejected", "立项未通过"),
        "RETURNED": Text("Returned", "已退回"),
        "SUSPENDED": Text("Suspended", "已暂缓"),
        "PREBID": Text("Pre-bid guidance", "标前引导"),
        "SOLUTION": Text("Solution", "制定方案"),
        "ATB_PENDING": Text("Awaiting bid decision", "待投标决策"),
        "BID": Text("Bid", "决定投标"),
        "NO_BID": Text("No bid", "决定不投"),
        "SUBMITTED": Text("Proposal submitted", "已投标"),
        "CLARIFYING": Text("Being clarified", "宣讲澄清中"),
        "NEGOTIATING": Text("Being negotiated", "谈判中"),
        "ATC_PENDING": Text("Awaiting signing decision", "待签约决策"),
        "TO_SIGN": Text("To be signed", "待签约"),
        "SIGNED": Text("Signed", "已签约"),
        "CLOSING": Text("Being closed", "关闭中"),
        "WON": Text("Won", "赢单"),
        "LOST": Text("Lost", "丢单"),
        "ABANDONED": Text("Abandoned", "已放弃"),
    }
)

FINAL = frozenset({"WON", "LOST", "ABANDONED"})
"""The work on such an opportunity is over."""

TIERS = MappingProxyType(
    {
        "strategic": Text("Strategic", "战略"),
        "key": Text("Key", "重点"),
        "general": Text("General", "一般"),
    }
)
"""The layers of opportunities (`ltc.md` D2)."""

RESULTS = MappingProxyType(
    {
        "won": Text("Won", "赢单"),
        "lost": Text("Lost", "丢单"),
        "no_bid": Text("No bid", "未投标"),
        "abandoned": Text("Abandoned", "放弃"),
    }
)
"""How an opportunity can end (`ltc.md` O5)."""
