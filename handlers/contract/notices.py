"""The sentences of the notices about contracts; ``{number}``, ``{contract}`` and what each needs are filled in."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

NOTICES = MappingProxyType(
    {
        "contract.signed": Text(
            "Contract {number} {contract} is signed; hand it over by {day}.",
            "合同 {number} {contract} 已签约，请在 {day} 前完成交接。",
        ),
        "contract.handover_late": Text(
            "The hand-over of {number} {contract} is late.", "合同 {number} {contract} 交接已超期。"
        ),
        "contract.handover_rejected": Text(
            "The hand-over of {number} {contract} was rejected: liability stays with sales.",
            "合同 {number} {contract} 交接被退回，责任仍在销售。",
        ),
        "contract.started_early": Text(
            "Work on {number} {contract} may begin before the hand-over, by a waiver.",
            "合同 {number} {contract} 已获豁免，可在交接完成前开工。",
        ),
        "contract.handed_over": Text(
            "{number} {contract} is handed over; delivery project {delivery} is open.",
            "合同 {number} {contract} 交接完成，交付项目 {delivery} 已启动。",
        ),
        "contract.milestone_done": Text(
            "Milestone {milestone} of {number} {contract} is delivered: get the customer's acceptance.",
            "合同 {number} {contract} 的里程碑“{milestone}”已完成，请推动客户验收。",
        ),
        "contract.milestone_refused": Text(
            "The customer refused milestone {milestone} of {number} {contract}.",
            "合同 {number} {contract} 的里程碑“{milestone}”被客户拒收。",
        ),
        "contract.risk_closed": Text(
            "Risk {risk} of {number} {contract} is closed.", "合同 {number} {contract} 的风险 {risk} 已关闭。"
        ),
        "contract.milestone_late": Text(
            "Milestone {milestone} of {number} {contract} is {days} days late.",
            "合同 {number} {contract} 的里程碑“{milestone}”已逾期 {days} 天。",
        ),
        "contract.invoice_due": Text(
            "Invoice {invoice} of {number} {contract} is due on {day}: {amount} open.",
            "合同 {number} {contract} 的发票 {invoice} 将于 {day} 到期，未收 {amount}。",
        ),
        "contract.credit_held": Text(
            "{contract} has not paid invoice {invoice} for 90 days: the customer's credit is held.",
            "{contract} 的发票 {invoice} 逾期 90 天未付，客户信用已冻结。",
        ),
        "contract.money_in": Text(
            "{amount} came in for invoice {invoice} of {number} {contract}; {open} is open.",
            "合同 {number} {contract} 的发票 {invoice} 到账 {amount}，未收余额 {open}。",
        ),
        "contract.obligation": Text(
            "“{obligation}” of {number} {contract} is due on {day}.",
            "合同 {number} {contract} 的义务“{obligation}”将于 {day} 到期，请及时办理。",
        ),
        "contract.changed": Text(
            "Change {change} of {number} {contract} is in force: baseline {version}.",
            "合同 {number} {contract} 的变更 {change} 已生效，当前基线 V{version}。",
        ),
        "contract.change_refused": Text(
            "Change {change} of {number} {contract} was refused.", "合同 {number} {contract} 的变更 {change} 被否决。"
        ),
        "contract.change_dropped": Text(
            "Change {change} of {number} {contract} was not signed: the contract stays as it is.",
            "合同 {number} {contract} 的变更 {change} 未能签署，合同维持不变。",
        ),
        "contract.change_waived": Text(
            "Work on change {change} of {number} {contract} may begin before the decision, by a waiver.",
            "合同 {number} {contract} 的变更 {change} 已获豁免，可在决策前先行实施。",
        ),
        "contract.dispute_opened": Text(
            "Dispute {dispute} of {number} {contract} is open: settle it with the customer by {day}.",
            "合同 {number} {contract} 出现争议 {dispute}，请在 {day} 前与客户协商解决。",
        ),
        "contract.dispute_passed": Text(
            "Dispute {dispute} of {number} {contract} was not settled and is passed on.",
            "合同 {number} {contract} 的争议 {dispute} 未能解决，已升级处理。",
        ),
        "contract.dispute_closed": Text(
            "Dispute {dispute} of {number} {contract} is closed.", "合同 {number} {contract} 的争议 {dispute} 已关闭。"
        ),
        "contract.terminated": Text(
            "{number} {contract} ends early: stop the work.", "合同 {number} {contract} 提前终止，请停止履行。"
        ),
        "contract.archived": Text(
            "{number} {contract} is closed, evaluated and archived. Thank you.",
            "合同 {number} {contract} 已关闭、评价并归档，团队释放，辛苦了！",
        ),
    }
)
"""By the kind of the notice."""
