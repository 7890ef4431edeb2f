"""Pre-bid guidance at a glance: us and the rivals demand by demand, and the nine cells of each decision-maker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]

FROM_REASONS = ("R1", "R2", "R3", "I1", "I2", "I3", "C1", "C2", "C3")
FROM_VISION = ("C1", "C2", "R1", "R2", "R3", "I1", "I2", "I3", "C3")
"""The two orders of the guidance path: creating a vision, or reshaping the one that is there (`ltc.md` O2, D083)."""
GRID = (("R1", "R2", "R3"), ("I1", "I2", "I3"), ("C1", "C2", "C3"))


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One demand: our score and those of the rivals, 1 to 5; ``gap`` is how far we are ahead of the best rival."""

    demand: str
    weight: int | None
    ours: int
    rivals: Sequence[int | None]
    gap: int | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Demands by rivals (`ltc.md` O2.3)."""

    rivals: Sequence[str]
    rows: Sequence[MatrixRow]

    @property
    def behind(self) -> int:
        """How many demands a rival meets better than we do."""
        return sum(row.gap is not None and row.gap < 0 for row in self.rows)


def matrix_of(rows: Iterable[Answers], demands: Iterable[Answers]) -> Matrix | None:
    """Return the comparison, the heaviest demands first; ``None`` when there is none."""
    given = list(rows)
    weights = {str(each.get("demand", "")).strip(): each.get("weight") for each in demands}
    rivals = list(dict.fromkeys(str(each.get("rival", "")) for each in given))
    scores: dict[str, dict[str, int]] = {}
    ours: dict[str, int] = {}
    for each in given:
        demand = str(each.get("demand", "")).strip()
        ours[demand] = int(each.get("our_score") or 0)
        scores.setdefault(demand, {})[str(each.get("rival", ""))] = int(each.get("rival_score") or 0)
    found = []
    for demand, own in ours.items():
        others = [scores[demand].get(rival) for rival in rivals]
        best = max((each for each in others if each is not None), default=None)
        weight, gap = weights.get(demand), own - best if best is not None else None
        found.append(MatrixRow(demand, weight if isinstance(weight, int) else None, own, others, gap))
    return Matrix(rivals, sorted(found, key=lambda row: -(row.weight or 0))) if found else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the nine cells: its place in the path from 1, and what was asked and answered, ``None`` if not yet."""

    key: str
    step: int
    said: Answers | None


@dataclass(frozen=True, slots=True)
class Board:
    """The nine cells of one decision-maker, as a grid of three rows."""

    name: str
    post: str
    role: str
    rows: Sequence[Sequence[Cell]]
    done: int
    agrees: bool | None
    agreed_on: str | None


def boards_of(walks: Iterable[Answers], *, from_vision: bool) -> list[Board]:
    """Return one board for each decision-maker; cells of several walks come together, later ones beat earlier ones."""
    order = FROM_VISION if from_vision else FROM_REASONS
    people: dict[str, dict[str, Any]] = {}
    for walk in walks:
        name = str(walk.get("kdm_name", "")).strip()
        known = people.setdefault(name, {"cells": {}})
        known.update({key: walk[key] for key in ("kdm_post", "kdm_role", "agrees", "agreed_on") if key in walk})
        for cell in walk.get("cells") or []:
            known["cells"][cell.get("cell")] = cell
    return [
        Board(
            name,
            str(known.get("kdm_post") or ""),
            str(known.get("kdm_role") or ""),
            [[Cell(key, order.index(key) + 1, known["cells"].get(key)) for key in row] for row in GRID],
            sum(key in known["cells"] for key in order),
            known.get("agrees"),
            known.get("agreed_on"),
        )
        for name, known in people.items()
    ]
