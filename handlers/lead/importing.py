"""Leads from a CSV file: every row is read by the form *Fill in and submit lead* and becomes a case, or says why not.

The form decides what a row may hold, so a field that a process owner adds to it can be imported at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidAnswers, LtcError, RuleRefused
from engine.inbox.answers import validate
from engine.text import Text
from handlers.customer.names import key_of
from handlers.lead import queries
from handlers.money import FEN_PER_WAN
from handlers.organisation import queries as organisation
from handlers.spreadsheet import EMPTY, UnreadableFile, rows_of, too_long

MOST_ROWS = 5_000
PIECE = 25

REASON = Text("Reason", "拒绝原因")
"""The heading of the column with which refused rows come back; it is passed over when they are imported again."""

Start = Callable[[Session, dict[str, Any]], str]
"""Starts a case from the answers of one row, within the caller's transaction; returns the lead's number."""


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row; ``line`` counts the lines of the file from 1, the heading is line 1.

    Of a refused row ``unreadable`` says which cells could not be read, ``refusal`` what the form or the case said.
    """

    line: int
    number: str | None = None
    unreadable: tuple[Text, ...] = ()
    refusal: LtcError | None = None

    @property
    def accepted(self) -> bool:
        """Whether the row became a lead."""
        return self.number is not None


class _Unfit(Exception):
    def __init__(self, en: str, zh: str) -> None:
        self.text = Text(en, zh)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, each with its line, and what its columns hold."""

    schema: Mapping[str, Any]
    columns: list[_Column]
    rows: list[tuple[int, list[str]]]

    def pieces(self) -> Iterator[Table]:
        """Yield the rows a few at a time: each piece fits in a transaction that keeps nobody waiting."""
        for begin in range(0, len(self.rows), PIECE):
            yield replace(self, rows=self.rows[begin : begin + PIECE])


def table_of(content: bytes, schema: Mapping[str, Any]) -> Table:
    """Read a CSV file (UTF-8, UTF-16 or GB 18030) whose first row names fields: by name, English or Chinese title.

    Raises ``UnreadableFile``.
    """
    rows = rows_of(content)
    heading = next(rows, None)
    if heading is None:
        raise UnreadableFile(EMPTY)
    columns = _columns(heading[1], schema)
    given = list(islice(rows, MOST_ROWS + 1))
    if len(given) > MOST_ROWS:
        raise too_long(MOST_ROWS)
    return Table(schema, columns, given)


def import_leads(session: Session, table: Table, *, by: Actor, now: datetime, start: Start) -> list[RowReport]:
    """Start a case for each row; return a report per row.

    Money is in 万元, dates are ``2026-11-23`` or ``2026/11/23``, several choices stand apart by ``;`` or ``、``, units
    are named by code or name. A row that is refused leaves nothing behind and does not stop the others. One that ``by``
    reported before is refused, so that a file may be sent again when nobody saw what became of it.
    """
    units = {
        key.casefold(): unit.id
        for unit in organisation.units(session)
        for key in (unit.code, unit.name_en, unit.name_zh)
    }  # fmt: skip
    read = [(line, *_answers(cells, table.columns, units)) for line, cells in table.rows]
    titles = {answers["title"] for _, answers, _ in read if "title" in answers}
    before = {
        _same(lead.title, lead.customer_name, lead.problem): lead.number
        for lead in queries.reported_by(session, by, titles, now=now)
    }
    reports = []
    for line, answers, unreadable in read:
        same = _same(answers.get("title"), answers.get("customer"), answers.get("problem"))
        if same in before:
            reports.append(_reported(line, before[same]))
            continue
        report = _one(session, line, answers, unreadable, table.schema, start)
        if report.accepted:
            before[same] = report.number
        reports.append(report)
    return reports


def _one(
    session: Session,
    line: int,
    answers: dict[str, Any],
    unreadable: Mapping[str, Text],
    schema: Mapping[str, Any],
    start: Start,
) -> RowReport:
    refusal: LtcError | None = None
    try:
        validate(schema, answers)
        if not unreadable:
            with session.begin_nested():
                return RowReport(line, number=start(session, answers))
    except InvalidAnswers as error:
        # what stands there, if unreadable, is not missing besides
        left = {path: codes for path, codes in error.errors.items() if path not in unreadable}
        refusal = InvalidAnswers(left) if left else None
    except LtcError as error:
        refusal = error
    return RowReport(line, unreadable=tuple(unreadable.values()), refusal=refusal)


def _same(title: str | None, customer: str | None, problem: str | None) -> tuple[str, str, str]:
    return title or "", key_of(customer or ""), problem or ""


def _reported(line: int, number: str | None) -> RowReport:
    refusal = RuleRefused(
        Text(f"You have reported this already: {number}.", f"您已提交过该线索：{number}。"),
        Text("Leave the row out.", "无需再次导入。"),
    )
    return RowReport(line, refusal=refusal)


class _Column(NamedTuple):
    """What a column holds: the answers to ``field``; without one it must be empty, or is ``passed`` over."""

    name: str = ""
    field: Mapping[str, Any] | None = None
    passed: bool = False


def _columns(heading: list[str], schema: Mapping[str, Any]) -> list[_Column]:
    properties: Mapping[str, Mapping[str, Any]] = schema["properties"]
    known = {}
    for name, each in properties.items():
        for key in (name, each.get("title", name), each.get("x-title-zh", name)):
            known[_bare(key)] = name
    unknown = [cell for cell in heading if _bare(cell) and _bare(cell) not in known.keys() | _REASONS]
    if unknown:
        raise UnreadableFile(
            Text(
                f"These columns are not known: {', '.join(unknown)}. The template has the names.",
                f"以下列无法识别：{'、'.join(unknown)}。列名请参照模板。",
            )
        )
    names = [known.get(_bare(cell), "") for cell in heading]
    twice = [cell for cell, name in zip(heading, names, strict=True) if name and names.count(name) > 1]
    if twice:
        raise UnreadableFile(
            Text(
                f"These columns stand for the same: {', '.join(twice)}. Keep one of them.",
                f"以下列重复：{'、'.join(twice)}。请只保留一列。",
            )
        )
    if not any(names):
        raise UnreadableFile(EMPTY)
    return [
        _Column(name, properties.get(name), passed=_bare(cell) in _REASONS)
        for cell, name in zip(heading, names, strict=True)
    ]


def _bare(text: str) -> str:
    return re.sub(r"[\s*＊]+", "", text).casefold()


_NAMELESS = Text("a cell stands in a column without a name", "有内容位于没有列名的列中")
_REASONS = frozenset({_bare(REASON.en), _bare(REASON.zh)})


def _answers(
    cells: list[str], columns: list[_Column], units: Mapping[str, int]
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Return the answers of a row, and by field why a cell cannot be read."""
    answers: dict[str, Any] = {}
    unreadable: dict[str, Text] = {}
    for cell, column in zip_longest(cells, columns, fillvalue=None):
        if not cell or (column is not None and column.passed):
            continue
        if column is None or column.field is None:
            unreadable[""] = _NAMELESS
            continue
        try:
            answers[column.name] = _value(cell, column.field, units)
        except _Unfit as unfit:
            unreadable[column.name] = unfit.text
    return answers, unreadable


def _value(cell: str, field: Mapping[str, Any], units: Mapping[str, int]) -> Any:
    if field.get("x-file"):
        raise _Unfit(f"{field['title']}: files cannot be imported", f"{field['x-title-zh']}：不能导入文件")
    items = field.get("items", {})
    if "oneOf" in items:
        several = _choices(items)
        return [_named(part, several, field) for part in re.split(r"[;；、|]", cell) if part.strip()]
    if field.get("x-unit") == "fen":
        return _fen(cell, field)
    if field.get("format") == "date":
        return _day(cell, field)
    choices = _known(cell, field, units)
    return cell if choices is None else _named(cell, choices, field)


def _known(cell: str, field: Mapping[str, Any], units: Mapping[str, int]) -> Mapping[str, Any] | None:
    """Return what may stand in the cell and what it means, or ``None`` when any text may."""
    if field.get("x-reference") == "unit":
        return units
    if "oneOf" in field:
        return _choices(field)
    if field.get("type") == "boolean":
        return _YES_NO
    if field.get("type") == "integer":
        return {cell: int(cell)} if re.fullmatch(r"-?\d{1,15}", cell) else {}
    return None


_YES_NO: Mapping[str, Any] = {
    **dict.fromkeys(("yes", "y", "true", "1", "是"), True), **dict.fromkeys(("no", "n", "false", "0", "否"), False)
}  # fmt: skip


def _choices(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return the choices by name; of one that explains itself (*Warm: being discussed*) the first word is enough."""
    named = {}
    for choice in field["oneOf"]:
        for text in (choice["const"], choice.get("title"), choice.get("x-title-zh")):
            if text is not None:
                named[str(text).casefold()] = choice["const"]
                named.setdefault(re.split("[:：]", str(text))[0].strip().casefold(), choice["const"])
    return named


def _named(text: str, choices: Mapping[str, Any], field: Mapping[str, Any]) -> Any:
    try:
        return choices[text.strip().casefold()]
    except KeyError:
        raise _Unfit(
            f"{field.get('title')}: {text!r} is not known", f"{field.get('x-title-zh')}：无法识别“{text}”"
        ) from None


def _fen(cell: str, field: Mapping[str, Any]) -> int:
    try:
        fen = Decimal(re.sub(r"[,，\s]|万元?$", "", cell)) * FEN_PER_WAN
        if fen.is_finite() and fen == fen.to_integral_value():
            return int(fen)
    except InvalidOperation:
        pass  # said below, together with numbers finer than a fen
    raise _Unfit(
        f"{field.get('title')}: {cell!r} is not an amount in 10,000 yuan",
        f"{field.get('x-title-zh')}：“{cell}”不是以万元为单位的金额",
    )


def _day(cell: str, field: Mapping[str, Any]) -> str:
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", cell)
    try:
        if match is not None:
            return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        pass  # said below, together with what is no date at all
    raise _Unfit(f"{field.get('title')}: {cell!r} is not a date", f"{field.get('x-title-zh')}：“{cell}”不是日期")
