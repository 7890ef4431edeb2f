"""Payments from a bank statement: every line is booked on the invoice that it names, or says why not (`ltc.md` M5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import LtcError, RuleRefused
from engine.text import Text
from handlers.contract.records import Contract, Invoice, Payment
from handlers.money import FEN_PER_YUAN
from handlers.spreadsheet import EMPTY, UnreadableFile, rows_of, too_long

MOST_LINES = 2_000
LONGEST_REFERENCE = 80
LARGEST = 10**15

COLUMNS: Mapping[str, tuple[Text, bool, frozenset[str]]] = {
    "reference": (
        Text("Bank reference", "银行流水号"), True,
        frozenset({"reference", "bank reference", "transaction no", "流水号", "银行流水号", "交易流水号", "交易流水"}),
    ),
    "received_on": (
        Text("Received on", "到账日期"), True,
        frozenset({"received on", "received_on", "date", "value date", "到账日期", "交易日期", "日期", "入账日期"}),
    ),
    "amount": (
        Text("Amount in yuan", "到账金额（元）"), True,
        frozenset(
            {
                "amount", "amount in yuan", "credit", "金额", "到账金额", "到账金额（元）", "贷方金额", "收入金额",
                "交易金额",
            }
        ),
    ),
    "invoice": (
        Text("Invoice number", "发票号码"), False,
        frozenset({"invoice", "invoice number", "invoice no", "invoice_no", "发票号", "发票号码"}),
    ),
    "payer": (
        Text("Payer", "付款方"), False,
        frozenset({"payer", "customer", "付款方", "付款人", "对方户名", "对方名称", "客户"}),
    ),
    "note": (
        Text("Remark", "附言"), False,
        frozenset({"note", "remark", "remarks", "description", "附言", "摘要", "备注", "用途"}),
    ),
}  # fmt: skip
"""The columns that a statement may have: label, whether needed, the headings that banks give them."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a line brings for one invoice, in fen; ``left`` is what the invoice still asks for after it."""

    invoice: str
    contract_id: int
    contract: str
    amount: int
    left: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement. ``number`` counts the lines of the file from 1; ``reason`` says why it is refused."""

    number: int
    cells: Sequence[str]
    reference: str = ""
    received_on: date | None = None
    amount: int = 0
    payer: str = ""
    note: str = ""
    shares: tuple[Share, ...] = ()
    reason: Text | None = None

    @property
    def accepted(self) -> bool:
        """Whether the line is, or would be, booked."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was read: its heading and its lines, each with what becomes of it."""

    heading: Sequence[str]
    lines: Sequence[Line]


Book = Callable[[Session, Line, Share], None]
"""Tells the case of a contract about one share of a payment, in the caller's transaction; raises ``LtcError``."""


class _Unfit(Exception):
    def __init__(self, en: str, zh: str) -> None:
        self.text = Text(en, zh)
        super().__init__(en)


def look(session: Session, content: bytes, *, visible: sa.ColumnElement[bool], today: date) -> Statement:
    """Return what would become of each line; nothing is booked.

    A line names its invoice in a column of its own or within the remark; one that pays several invoices settles them
    in the order named. ``visible`` is the condition on contracts for those that the person may see.
    Raises ``UnreadableFile``.
    """
    rows = rows_of(content)
    heading = next(rows, None)
    if heading is None:
        raise UnreadableFile(EMPTY)
    places = _places(heading[1])
    lines: list[Line] = []
    for number, cells in rows:
        if len(lines) == MOST_LINES:
            raise too_long(MOST_LINES)
        lines.append(_read(number, cells, places, today))
    return Statement(heading[1], _matched(session, lines, visible))


def book(session: Session, statement: Statement, tell: Book) -> Statement:
    """Book every line that fits, each as a whole or not at all; return what became of them."""
    return Statement(
        statement.heading,
        [_booked(session, line, tell) if line.accepted else line for line in statement.lines],
    )  # fmt: skip


def _booked(session: Session, line: Line, tell: Book) -> Line:
    try:
        with session.begin_nested():
            for share in line.shares:
                tell(session, line, share)
    except RuleRefused as refused:
        return replace(
            line, reason=Text(f"{refused.reason.en} {refused.cure.en}", f"{refused.reason.zh}{refused.cure.zh}")
        )  # fmt: skip
    except LtcError:
        return replace(line, reason=_NOT_NOW)
    return line


_NOT_NOW = Text(
    "The contract takes no payment now: its page tells how it stands.", "该合同目前不能登记到账，请到合同页面查看进展。"
)


def _places(heading: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(heading):
        bare = cell.strip().rstrip("*").casefold()
        for name, (_, _, known) in COLUMNS.items():
            if bare in known and name not in places:
                places[name] = place
    missing = [label for name, (label, needed, _) in COLUMNS.items() if needed and name not in places]
    if missing:
        raise UnreadableFile(
            Text(
                "These columns are missing: " + ", ".join(label.en for label in missing),
                "缺少以下列：" + "、".join(label.zh for label in missing),
            )
        )
    return places


def _read(number: int, cells: Sequence[str], places: Mapping[str, int], today: date) -> Line:
    def cell(name: str) -> str:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    reference = cell("reference")
    line = Line(number, cells, payer=cell("payer")[:200], note=" ".join((cell("invoice"), cell("note"))).strip())
    if not reference or len(reference) > LONGEST_REFERENCE:
        return replace(
            line, reason=Text("The bank's reference is missing or too long.", "缺少银行流水号，或流水号过长。")
        )
    try:
        received_on, amount = _day(cell("received_on"), today), _fen(cell("amount"))
    except _Unfit as unfit:
        return replace(line, reason=unfit.text)
    return replace(line, reference=reference, received_on=received_on, amount=amount)


def _fen(cell: str) -> int:
    try:
        fen = Decimal(re.sub(r"[,，\s¥￥]|元$|CNY|RMB", "", cell)) * FEN_PER_YUAN
    except InvalidOperation:
        raise _Unfit(f"{cell!r} is not an amount in yuan.", f"“{cell}”不是以元为单位的金额。") from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise _Unfit(f"{cell!r} is not an amount in yuan.", f"“{cell}”不是以元为单位的金额。")
    if not 0 < fen < LARGEST:
        raise _Unfit("Only money that came in can be booked.", "只能登记到账（收入）金额。")
    return int(fen)


def _day(cell: str, today: date) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?", cell)
    try:
        day = date(*(int(part) for part in found.groups())) if found is not None else None
    except ValueError:
        day = None
    if day is None:
        raise _Unfit(f"{cell!r} is not a day.", f"“{cell}”不是日期。")
    if day > today:
        raise _Unfit("The day of receipt lies in the future.", "到账日期晚于今天。")
    return day


def _matched(session: Session, lines: Sequence[Line], visible: sa.ColumnElement[bool]) -> list[Line]:
    """Find the invoices of all lines and what was booked before, one statement each."""
    wanted = {word for line in lines if line.accepted for word in _words(line.note)}
    found = _in_portions(wanted, lambda some: session.execute(
        sa.select(Invoice, Contract).join(Contract).where(Invoice.number.in_(some), visible)
    ))  # fmt: skip
    invoices = {claim.number: (claim, contract) for claim, contract in found}
    references = {line.reference for line in lines if line.accepted}
    booked = set(_in_portions(references, lambda some: session.scalars(
        sa.select(Payment.reference).where(Payment.reference.in_(some))
    )))  # fmt: skip
    left = {number: claim.open_amount for number, (claim, _) in invoices.items()}
    done: list[Line] = []
    for line in lines:
        if not line.accepted:
            done.append(line)
            continue
        try:
            shares = _shares(line, invoices, booked, left)
        except _Unfit as unfit:
            done.append(replace(line, reason=unfit.text))
            continue
        booked.add(line.reference)
        left |= {share.invoice: share.left for share in shares}
        done.append(replace(line, shares=shares))
    return done


def _in_portions(wanted: set[str], ask: Callable[[list[str]], Any], size: int = 500) -> Iterator[Any]:
    every = sorted(wanted)
    for begin in range(0, len(every), size):
        yield from ask(every[begin : begin + size])


def _words(note: str) -> list[str]:
    """Return what in a remark may be the number of an invoice, in order."""
    return list(dict.fromkeys(re.findall(r"[0-9A-Za-z][0-9A-Za-z_./-]{2,59}", note)))


def _shares(
    line: Line,
    invoices: Mapping[str, tuple[Invoice, Contract]],
    booked: set[str],
    left: Mapping[str, int],
) -> tuple[Share, ...]:
    if line.reference in booked:
        raise _Unfit(
            f"The payment {line.reference} is booked already, or stands twice in this file.",
            f"流水 {line.reference} 已入账，或在本文件中重复出现。",
        )
    named = [word for word in _words(line.note) if word in invoices]
    if not named:
        raise _Unfit(
            "No invoice of ours is named in this line. Add its number in the column of invoices.",
            "该行未写明我方开具的发票号码，请在“发票号码”列补充。",
        )
    shares, rest = [], line.amount
    for number in named:
        claim, contract = invoices[number]
        part = min(rest, left[number])
        if part > 0:
            shares.append(Share(number, claim.contract_id, contract.number, part, left[number] - part))
            rest -= part
    if rest > 0:
        open_amount = sum(left[number] for number in named)
        raise _Unfit(
            f"{_yuan(line.amount)} yuan is more than the {_yuan(open_amount)} yuan still open on {', '.join(named)}. "
            "Name further invoices, or book the part that fits by hand.",
            f"到账 {_yuan(line.amount)} 元，超过发票 {'、'.join(named)} 的未收余额 {_yuan(open_amount)} 元。"
            "请补充其他发票号码，或手工核销。",
        )
    return tuple(shares)


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / FEN_PER_YUAN:,.2f}"
