"""The roles people hold and lanes name, in both languages (`ltc.md` 1.1, 1.2)."""

from __future__ import annotations

from types import MappingProxyType

from engine.directory import EVERYONE
from engine.text import Text

ADMIN = "admin"
SALES_MANAGER = "sales_manager"
SALES_MGMT = "sales_mgmt"
LEAD_MANAGER = "lead_manager"
EDITORS = ("process_owner", "change_team", ADMIN)
"""Who may change how the company works: open drafts, edit, review, publish."""

ROLES = MappingProxyType(
    {
        "submitter": Text("Submitter", "线索提交人"),
        "ar": Text("AR, account responsible", "AR 客户责任人"),
        "sr": Text("SR, solution responsible", "SR 解决方案责任人"),
        "fr": Text("FR, fulfilment responsible", "FR 履行责任人"),
        LEAD_MANAGER: Text("Lead manager", "线索经理"),
        SALES_MGMT: Text("Sales management", "销售管理部"),
        SALES_MANAGER: Text("Unit sales manager", "销售主管"),
        "decision_team": Text("Market decision team", "市场决策团队"),
        "pd": Text("Project director", "项目总监"),
        "sponsor": Text("Sponsor", "项目赞助人"),
        "rev_solution": Text("Reviewer, solution", "方案评审人"),
        "rev_delivery": Text("Reviewer, delivery", "交付评审人"),
        "rev_legal": Text("Reviewer, commercial-legal", "商法评审人"),
        "rev_finance": Text("Reviewer, finance", "财经评审人"),
        "negotiator": Text("Negotiation team", "合同谈判团队"),
        "contract_mgr": Text("Contract manager", "合同经理"),
        "legal": Text("Legal counsel", "法务"),
        "delivery_pm": Text("Delivery project manager", "交付项目经理"),
        "procurement": Text("Procurement", "采购"),
        "finance": Text("Finance", "财经"),
        "qa": Text("Sales project QA", "销售项目 QA"),
        "pmo": Text("PMO", "项目管理办公室"),
        "process_owner": Text("Process owner", "流程责任人"),
        "change_team": Text("Change team", "变革项目组"),
        ADMIN: Text("Administrator", "系统管理员"),
        EVERYONE: Text("Everyone", "全体员工"),
    }
)
"""Every role of the organisation by its key."""

CASE_ROLES = MappingProxyType(
    {
        "lead_screener": Text("Lead screener", "线索筛选人"),
        "lead_owner": Text("Lead owner", "线索责任人"),
        "system": Text("System", "系统"),
    }
)
"""Roles that lanes name but nobody holds at a unit: the case or a setting of the unit says who it is."""

GRANTABLE = tuple(key for key in ROLES if key not in {EVERYONE, "submitter"})
"""The roles an administrator can give to a user; everybody is a submitter (`ltc.md` L1, all-staff marketing)."""


def name_of(role: str) -> Text:
    """Return the name of ``role`` in both languages; an unknown key stands for itself."""
    return ROLES.get(role) or CASE_ROLES.get(role) or Text(role, role)
