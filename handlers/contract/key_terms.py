"""The sheet of key terms that AR, SR, FR and delivery fill in on their own, and where they read the contract unlike.

Four people can be wrong together, so the sheets are also compared with what is registered of the contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from engine.text import Text
from handlers.contract.records import Contract, Milestone
from handlers.contract.statuses import CANCELLED
from handlers.money import written

TERMS = MappingProxyType(
    {
        "scope": Text("Scope", "交付范围"),
        "price": Text("Price with tax", "含税总价"),
        "price_basis": Text("Price basis", "计价方式"),
        "prepayment": Text("Advance payment, %", "预付款比例（%）"),
        "last_payment": Text("Last payment, %", "尾款比例（%）"),
        "longest_terms": Text("Longest days to pay", "最长付款天数"),
        "acceptance_by": Text("What counts as acceptance", "以什么为验收"),
        "acceptance_days": Text("Days for acceptance", "验收期限（天）"),
        "final_delivery_on": Text("Final delivery", "最终交付日期"),
        "warranty_months": Text("Warranty, months", "质保期（月）"),
        "penalty_per_week": Text("Penalty per week of delay, %", "每周误期违约金（%）"),
        "penalty_cap": Text("Cap of penalties, %", "违约金上限（%）"),
    }
)
"""The terms that are compared (`ltc.md` C1.5: scope, price, payment, acceptance, dates, penalties), by field."""

ANSWERS = MappingProxyType(
    {
        "hardware": Text("hardware", "硬件"),
        "software": Text("software", "软件"),
        "installation": Text("installation", "安装"),
        "integration": Text("integration", "集成"),
        "training": Text("training", "培训"),
        "service": Text("service", "运维服务"),
        "spares": Text("spare parts", "备件"),
        "fixed": Text("fixed price", "总价包干"),
        "unit": Text("unit prices", "单价结算"),
        "cost": Text("cost plus", "成本加成"),
        "certificate": Text("signed certificate", "签署验收证书"),
        "use": Text("start of use", "投入使用"),
        "silence": Text("no objection in time", "逾期未提异议"),
        "test": Text("passed test", "通过测试"),
    }
)
"""What stands for the answers to scope, price basis and acceptance; an answer that is not here is told as it is."""

READERS = MappingProxyType({"terms_ar": "ar", "terms_sr": "sr", "terms_fr": "fr", "terms_pm": "pm"})
"""The elements at which the sheet is filled in, with the short name of who does."""
REGISTERED = Text("Registered", "合同登记")
"""What stands beside the readers."""


def registered(contract: Contract, milestones: Sequence[Milestone]) -> dict[str, Any]:
    """Return the terms that follow from the record of ``contract`` and the plan of its ``milestones``.

    The money of the first milestones is an advance payment as long as it is due without a delivery. Terms of which the
    record says nothing are left out.
    """
    paying = [each for each in milestones if each.status != CANCELLED and each.amount]
    first_delivery = next((at for at, each in enumerate(paying) if each.evidence != "none"), len(paying))
    known: dict[str, Any] = {
        "price": contract.amount,
        "prepayment": _percent(sum(each.amount for each in paying[:first_delivery]), contract.amount),
        "longest_terms": max((each.payment_days for each in paying), default=0),
    }
    if len(paying) > 1:
        known["last_payment"] = _percent(paying[-1].amount, contract.amount)
    if contract.delivery_on is not None:
        known["final_delivery_on"] = contract.delivery_on.isoformat()
    for term in ("warranty_months", "penalty_cap"):
        if getattr(contract, term) is not None:
            known[term] = getattr(contract, term)
    return known


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def compare(sheets: Mapping[str, Mapping[str, Any]], known: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the terms on which ``sheets`` (answers by reader) differ: term → answer by reader.

    Lists are compared without regard to their order. A term that a reader left out counts as an answer of its own;
    what is ``known`` of the contract without them is one more, under ``registered``.
    """
    differing = {}
    for term in TERMS:
        answers = {reader: sheet.get(term) for reader, sheet in sheets.items()}
        if term in known:
            answers["registered"] = known[term]
        if len({spoken(value) for value in answers.values()}) > 1:
            differing[term] = answers
    return differing


def spoken(value: Any) -> str:
    """Return an answer as text, lists in alphabetical order."""
    return "+".join(sorted(map(str, value))) if isinstance(value, list) else "–" if value is None else str(value)


LONGEST = 480
"""Letters of one language in which the differences are told, so that both fit into a line of the case's data."""


def told(differing: Mapping[str, Mapping[str, Any]]) -> Text:
    """Return who says what of the terms that :func:`compare` found to differ, as one sentence for people."""
    english, chinese = [], []
    for term, answers in differing.items():
        said = [(_reader(reader), _in_words(term, value)) for reader, value in answers.items()]
        english.append(f"{TERMS[term].en}: " + ", ".join(f"{reader.en} {words.en}" for reader, words in said))
        chinese.append(f"{TERMS[term].zh}：" + "，".join(f"{reader.zh} {words.zh}" for reader, words in said))
    return Text("; ".join(english)[:LONGEST], "；".join(chinese)[:LONGEST])


def _reader(reader: str) -> Text:
    return REGISTERED if reader == "registered" else Text(reader.upper(), reader.upper())


def _in_words(term: str, value: Any) -> Text:
    if term == "price" and isinstance(value, int):
        return written(value)
    parts = [ANSWERS.get(each, Text(each, each)) for each in (spoken(value) or "–").split("+")]
    return Text(" + ".join(each.en for each in parts), "、".join(each.zh for each in parts))
