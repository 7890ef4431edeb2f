"""The table of quality flags (`ltc.md` D9, D117)."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime
from engine.text import Text
from handlers.days import in_words_if_day

KINDS = MappingProxyType(
    {
        "OPERATING_QUALITY": Text("Operating quality: no win/loss report", "项目运作质量：未提交赢单/丢单总结"),
        "GATE_WAIVED": Text("Gate skipped or waived", "决策点被跳过或豁免"),
        "GUIDANCE_INCOMPLETE": Text("Pre-bid guidance incomplete", "标前引导不完整"),
        "HANDOVER_LATE": Text("Hand-over late", "合同交接超期"),
        "MILESTONE_OVERDUE": Text("Milestone overdue", "里程碑逾期"),
        "RECEIVABLE_OVERDUE": Text("Receivable overdue", "应收逾期"),
        "LEVEL_LOWERED": Text("Decision level lowered by hand", "决策层级被人工下调"),
    }
)
"""What a flag can be about (`ltc.md` D9)."""

RESOLUTIONS = MappingProxyType(
    {
        "report_accepted": Text("Win/loss report accepted", "总结报告已通过"),
        "handed_over": Text("Handed over", "交接已完成"),
        "delivered": Text("Delivered on {day}", "{day}已交付"),
        "replanned": Text("Replanned by change {change}", "变更 {change} 已重新约定"),
        "settled": Text("Nothing is open any more", "余额已结清"),
        "ended_early": Text("The contract ended early", "合同已提前终止"),
    }
)
"""How the cause of a flag is cured, by the code that is kept; what stands in braces is kept beside it."""


class QualityFlag(Base):
    """One flag on a record; it is resolved when the cause is cured, and stays as history.

    ``severity`` is ``high``, ``medium`` or ``low``; ``subject`` tells two causes of one kind on one record apart
    (the milestone, the payment), empty when there is only one. ``resolution`` is one of :data:`RESOLUTIONS`, or says
    itself how the cause was cured.
    """

    __tablename__ = "quality_flag"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_type: Mapped[str] = mapped_column(sa.String(20))
    record_id: Mapped[int] = mapped_column(Id)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(sa.String(24))
    subject: Mapped[str] = mapped_column(sa.String(60), default="")
    severity: Mapped[str] = mapped_column(sa.String(8))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    resolution: Mapped[str | None] = mapped_column(sa.Text)
    resolution_data: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")

    __table_args__ = (
        sa.Index("ix_quality_flag_record_type_record_id_kind", "record_type", "record_id", "kind"),
        sa.Index("ix_quality_flag_unit_id_resolved_at", "unit_id", "resolved_at"),
        sa.Index("ix_quality_flag_raised_at", "raised_at"),
    )

    @property
    def how_resolved(self) -> Text | None:
        """How the cause was cured, for people."""
        if not self.resolution:
            return None
        known = RESOLUTIONS.get(self.resolution)
        if known is None:
            return Text(self.resolution, self.resolution)
        given = {name: in_words_if_day(value) for name, value in self.resolution_data.items()}
        english, chinese = ({name: each.in_language(one) for name, each in given.items()} for one in ("en", "zh"))
        return Text(known.filled(english).en, known.filled(chinese).zh)
