"""The consistency check: the sheets of key terms side by side, one line for each term (`ltc.md` C1.5, A17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.text import Text
from handlers.contract.key_terms import REGISTERED
from handlers.organisation.roles import name_of
from webui.cases.dossier import Section

SHEETS: Mapping[str, str] = {"terms_ar": "ar", "terms_sr": "sr", "terms_fr": "fr", "terms_pm": "delivery_pm"}
"""The tasks at which each of four people fills in the same sheet, with their roles."""


@dataclass(frozen=True, slots=True)
class Line:
    """One term as each person understands it, in the order of the sheets; ``None`` where somebody left it empty."""

    label: Text
    words: Sequence[str | None]
    alike: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sheets that have been filled in, who reads the contract so, and their lines.

    Where the sheets were compared with what is registered of the contract, that stands first.
    """

    elements: Sequence[str]
    readers: Sequence[Text]
    lines: Sequence[Line]

    @property
    def differing(self) -> int:
        """How many terms are understood differently."""
        return sum(not line.alike for line in self.lines)


def compare(known: Sequence[Section], registered: Mapping[str, Any]) -> Comparison | None:
    """Return the sheets and what is ``registered`` side by side, ``None`` when nobody has filled a sheet in."""
    sheets = {each.element: each for each in known if each.element in SHEETS}
    if not sheets:
        return None
    elements = [each for each in SHEETS if each in sheets]
    names: dict[str, Text] = {}
    for element in elements:
        for shown in sheets[element].answers:
            names.setdefault(shown.name, shown.label)
    own_words = sheets[elements[0]].other_words(registered)
    lines = []
    for name, label in names.items():
        values = [_plain(sheets[each].given.get(name)) for each in elements]
        words: list[str | None] = [sheets[each].words(name) or None for each in elements]
        if registered:
            words.insert(0, own_words.get(name))
        if name in registered:
            values.append(_plain(registered[name]))
        lines.append(Line(label, words, all(value == values[0] for value in values)))
    readers = [name_of(SHEETS[each]) for each in elements]
    return Comparison(elements, [REGISTERED, *readers] if registered else readers, lines)


def _plain(value: Any) -> Any:
    """Return an answer without what makes no difference: space around a text, case of its letters."""
    return " ".join(value.split()).casefold() if isinstance(value, str) else value
