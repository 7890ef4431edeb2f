"""The sentences of the notices about quality flags; ``{flag}`` is filled in."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

NOTICES = MappingProxyType(
    {"quality.raised": Text("{case} has a quality flag: {flag}.", "{case} 被打上质量标记：{flag}。")}
)
"""By the kind of the notice."""
