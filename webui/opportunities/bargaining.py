"""The deal at a glance: the four dimensions, versions of the price, give and get, strength, authority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import cos, pi, sin
from types import MappingProxyType
from typing import Any

from engine.instances.queries import Event
from engine.text import Text
from handlers.authority.records import LIABILITIES, Authority
from handlers.contract.deviations import DIMENSIONS, LIABILITY
from handlers.opportunity.records import Opportunity
from webui.i18n import money, say

Answers = Mapping[str, Any]

BEST = 5
CENTRE, RADIUS = 110, 78

FACTORS = MappingProxyType(
    {
        "need": Text("Need", "需要的迫切程度"),
        "alternatives": Text("Alternatives", "可选方案"),
        "time": Text("Time", "时间压力"),
        "information": Text("Information", "信息掌握"),
        "relations": Text("Relations", "客户关系"),
        "legitimacy": Text("Legitimacy", "道理与依据"),
    }
)
"""What the strength of both sides is weighed by (`ltc.md` O4.1c)."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of the radar: its score (``None`` if not reviewed), and where its name and its end stand."""

    key: str
    name: Text
    score: int | None
    opinion: str
    red_flag: bool
    end: tuple[float, float]
    label: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Radar:
    """The four scores as a plain drawing, 220 by 220."""

    axes: Sequence[Axis]
    shape: str
    rings: Sequence[str]


def radar_of(opportunity: Opportunity, reviews: Iterable[Answers]) -> Radar | None:
    """Return the drawing of the four-dimension review, ``None`` before the first score."""
    scores = {key: getattr(opportunity, f"score_{key}") for key in DIMENSIONS}
    if all(score is None for score in scores.values()):
        return None
    said: dict[str, Any] = {}
    for each in reviews:
        said |= each
    axes = [
        Axis(
            key, name, scores[key], str(said.get(f"opinion_{key}") or ""), said.get(f"red_flag_{key}") is True,
            _point(place, RADIUS), _point(place, RADIUS + 16),
        )
        for place, (key, name) in enumerate(DIMENSIONS.items())
    ]  # fmt: skip
    shape = [_point(place, RADIUS * (axis.score or 0) / BEST) for place, axis in enumerate(axes)]
    rings = [_points(_point(place, RADIUS * ring / BEST) for place in range(len(axes))) for ring in range(1, BEST + 1)]
    return Radar(axes, _points(shape), rings)


def _point(place: int, far: float) -> tuple[float, float]:
    angle = 2 * pi * place / len(DIMENSIONS) - pi / 2
    return round(CENTRE + far * cos(angle), 1), round(CENTRE + far * sin(angle), 1)


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the proposal: the figures it was handed in with."""

    number: int
    at: datetime
    said: Answers


def versions_of(events: Iterable[Event]) -> list[Version]:
    """Return the versions of the price in the order in which they were made (`ltc.md` O3.3)."""
    found: list[Version] = []
    for event in events:
        answers = event.submission.answers if event.submission is not None else {}
        if answers.get("price_offered") is not None and "discount_percent" in answers:
            found.append(Version(len(found) + 1, event.entry.at, answers))
    return found


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of strength: we and they, 1 to 5."""

    name: Text
    ours: int
    theirs: int


def strength_of(said: Answers) -> list[Factor]:
    """Return the strength of both sides factor by factor."""
    return [
        Factor(name, int(said[f"{key}_us"]), int(said[f"{key}_them"]))
        for key, name in FACTORS.items()
        if said.get(f"{key}_us") and said.get(f"{key}_them")
    ]


@dataclass(frozen=True, slots=True)
class Check:
    """One term on the table against what was granted; ``inside``: whether the team may agree to it."""

    name: Text
    wanted: str
    granted: str
    inside: bool


def authority_check(said: Answers, grant: Authority) -> list[Check]:
    """Compare the terms of the last round with the authority that holds (`ltc.md` D10)."""
    checks = []
    for key, name, limit, at_most, words in (
        ("contract_amount", Text("Amount", "金额"), grant.max_amount, True, money),
        ("margin_percent", Text("Gross margin", "毛利率"), grant.min_margin_percent, False, _percent),
        ("discount_percent", Text("Discount", "折扣"), grant.max_discount_percent, True, _percent),
        ("payment_days", Text("Days of payment", "账期"), grant.max_payment_days, True, _days),
        ("delay_days", Text("Days sooner than we can deliver", "提前交付天数"), grant.max_delay_days, True, _days),
    ):
        value = said.get(key)
        if isinstance(value, int):
            inside = value <= limit if at_most else value >= limit
            checks.append(Check(name, words(value), ("≤ " if at_most else "≥ ") + words(limit), inside))
    liability = said.get("liability")
    if liability in LIABILITIES:
        inside = LIABILITIES.index(liability) <= LIABILITIES.index(grant.max_liability)
        name = Text("Liability", "责任上限")
        checks.append(Check(name, say(LIABILITY[liability]), say(LIABILITY[grant.max_liability]), inside))
    return checks


def _percent(value: int) -> str:
    return f"{value} %"


def _days(value: int) -> str:
    return say(Text(f"{value} days", f"{value} 天"))


@dataclass(frozen=True, slots=True)
class Move:
    """One concession of a round: what moved, and what it bought."""

    on: date | None
    topic: str
    before: str
    after: str
    bought: str


def moves_of(rounds: Iterable[Answers]) -> list[Move]:
    """Return what moved in the rounds, each with what it bought us, in order (`ltc.md` O4.1b, O4.1e)."""
    found = []
    for each in rounds:
        on = date.fromisoformat(each["round_on"]) if each.get("round_on") else None
        found += [
            Move(on, *(str(row.get(key) or "") for key in ("topic", "moved_from", "moved_to", "bought")))
            for row in each.get("moved") or []
        ]
    return found
