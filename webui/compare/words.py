"""What differs, as a page calls it."""

from __future__ import annotations

from engine.comparing.words import facet_words
from webui.i18n import say


def facet_name(facet: str) -> str:
    """Return what a facet of an element, row or field is called in the language of the page."""
    return say(facet_words(facet.removesuffix("@value")))
