"""Why something became of a lead, in the words of whoever decided it: what its submitter and its people are told."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text
from handlers.lead.answers import fact
from handlers.lead.records import Lead

CLOSING = MappingProxyType(
    {
        "no_need": Text("no need", "没有需求"),
        "no_budget": Text("no budget", "没有预算"),
        "lost_early": Text("lost to a rival early", "早期输给对手"),
        "not_our_field": Text("not our field", "不是我们的业务"),
        "contact_lost": Text("contact lost", "联系不上客户"),
        "duplicate": Text("duplicate", "重复线索"),
        "compliance": Text("compliance", "合规原因"),
    }
)
"""The reasons for closing a lead (`ltc.md` L3.7)."""


def reason_of(lead: Lead, event: str) -> Text:
    """Return why ``event`` happened to ``lead``; empty where nobody had to say."""
    if event == "closed":
        reason, note = CLOSING.get(lead.close_reason or ""), fact(lead, "propose_handling", "close_note")
        words = reason or Text(lead.close_reason or "", lead.close_reason or "")
        return Text(f"{words.en}. {note}", f"{words.zh}。{note}") if note else words
    if event == "refused":
        return _as_said(fact(lead, "accept_lead", "refusal_reason"))
    if lead.verdict is None:
        return _as_said(fact(lead, "screen_lead", "screening_reason"))
    return _as_said(lead.verdict_reason)


def _as_said(words: str | None) -> Text:
    return Text(words or "", words or "")
