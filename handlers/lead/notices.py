"""The sentences of the notices about leads; ``{number}``, ``{lead}`` and ``{reason}`` are filled in."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

NOTICES = MappingProxyType(
    {
        "lead.submitted": Text(
            "Thank you: your lead {number} {lead} was received.", "您提交的线索 {number} {lead} 已收到，谢谢！"
        ),
        "lead.verified": Text("Your lead {number} {lead} was found valid.", "您的线索 {number} {lead} 已验证有效。"),
        "lead.invalid": Text(
            "Your lead {number} {lead} was found invalid: {reason}", "您的线索 {number} {lead} 验证为无效：{reason}"
        ),
        "lead.returned": Text(
            "Your lead {number} {lead} was returned to you: {reason}", "您的线索 {number} {lead} 被退回补充：{reason}"
        ),
        "lead.merged": Text(
            "Your lead {number} {lead} was merged into another one: {reason}",
            "您的线索 {number} {lead} 已并入其他线索：{reason}",
        ),
        "lead.absorbed": Text(
            "Lead {number} {lead} was merged into one of yours.", "线索 {number} {lead} 已并入您负责的线索。"
        ),
        "lead.distributed": Text(
            "Your lead {number} {lead} has an owner now.", "您的线索 {number} {lead} 已分发给线索责任人。"
        ),
        "lead.accepted": Text(
            "The owner accepted your lead {number} {lead}.", "您的线索 {number} {lead} 已被责任人接收。"
        ),
        "lead.refused": Text(
            "Lead {number} {lead} was refused by its owner: {reason}", "线索 {number} {lead} 被责任人拒收：{reason}"
        ),
        "lead.assigned": Text("You answer for lead {number} {lead} now.", "您已成为线索 {number} {lead} 的责任人。"),
        "lead.helping": Text(
            "You stand by the owner of lead {number} {lead} now.", "您已成为线索 {number} {lead} 的协助人。"
        ),
        "lead.reclaimed": Text("Lead {number} {lead} went back to the pool.", "线索 {number} {lead} 已收回线索池。"),
        "lead.closed": Text(
            "Your lead {number} {lead} was closed: {reason}", "您的线索 {number} {lead} 已关闭：{reason}"
        ),
        "lead.converted": Text(
            "Your lead {number} {lead} became an opportunity. Well done!",
            "您的线索 {number} {lead} 已转为商机，功劳有您一份！",
        ),
        "lead.reawakened": Text(
            "Lead {number} {lead} is to be looked at again.", "线索 {number} {lead} 已重新唤醒，请跟进。"
        ),
        "lead.beat_hot": Text(
            "Hot lead {number} {lead} is due: let the triangle see the customer together, and log it.",
            "热线索 {number} {lead} 该跟进了：请铁三角一起拜访客户，并记录跟进。",
        ),
        "lead.beat_warm": Text(
            "Warm lead {number} {lead} is due: arrange a technical exchange or bring an idea, and log it.",
            "温线索 {number} {lead} 该跟进了：请安排技术交流或带去针对性的想法，并记录跟进。",
        ),
        "lead.beat_cold": Text(
            "Cold lead {number} {lead} is due: send the customer something about the industry, and log it.",
            "冷线索 {number} {lead} 该跟进了：请给客户发送行业资料，并记录跟进。",
        ),
        "lead.stale": Text(
            "Lead {number} {lead} has had no activity for a month.", "线索 {number} {lead} 已一个月没有跟进记录。"
        ),
        "lead.stale_manager": Text(
            "Lead {number} {lead} has had no activity for too long.", "线索 {number} {lead} 长期无人跟进，请督促。"
        ),
        "lead.meeting": Text("The agenda of the lead meeting is ready.", "线索例会议程已生成。"),
    }
)
"""By the kind of the notice."""
