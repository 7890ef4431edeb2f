"""How alike two needs are, in Chinese and English text: shared pairs of characters and shared words."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def shingles(text: str) -> frozenset[str]:
    """Return the words (Latin letters, digits) and the pairs of neighbouring characters (Chinese) of ``text``."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = set(_WORD.findall(plain))
    for run in _CHINESE.findall(plain):
        found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return frozenset(found)


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of common shingles among all (Jaccard), 0 to 1; texts without any are not alike."""
    return len(one & other) / len(one | other) if one and other else 0.0


def similarity(title: str, problem: str | None, other_title: str, other_problem: str | None) -> float:
    """Return how alike two needs are, 0 to 1: the larger of the titles' and the whole texts' likeness.

    Two people describe one need at different length, so equal titles are enough.
    """
    one, other = shingles(title), shingles(other_title)
    whole = alike(one | shingles(problem or ""), other | shingles(other_problem or ""))
    return max(alike(one, other), whole)
