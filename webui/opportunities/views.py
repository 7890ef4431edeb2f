"""The pages about opportunities: the list, the pipeline, one opportunity, the messages that people send to it."""

from __future__ import annotations

from webui.opportunities import board, listing, messages, one
from webui.opportunities.pages import blueprint

__all__ = ["blueprint", "board", "listing", "messages", "one"]
