"""The words for the codes of an opportunity; those of the forms are the same."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

TONES = MappingProxyType(
    {
        "NEW": "soon",
        "VERIFYING": "info",
        "ATI_PENDING": "soon",
        "APPROVED": "info",
        "REJECTED": "bad",
        "RETURNED": "bad",
        "SUSPENDED": "quiet",
        "PREBID": "info",
        "SOLUTION": "info",
        "ATB_PENDING": "soon",
        "BID": "info",
        "NO_BID": "quiet",
        "SUBMITTED": "info",
        "CLARIFYING": "info",
        "NEGOTIATING": "info",
        "ATC_PENDING": "soon",
        "TO_SIGN": "soon",
        "SIGNED": "good",
        "CLOSING": "quiet",
        "WON": "good",
        "LOST": "bad",
        "ABANDONED": "quiet",
        "strategic": "bad",
        "key": "soon",
        "general": "quiet",
        "won": "good",
        "lost": "bad",
        "no_bid": "quiet",
        "abandoned": "quiet",
        "high": "bad",
        "medium": "soon",
        "low": "good",
        "go": "good",
        "conditional": "soon",
        "no_go": "bad",
    }
)
"""The tone in which a status, a tier, a result, a risk or an advice is shown."""

SOURCES = MappingProxyType({"lead": Text("From a lead", "线索转化"), "market": Text("From the market", "市场发现")})

FLOWS = MappingProxyType(
    {"full": Text("Full flow", "完整流程"), "four_step": Text("Four-step flow", "四步法流程")}
)  # fmt: skip

RISKS = MappingProxyType({"low": Text("Low", "低"), "medium": Text("Medium", "中"), "high": Text("High", "高")})

PURCHASE_MODES = MappingProxyType(
    {
        "open_tender": Text("Open tender", "公开招标"),
        "invited_tender": Text("Invited tender", "邀请招标"),
        "invited": Text("Invited tender", "邀请招标"),
        "competitive_talk": Text("Competitive talk", "竞争性谈判"),
        "single_source": Text("Single source", "单一来源"),
        "direct": Text("Direct purchase", "直接采购"),
        "framework": Text("Framework call-off", "框架协议下单"),
        "framework_calloff": Text("Framework call-off", "框架协议下单"),
    }
)

ADVICE = MappingProxyType(
    {
        "go": Text("Bid", "建议投标"),
        "conditional": Text("Bid with conditions", "建议有条件投标"),
        "no_go": Text("Do not bid", "建议不投"),
    }
)

EFFECTS = MappingProxyType(
    {
        "none": Text("Nothing", "无"),
        "scope": Text("The scope", "范围"),
        "price": Text("The price", "价格"),
        "both": Text("Scope and price", "范围和价格"),
    }
)
"""What an answer to the customer changes."""

ACCEPTANCES = MappingProxyType(
    {
        "accepted": Text("Accepted", "客户认可"),
        "changes": Text("To be changed", "需修改"),
        "not_yet": Text("No word yet", "尚未表态"),
    }
)
"""What the customer says of the proposal (`ltc.md` O3.8)."""

VERDICTS = MappingProxyType(
    {
        "approve": Text("Approved", "同意立项"),
        "approve_with_conditions": Text("Approved with conditions", "有条件批准"),
        "conditional": Text("With conditions", "有条件通过"),
        "return": Text("Returned", "退回补充"),
        "reject": Text("Rejected", "不予立项"),
        "suspend": Text("Suspended", "暂缓"),
        "go": Text("Bid", "投标"),
        "conditional_go": Text("Bid with conditions", "有条件投标"),
        "rework": Text("To be reworked", "退回修改"),
        "rework_solution": Text("Rework the solution", "方案返工"),
        "rework_proposal": Text("Rework the proposal", "建议书返工"),
        "no_go": Text("No bid", "不投标"),
        "sign": Text("Sign", "同意签约"),
        "sign_with_conditions": Text("Sign with conditions", "有条件签约"),
        "renegotiate": Text("Renegotiate", "重新谈判"),
        "do_not_sign": Text("Do not sign", "不签约"),
        "granted": Text("Granted", "同意扩大授权"),
        "refused": Text("Refused", "不同意，回到谈判桌"),
        "stop": Text("Stop", "终止谈判"),
    }
)
"""What bodies decide at the gates of an opportunity."""

PROCESSES = ("opportunity", "opportunity_four_step")
"""The two interchangeable flows; an opportunity also has side cases, such as the reminders of its tender."""

CHAPTERS = (
    (
        Text("Verification", "验证机会点"),
        {
            "opportunity", "opportunity_four_step", "opportunity_verify", "opportunity_level", "opportunity_approve",
            "four_step_verify",
        },
    ),
    (
        Text("Pre-bid guidance", "标前引导"),
        {"opportunity_guidance", "opportunity_vision", "four_step_guidance"},
    ),
    (
        Text("Solution and bid", "方案与投标"),
        {
            "opportunity_solution", "opportunity_tender", "opportunity_formulate", "opportunity_overall_solution",
            "opportunity_proposal", "four_dimension_review", "opportunity_bid_decision", "opportunity_bid",
            "opportunity_revise", "opportunity_result", "four_step_solution", "four_step_offer", "tender_watch",
            "tender_warnings",
        },
    ),
    (
        Text("Negotiation and signing", "谈判与签约"),
        {
            "opportunity_negotiate", "opportunity_prepare", "opportunity_credit", "opportunity_extend",
            "opportunity_sign", "opportunity_signing_decision", "opportunity_signature",
        },
    ),
    (Text("Closing", "关闭机会点"), {"opportunity_close", "opportunity_report"}),
)  # fmt: skip
"""The steps of the flow (`ltc.md` 2.2) with the processes in which their questions are answered."""

KDM_ROLES = MappingProxyType(
    {
        "economic": Text("Economic", "经济型"),
        "technical": Text("Technical", "技术型"),
        "user": Text("User", "使用者"),
        "coach": Text("Coach", "教练"),
    }
)

CELLS = MappingProxyType(
    {
        "R1": Text("Why does it hurt today?", "今天为什么痛？"),
        "R2": Text("Is it because …?", "是不是因为……？"),
        "R3": Text("Reasons summed up", "归纳原因并确认"),
        "I1": Text("Who else is hit?", "还影响到谁？"),
        "I2": Text("Does it hit department X by …?", "是否给某部门造成……？"),
        "I3": Text("Impact summed up", "归纳影响并确认"),
        "C1": Text("What do you picture?", "您设想怎么做？"),
        "C2": Text("What if you could also …?", "如果还能……呢？"),
        "C3": Text("Agreed vision", "归纳达成的构想"),
    }
)
"""The nine cells of the guidance path (`ltc.md` O2)."""
