"""The statuses of a lead (`ltc.md` 2.1), in both languages."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

STATUSES = MappingProxyType(
    {
        "DRAFT": Text("Draft", "草稿"),
        "SUBMITTED": Text("Submitted", "已提交"),
        "VERIFYING": Text("Being verified", "验证中"),
        "RETURNED": Text("Returned to submitter", "已退回"),
        "INVALID": Text("Invalid", "无效"),
        "MERGED": Text("Merged", "已合并"),
        "VALID": Text("Valid", "有效"),
        "DISTRIBUTED": Text("Distributed", "已分发"),
        "ACCEPTED": Text("Accepted", "已接收"),
        "NURTURING": Text("Being nurtured", "培育中"),
        "CLOSED": Text("Closed", "已关闭"),
        "CONVERTED": Text("Converted", "已转商机"),
        "RECLAIMED": Text("Reclaimed to pool", "已收回"),
        "DISCARDED": Text("Discarded", "已放弃"),
    }
)

FINAL = frozenset({"INVALID", "MERGED", "CLOSED", "CONVERTED", "DISCARDED"})
"""The work on such a lead is over."""

OWNED = frozenset({"DISTRIBUTED", "ACCEPTED", "NURTURING"})
"""Somebody answers for such a lead: it counts for the owner's load and can go stale."""

TO_SORT = frozenset({"SUBMITTED", "RETURNED", "VERIFYING", "RECLAIMED", "VALID"})
"""Such a lead waits to be verified or distributed: it stands on the agenda of the lead meeting (`ltc.md` L2.1)."""
