"""The pages about leads: the list, one lead, import, the lead meeting."""

from __future__ import annotations

from webui.leads import importing, listing, meeting, one
from webui.leads.pages import blueprint

__all__ = ["blueprint", "importing", "listing", "meeting", "one"]
