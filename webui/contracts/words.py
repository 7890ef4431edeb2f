"""The words for the codes of a contract, and the tones in which they are shown."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from engine.text import Text

TONES = MappingProxyType(
    {
        "SIGNED": "info",
        "HANDOVER": "soon",
        "HANDOVER_REJECTED": "bad",
        "HANDED_OVER": "info",
        "EXECUTING": "info",
        "COMPLETED": "good",
        "TERMINATED": "bad",
        "CLOSING": "quiet",
        "CLOSED": "quiet",
        "EVALUATED": "good",
        "changing": "soon",
        "disputed": "bad",
        "at_risk": "late",
        "PLANNED": "quiet",
        "DELIVERED": "info",
        "ACCEPTED": "info",
        "INVOICED": "soon",
        "PART_PAID": "soon",
        "SETTLED": "good",
        "CANCELLED": "quiet",
        "REQUESTED": "soon",
        "ASSESSED": "info",
        "APPROVED": "info",
        "RENEGOTIATE": "soon",
        "REFUSED": "bad",
        "EFFECTIVE": "good",
        "WITHDRAWN": "quiet",
        "OPEN": "soon",
        "OCCURRED": "bad",
        "MET": "good",
        "WAIVED": "quiet",
    }
)

BUCKETS = MappingProxyType(
    {
        "not_due": Text("Not due yet", "未到期"),
        "1_30": Text("1 to 30 days overdue", "逾期 1–30 天"),
        "31_60": Text("31 to 60 days overdue", "逾期 31–60 天"),
        "61_90": Text("61 to 90 days overdue", "逾期 61–90 天"),
        "over_90": Text("More than 90 days overdue", "逾期 90 天以上"),
    }
)
"""How long receivables are overdue (`ltc.md` 4)."""
BUCKET_TONES = MappingProxyType(
    {"not_due": "quiet", "1_30": "soon", "31_60": "late", "61_90": "late", "over_90": "late"}
)  # fmt: skip


class Stage(NamedTuple):
    """One step of a contract with the statuses that belong to it."""

    name: Text
    statuses: tuple[str, ...]


STAGES = (
    Stage(Text("Signed", "签约"), ("SIGNED",)),
    Stage(Text("Hand-over", "交接"), ("HANDOVER", "HANDOVER_REJECTED", "HANDED_OVER")),
    Stage(Text("Execution", "执行"), ("EXECUTING",)),
    Stage(Text("Completed", "履行完成"), ("COMPLETED", "TERMINATED")),
    Stage(Text("Closed and evaluated", "关闭与评价"), ("CLOSING", "CLOSED", "EVALUATED")),
)
"""The steps of a contract (`ltc.md` 2.3)."""

CHAPTERS = (
    (
        Text("Hand-over", "交接合同"),
        {"contract_handover", "contract_terms", "contract_read", "contract_early_start", "contract"},
    ),
    (
        Text("Execution", "管理合同"),
        {
            "contract_manage",
            "contract_milestone",
            "contract_milestone_late",
            "contract_billing",
            "contract_collect",
            "contract_dunning",
            "contract_obligation",
            "contract_terminate",
        },
    ),
    (
        Text("Closing and evaluation", "关闭和评价"),
        {"contract_clear", "contract_give_up", "contract_close", "contract_evaluate"},
    ),
)
"""The steps of the flow with the processes in which their questions are answered."""

VERDICTS = MappingProxyType(
    {
        "approve": Text("Approved", "批准"),
        "renegotiate": Text("Renegotiate", "退回再谈"),
        "refuse": Text("Refused", "否决"),
        "terminate": Text("Terminate", "提前终止"),
        "go_on": Text("Go on", "继续履行"),
        "close": Text("Close", "同意关闭"),
        "open_items": Text("Close with open items", "带遗留项关闭"),
        "not_yet": Text("Not yet", "暂不关闭"),
    }
)
"""What bodies decide about contracts."""

TERMINATION_REASONS = MappingProxyType(
    {
        "customer_stopped": Text("The customer stops the project", "客户项目取消"),
        "not_paid": Text("The customer does not pay", "客户不付款"),
        "cannot_deliver": Text("We cannot deliver", "我方无法履行"),
        "law": Text("Law or force majeure", "法律或不可抗力"),
        "other": Text("Other", "其他"),
    }
)
"""Why contracts end early."""

DISPUTE_OUTCOMES = MappingProxyType(
    {
        "settled": Text("Settled", "协商解决"),
        "accepted": Text("Settlement accepted", "接受和解"),
        "won": Text("Ruled in our favour", "裁决支持我方"),
        "compromise": Text("Ruled as a compromise", "裁决折中"),
        "lost": Text("Ruled against us", "裁决支持对方"),
    }
)
"""How disputes ended."""
