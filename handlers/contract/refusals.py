"""What the rules of contracts refuse: each with its reason and its cure, in both languages."""

from __future__ import annotations

from datetime import date

from engine.errors import RuleRefused
from engine.text import Text

FEN_PER_WAN = 1_000_000


def wan(fen: int) -> str:
    """Return an amount in 万元 as people write it: no needless zeros."""
    return f"{fen / FEN_PER_WAN:.6f}".rstrip("0").rstrip(".")


def milestones_do_not_add_up(amount: int, total: int) -> RuleRefused:
    """Refuse: the milestones of a contract must pay for all of it and for no more."""
    return RuleRefused(
        Text(
            f"The milestones add up to {wan(total)}, the contract to {wan(amount)} (10,000 CNY).",
            f"里程碑金额合计 {wan(total)} 万元，合同金额是 {wan(amount)} 万元，对不上。",
        ),
        Text("Correct the amounts so that both are equal.", "请调整各里程碑金额，使合计等于合同金额。"),
        "milestones",
        amount=amount,
        total=total,
    )


def unknown_invoice(number: str) -> RuleRefused:
    """Refuse: a payment names an invoice that was never issued here."""
    return RuleRefused(
        Text(f"There is no invoice {number} for this contract.", f"本合同没有发票 {number}。"),
        Text("Check the number of the invoice, or issue the invoice first.", "请核对发票号码，或先开具发票。"),
        "invoice_no",
        invoice=number,
    )


def more_than_open(number: str, amount: int, open_amount: int) -> RuleRefused:
    """Refuse: more money than the invoice still asks for."""
    return RuleRefused(
        Text(
            f"{wan(amount)} is more than the {wan(open_amount)} still open on invoice {number} (10,000 CNY).",
            f"到账 {wan(amount)} 万元，超过发票 {number} 的未收余额 {wan(open_amount)} 万元。",
        ),
        Text(
            "Put to this invoice only what is open, and the rest to another invoice.",
            "请只核销未收余额，余款核销到其他发票。",
        ),
        "amount",
        invoice=number,
        amount=amount,
        open=open_amount,
    )


def more_than_paid(reference: str, amount: int, left: int) -> RuleRefused:
    """Refuse: more is put to invoices than the payment brought."""
    return RuleRefused(
        Text(
            f"Only {wan(left)} of the payment {reference} is left, not {wan(amount)} (10,000 CNY).",
            f"流水 {reference} 只剩 {wan(left)} 万元可核销，不足 {wan(amount)} 万元。",
        ),
        Text("Put to the invoice what is left of the payment.", "请按剩余金额核销。"),
        "amount",
        reference=reference,
        left=left,
    )


def booked_otherwise(reference: str) -> RuleRefused:
    """Refuse: the same line of the bank came before with another amount."""
    return RuleRefused(
        Text(
            f"The payment {reference} was already booked with another amount or day.",
            f"流水 {reference} 已入账，但金额或日期不一致。",
        ),
        Text("Check the bank's reference.", "请核对银行流水号。"),
        "reference",
        reference=reference,
    )


def nothing_to_pay() -> RuleRefused:
    """Refuse: a payment of nothing."""
    return RuleRefused(
        Text("A payment must be more than nothing.", "到账金额必须大于零。"),
        Text("Enter what was paid.", "请填写实际到账金额。"),
        "amount",
    )


def invoice_number_taken(number: str) -> RuleRefused:
    """Refuse: two invoices cannot have one number."""
    return RuleRefused(
        Text(f"The invoice number {number} is used already.", f"发票号码 {number} 已被使用。"),
        Text("Enter the number printed on this invoice.", "请填写本张发票上的号码。"),
        "invoice_no",
        invoice=number,
    )


def invoice_not_as_agreed(amount: int, agreed: int) -> RuleRefused:
    """Refuse: the invoice asks for another amount than the milestone is worth."""
    return RuleRefused(
        Text(
            f"The invoice is over {wan(amount)}, the milestone is worth {wan(agreed)} (10,000 CNY).",
            f"发票金额 {wan(amount)} 万元，与里程碑金额 {wan(agreed)} 万元不一致。",
        ),
        Text(
            "Invoice the amount of the milestone; another amount needs a contract change first.",
            "请按里程碑金额开票；金额有变须先走合同变更。",
        ),
        "invoice_amount",
        amount=amount,
        agreed=agreed,
    )


def handover_too_late(day: date, last: date) -> RuleRefused:
    """Refuse: the hand-over meeting is held soon after the signature."""
    return RuleRefused(
        Text(
            f"{day.isoformat()} is more than five working days after the signature.",
            f"{day.isoformat()} 已超过签约后 5 个工作日。",
        ),
        Text(f"Choose a day up to {last.isoformat()}.", f"请选择 {last.isoformat()} 或之前的日期。"),
        "handover_on",
        day=day.isoformat(),
        last=last.isoformat(),
    )


def milestone_running(no: int) -> RuleRefused:
    """Refuse: what has been delivered is not replanned."""
    return RuleRefused(
        Text(
            f"Milestone {no} is already delivered or invoiced and can no longer be replanned.",
            f"里程碑 {no} 已交付或已开票，不能再调整。",
        ),
        Text(
            "Change only milestones that are still planned, or add a new one.", "请只调整未交付的里程碑，或新增里程碑。"
        ),
        "milestones",
        milestone=no,
    )


def customer_already(name: str) -> RuleRefused:
    """Refuse: the contract has this customer already."""
    return RuleRefused(
        Text(f"{name} is the customer of the contract already.", f"{name} 已是本合同的客户。"),
        Text(
            "Name who takes the customer's place, or choose another kind of change.",
            "请填写新的签约主体，或改选其他变更类型。",
        ),
        "new_customer",
        customer=name,
    )


def unknown_milestone(no: int) -> RuleRefused:
    """Refuse: the contract has no such milestone."""
    return RuleRefused(
        Text(f"The contract has no milestone {no}.", f"本合同没有里程碑 {no}。"),
        Text("Choose one of its milestones.", "请选择本合同已有的里程碑。"),
        "milestones",
        milestone=no,
    )


def write_off_too_much(amount: int, open_amount: int) -> RuleRefused:
    """Refuse: nobody writes off more than is open."""
    return RuleRefused(
        Text(
            f"{wan(amount)} cannot be written off: only {wan(open_amount)} is open (10,000 CNY).",
            f"不能核销坏账 {wan(amount)} 万元：未收余额只有 {wan(open_amount)} 万元。",
        ),
        Text("Write off at most what is open.", "核销金额不得超过未收余额。"),
        "written_off",
        amount=amount,
        open=open_amount,
    )


def paid_meanwhile(amount: int, open_amount: int) -> RuleRefused:
    """Refuse: money came in after it was proposed to give more up."""
    return RuleRefused(
        Text(
            f"{wan(amount)} cannot be given up: money came in meanwhile, only {wan(open_amount)} is open (10,000 CNY).",
            f"期间已有到账，未收余额只剩 {wan(open_amount)} 万元，不能再放弃 {wan(amount)} 万元。",
        ),
        Text("Decide against it: finance then proposes anew for what is left.", "请不予同意，由财经按余额重新提出。"),
        "clearing_verdict",
        amount=amount,
        open=open_amount,
    )


def still_open(what_en: str, what_zh: str) -> RuleRefused:
    """Refuse: closing without open items, though there are some."""
    return RuleRefused(
        Text(f"The contract still has {what_en}.", f"合同仍有{what_zh}。"),
        Text("Decide for closing with open items, or for not yet.", "请选择“带遗留项关闭”或“暂不关闭”。"),
        "closing",
    )


def already_executing() -> RuleRefused:
    """Refuse: milestones that already run are changed by a contract change only."""
    return RuleRefused(
        Text("Work has begun by a waiver: the milestones are fixed now.", "已提前开工，里程碑不能再直接更正。"),
        Text("Leave the table empty and ask for a contract change.", "请清空里程碑表，另走合同变更。"),
        "milestones",
    )


def already_reported(no: int) -> RuleRefused:
    """Refuse: the same milestone is not delivered twice."""
    return RuleRefused(
        Text(f"Milestone {no} does not wait for a delivery now.", f"里程碑 {no} 当前不在等待交付。"),
        Text("Look at the contract's page to see where it stands.", "请在合同页面查看该里程碑的当前状态。"),
        "milestone_no",
        milestone=no,
    )


def invoice_not_named() -> RuleRefused:
    """Refuse: nobody can tell which invoice a payment is for."""
    return RuleRefused(
        Text("The payment names no invoice.", "到账信息没有发票号码。"),
        Text("Say which invoice it pays.", "请写明核销哪张发票。"),
        "invoice_no",
    )


def nothing_runs() -> RuleRefused:
    """Refuse: a contract whose milestones are all settled, or that ended early, takes no new ones."""
    return RuleRefused(
        Text(
            "No milestone of the contract is worked on any more: it takes no new ones.",
            "本合同已没有在执行的里程碑，不能再新增。",
        ),
        Text("Drop the change, or sign a new contract for what comes now.", "请将变更作罢，新增内容另签合同。"),
        "new_plan",
    )
