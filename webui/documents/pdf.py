"""Documents as PDF: A4, page numbers, one Chinese font for both languages, embedded as a subset.

The font (Noto Sans SC, OFL) comes with the front-end packages; ``hatch_build.py`` lays it into ``dist/fonts``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from itertools import zip_longest
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from flask_babel import gettext
from reportlab.graphics.shapes import Drawing, Line, Polygon, String
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from engine.errors import Fault
from engine.text import Text
from handlers.documents.model import Document, Facts, NineCells, Part, Prose, Radar, Signatures, Table, Value
from webui import vite
from webui.documents.radar import Point, drawn
from webui.documents.words import NINE_COLUMNS, NINE_ROWS, columns_of_numbers, lines_of, said
from webui.i18n import language, moment, say

REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
FONTS = vite.DIST / "fonts"
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
NARROWEST = 11 * mm
INSIDE = 9
"""Points that the edges of a cell take."""
SHORT = 16
"""Letters up to which a cell is better not broken: a date in Chinese, an amount."""
MANY, BESIDE = 8, 60
"""From how many facts on a document begins with two columns of them, and how many letters each may have for that."""
INK, SOFT, LINE, SHADE, BLUE = (HexColor(each) for each in ("#1c2733", "#5a6573", "#c9d0d8", "#f3f5f8", "#1f5fbf"))

_one_at_a_time = Lock()
"""ReportLab keeps the subset of a document at the font, which all threads share."""


class FontMissing(Fault):
    """The font for PDF is not there: run `make assets`."""


@cache
def _fonts() -> None:
    for name, file in ((REGULAR, "NotoSansSC-Regular.ttf"), (BOLD, "NotoSansSC-Bold.ttf")):
        path = FONTS / file
        if not path.is_file():
            raise FontMissing(file=str(path))
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def _style(
    size: float, *, font: str = REGULAR, colour: Any = INK, before: float = 0, after: float = 0, right: bool = False
) -> ParagraphStyle:
    # Chinese breaks between characters; the same rule keeps English words whole as long as they fit a line.
    return ParagraphStyle(
        f"{font}{size}", fontName=font, fontSize=size, leading=size * 1.5, textColor=colour, spaceBefore=before,
        spaceAfter=after, wordWrap="CJK", alignment=TA_RIGHT if right else TA_LEFT,
    )  # fmt: skip


TITLE = _style(17, font=BOLD, after=1 * mm)
SUBJECT = _style(10, colour=SOFT, after=3 * mm)
HEADING = _style(11.5, font=BOLD, before=4 * mm, after=1.5 * mm)
UNDER = _style(9.5, font=BOLD, before=2 * mm, after=1 * mm)
BODY = _style(9.5)
LABEL = _style(9, colour=SOFT)
HEAD = _style(8.5, font=BOLD)
SMALL = _style(8.5)
RIGHT_HEAD, RIGHT = _style(8.5, font=BOLD, right=True), _style(8.5, right=True)


def foot(document: Document, at: datetime, gate: Text | None, sha256: str) -> str:
    """Return the line at the foot of every page."""
    if gate is None:
        return str(gettext("%(title)s, as of %(moment)s", title=say(document.title), moment=moment(at)))
    kept = gettext(
        "Kept at the decision %(gate)s, %(moment)s. Fingerprint %(print)s", gate=say(gate), moment=moment(at),
        print=sha256[:16],
    )  # fmt: skip
    return str(kept)


def rendered(document: Document, line: str) -> bytes:
    """Return the document as PDF in the language of this page; ``line`` stands at the foot of each page.

    Raises ``FontMissing``.
    """
    made = io.BytesIO()
    with _one_at_a_time:
        _fonts()
        template = SimpleDocTemplate(
            made, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN + 4 * mm,
            title=f"{document.number} {say(document.title)}".strip(), author="LTC Flow", subject=document.subject,
            lang="zh-CN" if language() == "zh_CN" else "en", initialFontName=REGULAR,
        )  # fmt: skip
        template.build(_story(document), canvasmaker=_numbered(line))
    return made.getvalue()


def _numbered(line: str) -> Callable[..., Any]:
    """Return a canvas that writes *page x of y*: it holds all pages back until their number is known."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - ReportLab's name
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._held, 1):
                self.__dict__.update(page)
                self.setFont(REGULAR, 7.5)
                self.setFillColor(SOFT)
                self.drawString(MARGIN, 12 * mm, line)
                of = gettext("Page %(page)d of %(pages)d", page=number, pages=len(self._held))
                self.drawRightString(A4[0] - MARGIN, 12 * mm, of)
                super().showPage()
            super().save()

    return Numbered


def _story(document: Document) -> list[Flowable]:
    story: list[Flowable] = [_text(say(document.title), TITLE)]
    about = " · ".join(each for each in (document.number, document.subject) if each)
    if about:
        story.append(_text(about, SUBJECT))
    for part in document.parts:
        story += _part(part)
    return story


def _text(words: str, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(escape(words).replace("\n", "<br/>"), style)


def _part(part: Part) -> list[Flowable]:
    style = UNDER if isinstance(part, Table) and part.under else HEADING
    heading = [_text(say(part.title), style)] if part.title is not None else []
    body = _BODIES[type(part)](part)
    # A heading stays with what it is about, one above another heading too; what is longer than a page goes on overleaf.
    for each in [*heading, *body[:-1]]:
        each.keepWithNext = True
    return [*heading, *body]


def _facts(part: Facts) -> list[Flowable]:
    rows = [[_text(say(row.label), LABEL), _text(said(row.value))] for row in part.rows]
    if not rows:
        return []
    widths = [WIDTH * 0.28, WIDTH * 0.72]
    if part.title is None and len(rows) >= MANY and all(_long(said(row.value)) <= BESIDE for row in part.rows):
        half = (len(rows) + 1) // 2
        rows = [[*left, *right] for left, right in zip_longest(rows[:half], rows[half:], fillvalue=["", ""])]
        widths = [WIDTH * each for each in (0.21, 0.29, 0.21, 0.29)]
    grid = _grid(rows, widths, frame=False)
    grid.spaceBefore = 0 if part.title is not None else 2 * mm
    return [grid]


def _prose(part: Prose) -> list[Flowable]:
    return [_text(said(part.text))]


def _table(part: Table) -> list[Flowable]:
    rows = [[said(value) for value in row] for row in part.rows]
    heads = [say(column) for column in part.columns]
    right = columns_of_numbers(part)

    def line(words: Sequence[str], left_style: ParagraphStyle, right_style: ParagraphStyle) -> list[Paragraph]:
        return [_text(each, right_style if number else left_style) for each, number in zip(words, right, strict=True)]

    cells = [line(heads, HEAD, RIGHT_HEAD), *(line(row, SMALL, RIGHT) for row in rows)] if rows else []
    return [_grid(cells, _widths(heads, rows), head=True)] if rows else []


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Share the width by how much each column says; dates, amounts and short headings stay in one line if it can be."""
    says = [
        min(max(_long(head), *(_long(row[number]) for row in rows), 4), 30) for number, head in enumerate(heads)
    ]  # fmt: skip
    least = [
        max(_least(head, HEAD), *(_least(row[number], SMALL) for row in rows)) for number, head in enumerate(heads)
    ]
    if sum(least) > WIDTH:
        least = [min(NARROWEST, WIDTH / len(says))] * len(says)
    free = WIDTH - sum(least)
    return [before + free * each / sum(says) for before, each in zip(least, says, strict=True)]


def _least(words: str, style: ParagraphStyle) -> float:
    if _long(words) > SHORT:
        return NARROWEST
    return max(NARROWEST, pdfmetrics.stringWidth(words, style.fontName, style.fontSize) + INSIDE)


def _long(words: str) -> int:
    return sum(2 if each > "⺀" else 1 for each in words)


def _nine(part: NineCells) -> list[Flowable]:
    lines = lines_of(part)
    head = [_text("", HEAD), *(_text(say(name), HEAD) for _, name in NINE_COLUMNS)]
    rows = [
        [_text(say(name), HEAD), *(_cell(row + column, lines.get(row + column, ())) for column, _ in NINE_COLUMNS)]
        for row, name in NINE_ROWS
    ]
    return [_grid([head, *rows], [WIDTH * 0.16, *[WIDTH * 0.28] * 3], head=True)]


def _cell(key: str, lines: Sequence[Value]) -> list[Flowable]:
    return [_text(key, LABEL), *(_text(said(each), SMALL) for each in lines)]


def _radar(part: Radar) -> list[Flowable]:
    size, height = 28 * mm, 76 * mm
    lines = drawn(part)
    picture = Drawing(WIDTH, height)
    centre = (WIDTH / 2, height / 2)

    def at(points: tuple[Point, ...]) -> list[float]:
        return [number for x, y in points for number in (centre[0] + x * size, centre[1] + y * size)]

    for ring in lines.rings:
        picture.add(Polygon(at(ring), strokeColor=LINE, strokeWidth=0.5, fillColor=None))
    for x, y in lines.spokes:
        picture.add(Line(*centre, *at(((x, y),)), strokeColor=LINE, strokeWidth=0.5))
    if lines.shape:
        shape = at(lines.shape)
        picture.add(Polygon(shape, strokeColor=BLUE, strokeWidth=1.5, fillColor=BLUE, fillOpacity=0.15))
    for axis, (x, y) in zip(part.axes, lines.spokes, strict=True):
        where = at(((x * 1.12, y * 1.12),))
        anchor = "middle" if abs(x) < 0.3 else "start" if x > 0 else "end"
        value = "–" if axis.value is None else f"{axis.value:g}"
        picture.add(
            String(
                where[0], where[1] - 3, f"{say(axis.label)} {value}", fontName=REGULAR, fontSize=9, fillColor=INK,
                textAnchor=anchor,
            )
        )  # fmt: skip
    return [picture]


def _signatures(part: Signatures) -> list[Flowable]:
    rows = [
        [
            _text(say(line.role), LABEL),
            _text(said(line.name)),
            _text(said(line.at) if line.at is not None else "", SMALL),
            _text("_" * 24, LABEL),
        ]
        for line in part.lines
    ]
    return [Spacer(0, 6 * mm), _grid(rows, [WIDTH * each for each in (0.24, 0.24, 0.24, 0.28)], frame=False)]


def _grid(cells: list[list[Any]], widths: list[float], *, head: bool = False, frame: bool = True) -> Grid:
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4 if frame else 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5 if frame else 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5 if frame else 2),
    ]
    if frame:
        style.append(("GRID", (0, 0), (-1, -1), 0.5, LINE))
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), SHADE))
    return Grid(cells, colWidths=widths, repeatRows=1 if head else 0, style=style, hAlign="LEFT", splitInRow=1)


_BODIES: dict[type[Any], Callable[[Any], list[Flowable]]] = {
    Facts: _facts,
    Prose: _prose,
    Table: _table,
    NineCells: _nine,
    Radar: _radar,
    Signatures: _signatures,
}
