"""Tables that people hand in: CSV as their spreadsheets and their banks write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from engine.errors import InvalidInput

_GUARDED = re.compile(r"^'(?=[=+\-@])")


class UnreadableFile(InvalidInput):
    """The file is not a table with the headings that are needed as its first row."""


def rows_of(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of a CSV file that are not empty, each with the number of its last line.

    A cell that was guarded with an apostrophe, so that no spreadsheet takes it for a formula, is as it was before.
    Raises ``UnreadableFile``.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise UnreadableFile(problem="neither UTF-8 nor GB 18030") from None
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)

    def lines() -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, [_GUARDED.sub("", cell.strip()) for cell in cells]
        except csv.Error as error:
            raise UnreadableFile(problem=str(error), line=reader.line_num) from error

    return lines()
