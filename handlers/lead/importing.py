"""Leads from a CSV file: every row is read by the form *Fill in and submit lead* and becomes a case, or says why not.

The form decides what a row may hold, so a field that a process owner adds to it can be imported at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session

from engine.errors import LtcError
from engine.text import Text
from handlers.money import FEN_PER_WAN
from handlers.organisation import queries as organisation
from handlers.spreadsheet import UnreadableFile, rows_of

MOST_ROWS = 5_000

REASON = Text("Reason", "拒绝原因")
"""The heading of the column with which refused rows come back; it is passed over when they are imported again."""

Start = Callable[[Session, dict[str, Any]], str]
"""Starts a case from the answers of one row, within the caller's transaction; returns the lead's number."""


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row; ``line`` counts the lines of the file from 1, the heading is line 1."""

    line: int
    number: str | None = None
    reason: Text | None = None

    @property
    def accepted(self) -> bool:
        """Whether the row became a lead."""
        return self.number is not None


class _Unfit(Exception):
    def __init__(self, en: str, zh: str) -> None:
        self.text = Text(en, zh)
        super().__init__(en)


def import_leads(session: Session, content: bytes, schema: Mapping[str, Any], *, start: Start) -> list[RowReport]:
    """Start a case for each row of a CSV file (UTF-8 or GB 18030); return a report per row.

    The first row names the fields: by name, English title or Chinese title. Money is in 万元, dates are ``2026-11-23``
    or ``2026/11/23``, several choices stand apart by ``;`` or ``、``, units are named by code or name. A row that is
    refused leaves nothing behind and does not stop the others. Raises ``UnreadableFile``.
    """
    rows = rows_of(content)
    heading = next(rows, None)
    if heading is None:
        raise UnreadableFile(problem="the file is empty")
    kept = [at for at, cell in enumerate(heading[1]) if _bare(cell) not in _REASONS]
    fields = _columns([heading[1][at] for at in kept], schema)
    units = {
        key.casefold(): unit.id
        for unit in organisation.units(session)
        for key in (unit.code, unit.name_en, unit.name_zh)
    }  # fmt: skip
    check = Draft202012Validator(dict(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)
    reports: list[RowReport] = []
    for line, cells in rows:
        if len(reports) == MOST_ROWS:
            raise UnreadableFile(problem=f"more than {MOST_ROWS} rows")
        own = [cells[at] for at in kept if at < len(cells)] + cells[len(heading[1]) :]
        reports.append(_one(session, line, own, fields, units, check, start))
    return reports


def _one(
    session: Session,
    line: int,
    cells: list[str],
    fields: list[tuple[str, Mapping[str, Any]]],
    units: Mapping[str, int],
    check: Any,
    start: Start,
) -> RowReport:
    try:
        answers = _answers(cells, fields, units)
        _validate(check, answers, dict(fields))
        with session.begin_nested():
            return RowReport(line, number=start(session, answers))
    except _Unfit as unfit:
        return RowReport(line, reason=unfit.text)
    except LtcError as error:
        return RowReport(line, reason=Text(str(error), f"系统拒绝了该行：{error}"))


def _columns(heading: list[str], schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    properties: Mapping[str, Mapping[str, Any]] = schema["properties"]
    known = {}
    for name, each in properties.items():
        for key in (name, each.get("title", name), each.get("x-title-zh", name)):
            known[_bare(key)] = name
    names = [known.get(_bare(cell)) for cell in heading]
    unknown = [cell for cell, name in zip(heading, names, strict=True) if name is None]
    if unknown or len(set(names)) < len(names):
        raise UnreadableFile(problem="unknown or repeated columns", columns=unknown or heading)
    return [(name, properties[name]) for name in names if name is not None]


def _bare(text: str) -> str:
    return re.sub(r"[\s*＊]+", "", text).casefold()


_REASONS = frozenset({_bare(REASON.en), _bare(REASON.zh)})


def _answers(cells: list[str], fields: list[tuple[str, Mapping[str, Any]]], units: Mapping[str, int]) -> dict[str, Any]:
    if len(cells) > len(fields):
        raise _Unfit("the row has more cells than the heading", "该行的列数多于表头")
    return {
        name: _value(cell, field, units) for cell, (name, field) in zip(cells, fields, strict=False) if cell
    }  # fmt: skip


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
    return {
        str(text).casefold(): choice["const"]
        for choice in field["oneOf"]
        for text in (choice["const"], choice.get("title"), choice.get("x-title-zh"))
        if text is not None
    }


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


def _validate(check: Any, answers: dict[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> None:
    errors = sorted(check.iter_errors(answers), key=lambda error: list(map(str, error.absolute_path)))
    if not errors:
        return
    error = errors[0]
    properties = check.schema["properties"]
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in answers]
        titles = [properties.get(name, {}) for name in missing]
        raise _Unfit(
            "missing: " + ", ".join(each.get("title", name) for each, name in zip(titles, missing, strict=True)),
            "缺少：" + "、".join(each.get("x-title-zh", name) for each, name in zip(titles, missing, strict=True)),
        )
    name = str(error.absolute_path[0]) if error.absolute_path else ""
    field = fields.get(name, {})
    raise _Unfit(f"{field.get('title', name)}: {error.message}", f"{field.get('x-title-zh', name)}：内容不符合要求")
