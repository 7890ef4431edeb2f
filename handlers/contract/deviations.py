"""Where a contract departs from the proposal that was reviewed, in words (`ltc.md` O4.2a, C1.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from engine.text import Text
from handlers.contract.records import Contract
from handlers.documents.model import Day, Money, Table, Value
from handlers.money import written

LONGEST = 700
"""How many characters of one language a case carries of all deviations together."""

DIMENSIONS = MappingProxyType(
    {
        "solution": Text("Solution", "方案"),
        "delivery": Text("Delivery", "交付"),
        "legal": Text("Commercial-legal", "商法"),
        "finance": Text("Finance", "财经"),
    }
)
LIABILITY = MappingProxyType(
    {
        "capped": Text("Up to the contract's amount", "不超过合同额"),
        "raised": Text("Beyond the contract's amount", "高于合同额"),
        "unlimited": Text("Without limit", "无上限"),
    }
)
CLAUSES = MappingProxyType(
    {
        "price": Text("Price", "价格"),
        "margin": Text("Gross margin", "毛利率"),
        "prepayment": Text("Prepayment", "预付比例"),
        "payment": Text("Days of payment", "账期"),
        "warranty": Text("Warranty", "质保期"),
        "penalties": Text("Penalties at most", "违约金上限"),
        "liability": Text("Our liability", "责任上限"),
        "law": Text("Law and court", "适用法律与管辖"),
        "delivery": Text("Delivery", "交付日期"),
        "clauses": Text("Clauses", "合同条款"),
    }
)
"""The terms that are compared automatically; any other clause is named by whoever drafted the contract."""
_WORDS = MappingProxyType(
    {
        "library": Text("From the library", "出自标准条款库"),
        "own": Text("Not all from the library", "有非标条款"),
        "usual": Text("Our usual", "我方标准"),
        "foreign": Text("Other than usual", "非我方标准"),
    }
)


@dataclass(frozen=True, slots=True)
class Deviation:
    """One departure: which term, who judges it, as it was reviewed, as it is now, why."""

    clause: Text
    dimension: Text
    reviewed: Value
    drafted: Value
    why: str = ""


def read(rows: Iterable[Mapping[str, Any]]) -> list[Deviation]:
    """Return the rows that the comparison kept, in words."""
    return [
        Deviation(
            clause=CLAUSES.get(row["clause"], Text(row["clause"], row["clause"])),
            dimension=DIMENSIONS.get(row["dimension"], Text(row["dimension"], row["dimension"])),
            reviewed=_value(row["clause"], str(row["reviewed"])),
            drafted=_value(row["clause"], str(row["drafted"])),
            why=str(row.get("why") or ""),
        )
        for row in rows
    ]


def _value(clause: str, written: str) -> Value:
    """Return a compared figure as what it is; what a person wrote stays as it is."""
    kind = _KINDS.get(clause)
    try:
        return kind(written) if kind is not None else written
    except (KeyError, ValueError):
        return written


def _percent(written: str) -> Value:
    return f"{int(written)} %"


def _days(written: str) -> Value:
    return Text(f"{int(written)} days", f"{int(written)} 天")


def _months(written: str) -> Value:
    return Text(f"{int(written)} months", f"{int(written)} 个月")


_KINDS: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "price": lambda written: Money(fen=int(written)),
        "margin": _percent,
        "prepayment": _percent,
        "payment": _days,
        "warranty": _months,
        "penalties": _percent,
        "liability": LIABILITY.__getitem__,
        "law": _WORDS.__getitem__,
        "delivery": lambda written: Day(day=date.fromisoformat(written)),
        "clauses": _WORDS.__getitem__,
    }
)


def of_contract(contract: Contract) -> list[Deviation]:
    """Return the departures that the contract was signed with; an imported one names none."""
    return read(contract.facts.get("signed", {}).get("deviation_rows") or [])


def told(found: Sequence[Deviation]) -> str | None:
    """Return the departures in both languages, one on a line, for the data of a case; ``None`` without any."""
    if not found:
        return None
    lines = [_line(each) for each in found]
    en, zh = "\n".join(each.en for each in lines), "\n".join(each.zh for each in lines)
    return Text(en[:LONGEST], zh[:LONGEST]).both()


def _line(each: Deviation) -> Text:
    before, after = _text(each.reviewed), _text(each.drafted)
    why = Text(f" ({each.why})", f"（{each.why}）") if each.why else Text("", "")
    return Text(
        f"{each.clause.en}: {before.en} → {after.en}{why.en}", f"{each.clause.zh}：{before.zh} → {after.zh}{why.zh}"
    )


def _text(value: Value) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, Money):
        return written(value.fen)
    words = value.day.isoformat() if isinstance(value, Day) else str(value)
    return Text(words, words)


def table(found: Sequence[Deviation]) -> list[Table]:
    """Return the departures as a table of a document; nothing without any."""
    if not found:
        return []
    columns = (
        Text("Term", "条款"), Text("Dimension", "所属维度"), Text("As reviewed", "评审时"),
        Text("In the contract", "合同约定"), Text("Why", "原因"),
    )  # fmt: skip
    rows = tuple((each.clause, each.dimension, each.reviewed, each.drafted, each.why) for each in found)
    title = Text("Deviations from the reviewed proposal", "与已评审建议书的偏离")
    return [Table(title=title, columns=columns, rows=rows)]
