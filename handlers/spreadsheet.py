"""Tables that people hand in: CSV as their spreadsheets and their banks write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from engine.errors import InvalidInput
from engine.text import Text

_GUARDED = re.compile(r"^'(?=[=+\-@])")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheet programs begin, the present kind and the old one."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

EMPTY = Text("The file is empty: its first row must name the columns.", "文件是空的：第一行必须是列名。")


class UnreadableFile(InvalidInput):
    """The file is not a table with the headings that are needed as its first row."""

    def __init__(self, reason: Text) -> None:
        """``reason`` says what is wrong, and what to do."""
        self.reason = reason
        super().__init__(reason=reason.en)


def too_long(most: int) -> UnreadableFile:
    """Return the refusal of a table with more than ``most`` rows."""
    return UnreadableFile(
        Text(f"The file has more than {most:,} rows: split it.", f"文件超过 {most:,} 行，请拆分后再导入。")
    )


def rows_of(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of a CSV file that are not empty, each with the number of its last line.

    A cell that was guarded with an apostrophe, so that no spreadsheet takes it for a formula, is as it was before.
    Raises ``UnreadableFile``.
    """
    text = _text(content)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)

    def lines() -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, [_GUARDED.sub("", cell.strip()) for cell in cells]
        except csv.Error as error:
            raise UnreadableFile(
                Text(
                    f"Line {reader.line_num} cannot be read: a quotation mark is left open, or a cell is too long.",
                    f"第 {reader.line_num} 行无法读取：引号不成对，或某个单元格过长。",
                )
            ) from error

    return lines()


def _text(content: bytes) -> str:
    if content.startswith(_WORKBOOKS):
        raise UnreadableFile(
            Text(
                "This is a workbook: open it in your spreadsheet program, save it as CSV, and import that file.",
                "这是 Excel 工作簿：请打开后另存为 CSV，再导入该文件。",
            )
        )
    for encoding in ("utf-16",) if content.startswith(_UTF_16) else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(
        Text(
            "The file is no text in UTF-8 or GBK: save it as CSV (UTF-8) and import it again.",
            "文件不是 UTF-8 或 GBK 文本：请另存为 CSV（UTF-8）后重新导入。",
        )
    )
