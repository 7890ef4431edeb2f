"""The words for where contracts, milestones, changes, disputes, risks and obligations stand, in both languages."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

STATUSES = MappingProxyType(
    {
        "SIGNED": Text("Signed", "已签约"),
        "HANDOVER": Text("Being handed over", "交接中"),
        "HANDOVER_REJECTED": Text("Hand-over rejected", "交接被退回"),
        "HANDED_OVER": Text("Handed over", "已交接"),
        "EXECUTING": Text("In execution", "执行中"),
        "COMPLETED": Text("Completed", "履行完成"),
        "TERMINATED": Text("Terminated", "已终止"),
        "CLOSING": Text("Being closed", "关闭中"),
        "CLOSED": Text("Closed", "已关闭"),
        "EVALUATED": Text("Evaluated", "已评价"),
    }
)
"""Of a contract (`ltc.md` 2.3)."""

FLAGS = MappingProxyType(
    {
        "changing": Text("Changing", "变更中"),
        "disputed": Text("In dispute", "争议中"),
        "at_risk": Text("At risk", "有风险"),
    }
)
"""The flags of a contract in execution."""

WORK_OVER = frozenset({"COMPLETED", "TERMINATED", "CLOSING", "CLOSED", "EVALUATED"})
"""Nothing more is delivered for such a contract."""

FINAL = frozenset({"EVALUATED"})
"""The work on such a contract is over."""

PLANNED, DELIVERED, ACCEPTED, INVOICED, PART_PAID, SETTLED, CANCELLED = (
    "PLANNED", "DELIVERED", "ACCEPTED", "INVOICED", "PART_PAID", "SETTLED", "CANCELLED",
)  # fmt: skip

MILESTONE_STATUSES = MappingProxyType(
    {
        PLANNED: Text("Planned", "计划中"),
        DELIVERED: Text("Delivered", "已交付"),
        ACCEPTED: Text("Accepted", "已验收"),
        INVOICED: Text("Invoiced", "已开票"),
        PART_PAID: Text("Partly paid", "部分回款"),
        SETTLED: Text("Settled", "已回款"),
        CANCELLED: Text("Cancelled", "已取消"),
    }
)

MILESTONES_OVER = frozenset({SETTLED, CANCELLED})
"""Nothing more is to be done for such a milestone."""

CHANGE_STATUSES = MappingProxyType(
    {
        "REQUESTED": Text("Requested", "已提出"),
        "ASSESSED": Text("Assessed", "已评估"),
        "APPROVED": Text("Approved", "已批准"),
        "RENEGOTIATE": Text("Back for negotiation", "退回再谈"),
        "REFUSED": Text("Refused", "已否决"),
        "EFFECTIVE": Text("In force", "已生效"),
        "WITHDRAWN": Text("Not signed", "未签署"),
    }
)
CHANGES_OVER = frozenset({"REFUSED", "EFFECTIVE", "WITHDRAWN"})

DISPUTE_STATUSES = MappingProxyType({"OPEN": Text("Open", "处理中"), "CLOSED": Text("Closed", "已关闭")})
DISPUTE_STAGES = MappingProxyType(
    {
        "team": Text("FR and contract manager", "FR 与合同经理协商"),
        "legal": Text("Commercial-legal", "商法处理"),
        "decision": Text("Decision team", "决策团队"),
        "outside": Text("Outside settlement", "外部解决"),
    }
)

RISK_STATUSES = MappingProxyType(
    {
        "OPEN": Text("Open", "监控中"),
        "CLOSED": Text("Closed", "已关闭"),
        "OCCURRED": Text("Has occurred", "已发生"),
    }
)

OBLIGATION_STATUSES = MappingProxyType(
    {"OPEN": Text("Open", "待履行"), "MET": Text("Met", "已履行"), "WAIVED": Text("Waived", "已豁免")}
)

EVIDENCE = MappingProxyType(
    {
        "certificate": Text("Acceptance certificate", "验收证书"),
        "delivery_note": Text("Signed delivery note", "签收单"),
        "test_report": Text("Test report", "测试报告"),
        "minutes": Text("Signed minutes", "会签纪要"),
        "none": Text("None: due without a delivery", "无需验收（如预付款）"),
    }
)
"""What proves that the customer accepted a milestone."""

INVOICE_TYPES = MappingProxyType(
    {
        "vat_special": Text("Special VAT invoice", "增值税专用发票"),
        "vat_general": Text("General VAT invoice", "增值税普通发票"),
        "commercial": Text("Commercial invoice", "商业发票"),
    }
)

OBLIGATION_KINDS = MappingProxyType(
    {
        "delivery": Text("Delivery", "交付"),
        "warranty": Text("Warranty", "质保"),
        "bond": Text("Bond", "保函"),
        "report": Text("Report or document", "资料提交"),
        "insurance": Text("Insurance", "保险"),
        "other": Text("Other", "其他"),
    }
)
