"""The sentences of the notices about actions; ``{action}`` and ``{due_on}`` are filled in."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

NOTICES = MappingProxyType(
    {
        "action.assigned": Text(
            "{case}: you have to do this until {due_on}: {action}", "{case}：请在 {due_on} 前完成：{action}"
        ),
    }
)
"""By the kind of the notice."""
