"""Values of documents in the language of the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.text import Text
from handlers.documents.model import NOTHING, Day, Moment, Money, NineCells, Several, Table, Value
from webui.i18n import day, language, moment, money, say


def said(value: Value) -> str:
    """Return one value in the reader's words: phrases, amounts (万元), days and moments."""
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, Money):
        return money(value.fen)
    if isinstance(value, Day):
        return day(value.day)
    if isinstance(value, Moment):
        return moment(value.at)
    if isinstance(value, Several):
        return ("、" if language() == "zh_CN" else ", ").join(words for each in value.values if (words := said(each)))
    return value


_NUMBER = re.compile(r"[+-]?\d{1,6}(\.\d+)?( ?%)?")
"""A count, a score, a percentage; what is longer is the number of an invoice or of a telephone."""


def columns_of_numbers(table: Table) -> list[bool]:
    """Return for each column whether nothing but amounts and numbers stand in it; the first one names its row."""
    found = []
    for number, each in enumerate(zip(*table.rows, strict=True)):
        values = [value for value in each if value != NOTHING]
        found.append(bool(values) and all(_is_number(value, first=number == 0) for value in values))
    return found


def _is_number(value: Value, *, first: bool) -> bool:
    return isinstance(value, Money) or (not first and isinstance(value, str) and bool(_NUMBER.fullmatch(value)))


NINE_ROWS = (
    ("R", Text("Reasons: diagnose", "原因（诊断）")),
    ("I", Text("Impact: explore", "影响（探究）")),
    ("C", Text("Capabilities: visualise", "能力（构想）")),
)
NINE_COLUMNS = (
    ("1", Text("Open question", "开放型问题")),
    ("2", Text("Control question", "控制型问题")),
    ("3", Text("Confirm", "确认型问题")),
)
"""The grid of the guidance path (`ltc.md` 2.2, O2)."""


def lines_of(board: NineCells) -> Mapping[str, Sequence[Value]]:
    """Return what stands in each cell of the board by its key."""
    return {cell.key: cell.lines for cell in board.cells}
