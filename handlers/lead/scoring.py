"""The score of a lead (`ltc.md` D1): seven criteria with weights that a process owner may change in the diagram."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.lead.records import Lead

_FIT = {"high": 1.0, "medium": 0.5, "low": 0.0}
_MATURITY = {"hot": 1.0, "warm": 0.6, "cold": 0.2}
_KNOWN = {"yes": 1.0, "unknown": 0.0, "no": 0.0}
WAN = 10_000 * 100
"""One 万元 in fen."""
_AMOUNTS = ((500 * WAN, 1.0), (100 * WAN, 0.7), (20 * WAN, 0.4), (1, 0.2))


@dataclass(frozen=True, slots=True)
class Weights:
    """Points for each criterion; 100 in all with the values of D1."""

    fit: int = 20
    need: int = 20
    maturity: int = 15
    win: int = 15
    budget: int = 10
    kdm: int = 10
    amount: int = 10


def score(lead: Lead, weights: Weights) -> int:
    """Return the score, 0 to 100; what is not known yet earns nothing, so a draft score is a cautious one."""
    parts = (
        (weights.fit, _FIT.get(lead.strategic_fit or "", 0.0)),
        (weights.need, 1.0 if lead.need_real else 0.0),
        (weights.maturity, _MATURITY.get(lead.maturity or "", 0.0)),
        (weights.win, ((lead.win_chance or 1) - 1) / 4),
        (weights.budget, _KNOWN.get(lead.budget_known or "", 0.0)),
        (weights.kdm, 1.0 if lead.kdm_met else _KNOWN.get(lead.decision_maker_known or "", 0.0)),
        (weights.amount, _share_of_amount(lead.amount or 0)),
    )
    total = sum(weight for weight, _ in parts)
    earned = sum(weight * share for weight, share in parts)
    return max(0, min(100, round(100 * earned / total))) if total > 0 else 0


def _share_of_amount(amount: int) -> float:
    return next((share for least, share in _AMOUNTS if amount >= least), 0.0)
