"""Words shown to people, in the two languages the product speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LANGUAGES = ("en", "zh_CN")

BETWEEN = " \N{INVISIBLE SEPARATOR}/ "
"""What stands between the languages of a phrase that is one string; nobody who writes a slash writes this one."""


@dataclass(frozen=True, slots=True)
class Text:
    """One phrase in English and in simplified Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the phrase for ``language`` (``en`` or ``zh_CN``); a missing phrase falls back to the other."""
        wanted, other = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return wanted or other

    def filled(self, given: Mapping[str, str]) -> Text:
        """Return the phrase with what stands in braces filled in; what is not given leaves a dash."""
        known = _Given(given)
        return Text(self.en.format_map(known), self.zh.format_map(known))

    def both(self) -> str:
        """Return both languages as one string, for data that each reads in the own language (:meth:`of`)."""
        return f"{self.zh}{BETWEEN}{self.en}"

    @classmethod
    def of(cls, words: str) -> Text:
        """Return the phrase of which :meth:`both` made ``words``; what a person wrote is the same in both languages."""
        zh, _, en = words.partition(BETWEEN)
        return cls(en or zh, zh)


def listed(names: Sequence[str], *, most: int) -> Text:
    """Return ``names`` (one at least) as a list for people: at most the first ``most``, and how many there are more."""
    *others, last = names[:most]
    if len(names) > most:
        return Text(
            f"{', '.join([*others, last])} and {len(names) - most} more",
            f"{'、'.join([*others, last])}等 {len(names)} 个",
        )
    return Text(f"{', '.join(others)} and {last}" if others else last, "、".join([*others, last]))


class _Given(dict[str, str]):
    """What is filled in; what is missing leaves a dash instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "–"
