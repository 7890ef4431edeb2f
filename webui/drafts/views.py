"""Drafts: where process owners change how the company works."""

from __future__ import annotations

from webui.drafts import door
from webui.drafts.pages import blueprint

__all__ = ["blueprint", "door"]
