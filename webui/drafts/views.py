"""Drafts: where process owners change how the company works."""

from __future__ import annotations

from webui.drafts import acting, door, listing, merging, one
from webui.drafts.pages import blueprint

__all__ = ["acting", "blueprint", "door", "listing", "merging", "one"]
