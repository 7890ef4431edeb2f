"""The Chinese words of the pages: every page folder keeps its own catalogue beside its templates.

Imports nothing of the product and nothing of Flask, so that building the package can compile the catalogues too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PAGES = Path(__file__).parent
LOCALE = "zh_CN"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_l": None,
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A phrase on a page that has no Chinese yet."""

    file: Path
    line: int
    phrase: str


def directories(root: Path = PAGES) -> list[Path]:
    """Return the ``translations`` folders: the shared one first, then one per page."""
    shared = root / "translations"
    return [*([shared] if shared.is_dir() else []), *sorted(root.glob("*/translations"))]


def compile_catalogues(root: Path = PAGES) -> list[Path]:
    """Compile every ``messages.po`` whose ``.mo`` is missing or older; return what was written."""
    written = []
    for directory in directories(root):
        for source in directory.glob("*/LC_MESSAGES/messages.po"):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            catalogue = _read(source)
            half_written = target.with_suffix(".mo.new")
            with half_written.open("wb") as file:
                write_mo(file, catalogue)
            half_written.replace(target)
            written.append(target)
    return written


def missing_phrases(root: Path = PAGES) -> Iterator[Missing]:
    """Yield every phrase of the pages that no catalogue translates."""
    known: dict[tuple[str | None, str], str] = {}
    for directory in directories(root):
        source = directory / LOCALE / "LC_MESSAGES" / "messages.po"
        if source.exists():
            for message in _read(source):
                phrase, said = _first(message.id), _first(message.string)
                if phrase and said:
                    known[message.context, phrase] = said
    for name, line, found, _comments, context in extract_from_dir(root, METHODS, keywords=KEYWORDS):
        if "node_modules" in name or (context, _first(found)) in known:
            continue
        yield Missing(root / name, line, _first(found))


def _first(words: object) -> str:
    """Return the singular of a phrase that may have a plural."""
    return str(words[0]) if isinstance(words, list | tuple) else str(words)


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name, domain="messages", abort_invalid=True)
