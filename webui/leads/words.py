"""The words for the codes of a lead; those of the forms are the same."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

GRADES = ("A", "B", "C")

MATURITIES = MappingProxyType({"hot": Text("Hot", "热"), "warm": Text("Warm", "温"), "cold": Text("Cold", "冷")})

TONES = MappingProxyType(
    {
        "DRAFT": "quiet",
        "SUBMITTED": "soon",
        "VERIFYING": "soon",
        "RETURNED": "bad",
        "INVALID": "quiet",
        "MERGED": "quiet",
        "VALID": "info",
        "DISTRIBUTED": "info",
        "ACCEPTED": "info",
        "NURTURING": "info",
        "CLOSED": "quiet",
        "CONVERTED": "good",
        "RECLAIMED": "bad",
        "DISCARDED": "quiet",
        "hot": "bad",
        "warm": "soon",
        "cold": "info",
        "A": "good",
        "B": "info",
        "C": "quiet",
    }
)
"""The tone in which a status, a maturity or a grade is shown."""

CHANNELS = MappingProxyType(
    {
        "customer_visit": Text("Customer visit", "客户拜访"),
        "technical_exchange": Text("Technical exchange, network or site analysis", "技术交流、网络或现场分析"),
        "delivery_maintenance": Text("Delivery and maintenance on site", "交付维护"),
        "market_campaign": Text("Exhibition or campaign", "市场活动"),
        "website_hotline": Text("Website, phone or hotline", "网站、电话、热线"),
        "partner": Text("Partner", "伙伴"),
        "tender_notice": Text("Tender notice", "招标信息"),
        "hq_analysis": Text("Headquarters' macro analysis or policy", "宏观政策"),
        "referral": Text("Referral", "推荐"),
        "other": Text("Other", "其他"),
    }
)

STEPS = (
    Text("Identify pains", "识别痛点"),
    Text("Interest the key decision makers", "激发关键决策人兴趣"),
    Text("Have the pain acknowledged", "让客户承认痛点"),
    Text("Competitive strategy", "制定竞争策略"),
    Text("Create the vision", "构建客户愿景"),
    Text("Have the solution acknowledged", "客户认可方案"),
)
"""The six steps of nurturing (`ltc.md` L3)."""

STALE = MappingProxyType(
    {
        "beat": Text("activity due", "该跟进了"),
        "warn": Text("idle for long", "长期未跟进"),
        "manager": Text("idle, reported", "未跟进，已上报"),
        "reclaim": Text("idle, to be reclaimed", "未跟进，待收回"),
    }
)
