"""The geometry of a radar: the same for the page and for the PDF."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from handlers.documents.model import Radar

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A radar around (0, 0) with radius 1, y upwards: rings from the inside out, spokes, the shape of the values.

    ``shape`` is empty while fewer than three values are known; ``dots`` are the known values.
    """

    rings: tuple[tuple[Point, ...], ...]
    spokes: tuple[Point, ...]
    shape: tuple[Point, ...]
    dots: tuple[Point, ...]


def drawn(radar: Radar) -> Drawn:
    """Return where everything of ``radar`` lies; the first axis points up, the others follow clockwise."""
    count = len(radar.axes)
    angles = [pi / 2 - 2 * pi * number / count for number in range(count)]
    rings = tuple(_around(angles, [step / radar.most] * count) for step in range(1, radar.most + 1))
    values = [None if axis.value is None else min(max(axis.value / radar.most, 0), 1) for axis in radar.axes]
    known = [(angle, value) for angle, value in zip(angles, values, strict=True) if value is not None]
    dots = _around([angle for angle, _ in known], [value for _, value in known])
    whole = None not in values and count > 2
    return Drawn(rings, _around(angles, [1.0] * count), dots if whole else (), dots)


def _around(angles: list[float], lengths: list[float]) -> tuple[Point, ...]:
    return tuple((cos(angle) * length, sin(angle) * length) for angle, length in zip(angles, lengths, strict=True))


def path(points: tuple[Point, ...], size: float) -> str:
    """Return points for an SVG polygon of radius ``size``; SVG counts y downwards."""
    return " ".join(f"{x * size:.1f},{-y * size:.1f}" for x, y in points)
