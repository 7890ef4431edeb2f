"""Both languages, always."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

from webui import catalogues

NAMED = re.compile(r"%\((\w+)\)[sd]")


def test_every_phrase_of_the_pages_has_chinese() -> None:
    missing = [f"{each.file}:{each.line}: {each.phrase}" for each in catalogues.missing_phrases()]
    assert missing == []


def test_translations_fill_in_the_same_names() -> None:
    for path in _catalogues():
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_CN"):
                if not message.id:
                    continue
                english = message.id if isinstance(message.id, str) else message.id[0]
                chinese = message.string if isinstance(message.string, str) else message.string[0]
                assert set(NAMED.findall(chinese)) == set(NAMED.findall(english)), (path, english)


def test_one_phrase_reads_the_same_on_every_page() -> None:
    said: dict[str, tuple[str, Path]] = {}
    for path in _catalogues():
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_CN"):
                if message.id and isinstance(message.id, str):
                    known = said.setdefault(message.id, (str(message.string), path))
                    assert known[0] == message.string, (message.id, known[1], path)


def _catalogues() -> list[Path]:
    found = [
        source for each in catalogues.directories() for source in each.glob(f"{catalogues.LOCALE}/LC_MESSAGES/*.po")
    ]
    assert len(found) >= 5
    return found
