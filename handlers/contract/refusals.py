"""What the rules of contracts refuse: each with its reason and its cure, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.errors import RuleRefused
from engine.text import Text
from handlers.money import written

AMOUNTS = frozenset({"agreed", "amount", "left", "open", "total"})
"""What of the data of a refusal is an amount in fen."""


def _refused(field: str, reason: Text, cure: Text, **data: object) -> RuleRefused:
    """Return the refusal of the answer ``field``; ``data`` fill the names in braces."""
    words = {name: _word(name, value) for name, value in data.items()}
    return RuleRefused(_filled(reason, words), _filled(cure, words), field, **data)


def _word(name: str, value: object) -> Text:
    return written(value) if name in AMOUNTS and isinstance(value, int) else Text(str(value), str(value))


def _filled(phrase: Text, words: Mapping[str, Text]) -> Text:
    return Text(
        phrase.filled({name: word.en for name, word in words.items()}).en,
        phrase.filled({name: word.zh for name, word in words.items()}).zh,
    )


def milestones_do_not_add_up(amount: int, total: int) -> RuleRefused:
    """Refuse: the milestones of a contract must pay for all of it and for no more."""
    return _refused(
        "milestones",
        Text(
            "The milestones add up to {total}, the contract to {amount}.",
            "里程碑金额合计 {total}，合同金额是 {amount}，对不上。",
        ),
        Text("Correct the amounts so that both are equal.", "请调整各里程碑金额，使合计等于合同金额。"),
        amount=amount,
        total=total,
    )


def unknown_invoice(number: str) -> RuleRefused:
    """Refuse: a payment names an invoice that was never issued here."""
    return _refused(
        "invoice_no",
        Text("There is no invoice {invoice} for this contract.", "本合同没有发票 {invoice}。"),
        Text("Check the number of the invoice, or issue the invoice first.", "请核对发票号码，或先开具发票。"),
        invoice=number,
    )


def more_than_open(number: str, amount: int, open_amount: int) -> RuleRefused:
    """Refuse: more money than the invoice still asks for."""
    return _refused(
        "amount",
        Text(
            "{amount} is more than the {open} still open on invoice {invoice}.",
            "到账 {amount}，超过发票 {invoice} 的未收余额 {open}。",
        ),
        Text(
            "Put to this invoice only what is open, and the rest to another invoice.",
            "请只核销未收余额，余款核销到其他发票。",
        ),
        invoice=number,
        amount=amount,
        open=open_amount,
    )


def more_than_paid(reference: str, amount: int, left: int) -> RuleRefused:
    """Refuse: more is put to invoices than the payment brought."""
    return _refused(
        "amount",
        Text(
            "Only {left} of the payment {reference} is left, not {amount}.",
            "流水 {reference} 只剩 {left} 可核销，不足 {amount}。",
        ),
        Text("Put to the invoice what is left of the payment.", "请按剩余金额核销。"),
        reference=reference,
        amount=amount,
        left=left,
    )


def booked_otherwise(reference: str) -> RuleRefused:
    """Refuse: the same line of the bank came before with another amount."""
    return _refused(
        "reference",
        Text(
            "The payment {reference} was already booked with another amount or day.",
            "流水 {reference} 已入账，但金额或日期不一致。",
        ),
        Text("Check the bank's reference.", "请核对银行流水号。"),
        reference=reference,
    )


def nothing_to_pay() -> RuleRefused:
    """Refuse: a payment of nothing."""
    return _refused(
        "amount",
        Text("A payment must be more than nothing.", "到账金额必须大于零。"),
        Text("Enter what was paid.", "请填写实际到账金额。"),
    )


def invoice_number_taken(number: str) -> RuleRefused:
    """Refuse: two invoices cannot have one number."""
    return _refused(
        "invoice_no",
        Text("The invoice number {invoice} is used already.", "发票号码 {invoice} 已被使用。"),
        Text("Enter the number printed on this invoice.", "请填写本张发票上的号码。"),
        invoice=number,
    )


def invoice_not_as_agreed(amount: int, agreed: int) -> RuleRefused:
    """Refuse: the invoice asks for another amount than the milestone is worth."""
    return _refused(
        "invoice_amount",
        Text(
            "The invoice is over {amount}, the milestone is worth {agreed}.",
            "发票金额 {amount}，与里程碑金额 {agreed}不一致。",
        ),
        Text(
            "Invoice the amount of the milestone; another amount needs a contract change first.",
            "请按里程碑金额开票；金额有变须先走合同变更。",
        ),
        amount=amount,
        agreed=agreed,
    )


def handover_too_late(day: date, last: date) -> RuleRefused:
    """Refuse: the hand-over meeting is held soon after the signature."""
    return _refused(
        "handover_on",
        Text("{day} is more than five working days after the signature.", "{day} 已超过签约后 5 个工作日。"),
        Text("Choose a day up to {last}.", "请选择 {last} 或之前的日期。"),
        day=day.isoformat(),
        last=last.isoformat(),
    )


def milestone_running(no: int) -> RuleRefused:
    """Refuse: what has been delivered is not replanned."""
    return _refused(
        "milestones",
        Text(
            "Milestone {milestone} is already delivered or invoiced and can no longer be replanned.",
            "里程碑 {milestone} 已交付或已开票，不能再调整。",
        ),
        Text(
            "Change only milestones that are still planned, or add a new one.", "请只调整未交付的里程碑，或新增里程碑。"
        ),
        milestone=no,
    )


def customer_already(name: str) -> RuleRefused:
    """Refuse: the contract has this customer already."""
    return _refused(
        "new_customer",
        Text("{customer} is the customer of the contract already.", "{customer} 已是本合同的客户。"),
        Text(
            "Name who takes the customer's place, or choose another kind of change.",
            "请填写新的签约主体，或改选其他变更类型。",
        ),
        customer=name,
    )


def unknown_milestone(no: int) -> RuleRefused:
    """Refuse: the contract has no such milestone."""
    return _refused(
        "milestones",
        Text("The contract has no milestone {milestone}.", "本合同没有里程碑 {milestone}。"),
        Text("Choose one of its milestones.", "请选择本合同已有的里程碑。"),
        milestone=no,
    )


def write_off_too_much(amount: int, open_amount: int) -> RuleRefused:
    """Refuse: nobody writes off more than is open."""
    return _refused(
        "written_off",
        Text(
            "{amount} cannot be written off: only {open} is open.",
            "不能核销坏账 {amount}：未收余额只有 {open}。",
        ),
        Text("Write off at most what is open.", "核销金额不得超过未收余额。"),
        amount=amount,
        open=open_amount,
    )


def paid_meanwhile(amount: int, open_amount: int) -> RuleRefused:
    """Refuse: money came in after it was proposed to give more up."""
    return _refused(
        "clearing_verdict",
        Text(
            "{amount} cannot be given up: money came in meanwhile, only {open} is open.",
            "期间已有到账，未收余额只剩 {open}，不能再放弃 {amount}。",
        ),
        Text("Decide against it: finance then proposes anew for what is left.", "请不予同意，由财经按余额重新提出。"),
        amount=amount,
        open=open_amount,
    )


def still_open(what: Text) -> RuleRefused:
    """Refuse: closing without open items, though there are some."""
    return _refused(
        "closing",
        Text(f"The contract still has {what.en}.", f"合同仍有{what.zh}。"),
        Text("Decide for closing with open items, or for not yet.", "请选择“带遗留项关闭”或“暂不关闭”。"),
    )


def already_executing() -> RuleRefused:
    """Refuse: milestones that already run are changed by a contract change only."""
    return _refused(
        "milestones",
        Text("Work has begun by a waiver: the milestones are fixed now.", "已提前开工，里程碑不能再直接更正。"),
        Text("Leave the table empty and ask for a contract change.", "请清空里程碑表，另走合同变更。"),
    )


def already_reported(no: int) -> RuleRefused:
    """Refuse: the same milestone is not delivered twice."""
    return _refused(
        "milestone_no",
        Text("Milestone {milestone} does not wait for a delivery now.", "里程碑 {milestone} 当前不在等待交付。"),
        Text("Look at the contract's page to see where it stands.", "请在合同页面查看该里程碑的当前状态。"),
        milestone=no,
    )


def invoice_not_named() -> RuleRefused:
    """Refuse: nobody can tell which invoice a payment is for."""
    return _refused(
        "invoice_no",
        Text("The payment names no invoice.", "到账信息没有发票号码。"),
        Text("Say which invoice it pays.", "请写明核销哪张发票。"),
    )


def nothing_runs() -> RuleRefused:
    """Refuse: a contract whose milestones are all settled, or that ended early, takes no new ones."""
    return _refused(
        "new_plan",
        Text(
            "No milestone of the contract is worked on any more: it takes no new ones.",
            "本合同已没有在执行的里程碑，不能再新增。",
        ),
        Text("Drop the change, or sign a new contract for what comes now.", "请将变更作罢，新增内容另签合同。"),
    )
