"""The pages about contracts: the list, one contract and what may be asked for there, receivables, bank payments."""

from __future__ import annotations

from webui.contracts import listing, messages, one, payments, receivables
from webui.contracts.pages import blueprint

__all__ = ["blueprint", "listing", "messages", "one", "payments", "receivables"]
