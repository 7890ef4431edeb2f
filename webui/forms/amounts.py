"""Amounts as people type them: in 万元, exact to the fen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from handlers.money import FEN_PER_WAN


def in_wan(value: Any) -> str:
    """Return an amount in fen as a plain number of 万元; what was typed and is no amount stays as it was."""
    if isinstance(value, int) and not isinstance(value, bool):
        return format((Decimal(value) / FEN_PER_WAN).normalize(), "f")
    return "" if value is None else str(value)
