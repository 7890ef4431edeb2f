"""Amounts of money: kept in fen, written in yuan or in 万元 (ten thousand yuan)."""

from __future__ import annotations

from engine.text import Text

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000


def wan(fen: int) -> str:
    """Return an amount in 万元 as people write it: no needless zeros."""
    return f"{fen / FEN_PER_WAN:.6f}".rstrip("0").rstrip(".")


def written(fen: int) -> Text:
    """Return an amount with its unit, as each language writes it."""
    yuan = f"{fen / FEN_PER_YUAN:,.2f}"
    in_wan = f"{fen / FEN_PER_WAN:,.6f}".rstrip("0").rstrip(".")
    return Text(f"CNY {yuan.removesuffix('.00')}", f"{in_wan} 万元")
