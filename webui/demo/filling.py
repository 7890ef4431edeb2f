"""Puts the words, people, days, amounts and files of one deal into the answers of its people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from handlers.money import FEN_PER_WAN
from webui.demo import stories
from webui.demo.deal_stories import DealStory

VAT = 1.13
"""Prices hold 13 % of value-added tax."""
TOLD = ("name", "wan", "demand", "trigger", "edge", "vision", "value")
"""What a story says in its own words."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the answers of a day are about: the days that count, and how people, units and files are found."""

    today: date
    decides_on: date
    tender_on: date
    person: Callable[[str], int]
    unit: Callable[[str], int]
    file: Callable[[str], str]


class Filler:
    """Fills ``{words}`` and ``kind:word`` places; see the head of ``deal_answers.yaml`` for the kinds."""

    def __init__(self, story: DealStory, around: Around) -> None:
        """``story`` is told, ``around`` is the day and the company."""
        customer = stories.customers()[story.customer]
        rival, link, strength, weakness = story.rival
        self._words = {
            "customer": customer.zh,
            "industry": customer.industry,
            "rival": rival,
            "rival_link": link,
            "rival_strength": strength,
            "rival_weakness": weakness,
            **{key: str(getattr(story, key)) for key in TOLD},
            **{f"need{place}": each for place, each in enumerate(story.needs, 1)},
            **{f"person{place}": each[0] for place, each in enumerate(customer.people, 1)},
            **{f"post{place}": each[1] for place, each in enumerate(customer.people, 1)},
        }

        def share(word: str) -> int:
            return round(story.signed_amount * float(word) / 100)

        self._meanings: Mapping[str, Callable[[str], Any]] = {
            "day": lambda word: _days(around.today, word),
            "decides": lambda word: _days(around.decides_on, word),
            "tender": lambda word: _days(around.tender_on, word),
            "amount": lambda word: round(story.wan * FEN_PER_WAN * float(word)),
            "share": share,
            "tax": lambda word: round(share(word) - share(word) / VAT),
            "role": lambda word: around.person(name) if (name := getattr(story, word)) else None,
            "person": around.person,
            "unit": lambda _word: around.unit(customer.unit),
            "file": around.file,
            "flag": lambda word: bool(getattr(story, word)),
            "number": lambda word: int(getattr(story, word)),
            "text": lambda word: str(getattr(story, word)) or None,
        }

    def fill(self, value: Any) -> Any:
        """Return ``value`` with everything in its place."""
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if not isinstance(value, str):
            return value
        kind, colon, word = value.partition(":")
        if colon and kind in self._meanings:
            return self._meanings[kind](word)
        return value.format_map(self._words) if "{" in value else value


def _days(day: date, word: str) -> str:
    return (day + timedelta(days=int(word))).isoformat()
