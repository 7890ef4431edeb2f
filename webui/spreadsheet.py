"""Tables as CSV files that a spreadsheet opens as they are: UTF-8 with a mark, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from flask import Response

MARK = "\ufeff"
ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would take a cell that begins so for a formula."""


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a CSV file in which no cell is taken for a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(headings)
    writer.writerows([f"'{cell}" if cell.startswith(ACTIVE) else cell for cell in row] for row in rows)
    return MARK + buffer.getvalue()


def file(content: str, name: str) -> Response:
    """Return a CSV file to be kept under ``name``."""
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})
