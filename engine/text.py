"""Words shown to people, in the two languages the product speaks."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "zh_CN")


@dataclass(frozen=True, slots=True)
class Text:
    """One phrase in English and in simplified Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the phrase for ``language`` (``en`` or ``zh_CN``); a missing phrase falls back to the other."""
        wanted, other = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return wanted or other
